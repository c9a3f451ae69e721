/**
 * Signatures by those who may sign, made in a way that they may not.
 *
 * @module
 */

import { constants, createHmac, sign } from 'node:crypto';
import { privateKey, secret } from '../../spec-vectors/generate/keys.ts';
import { base64url, signAs, SIGNERS, type Subject } from './subjects.ts';

/** Of a subject, made when first asked for: signing takes its time. */
const MADE = new Map<string, readonly string[]>();

/** Tokens with the subject's claims that must be refused for the way in which they are signed. Never empty. */
export function misusedFor(subject: Subject): readonly string[] {
  const made = MADE.get(subject.name) ?? [...byOthers(subject), ...inOtherWays(subject)];
  MADE.set(subject.name, made);
  return made;
}

/** RFC 8725 §3.1: genuine, by published keys, with algorithms that are not allowed. */
function byOthers({ signer, expectation: { typ, claims } }: Subject): readonly string[] {
  return SIGNERS.filter(({ alg }) => alg !== signer.alg).flatMap((other) =>
    [other.kid, signer.kid, undefined].map((kid) => signAs(other, JSON.stringify({ alg: other.alg, kid, typ }), JSON.stringify(claims))));
}

/** By the signer's own key: another salt, another padding, another hash, another encoding, or only a part. */
function inOtherWays({ signer: { alg, kid }, token }: Subject): readonly string[] {
  const input = token.slice(0, token.lastIndexOf('.'));
  const octets = Buffer.from(input);
  const pss = (saltLength: number): Buffer =>
    sign('sha256', octets, { key: privateKey(kid), padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
  const plain = (hash: string): Buffer => sign(hash, octets, privateKey(kid));
  const hmac = (hash: string): Buffer => createHmac(hash, secret(kid)).update(octets).digest();
  const signatures: Readonly<Record<string, () => readonly Buffer[]>> = {
    RS256: () => [pss(32), plain('sha1'), plain('sha384')],
    PS256: () => [pss(0), pss(20), pss(222), plain('sha256')],
    ES256: () => [plain('sha256'), plain('sha512')], // in DER
    HS256: () => [hmac('sha512'), hmac('sha256').subarray(0, 16), hmac('sha256').subarray(0, 1)],
  };
  return (signatures[alg]?.() ?? []).map((signature) => `${input}.${base64url(signature)}`);
}
