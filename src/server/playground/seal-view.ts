/**
 * An RSA signature opened with the public key: s^e mod n, and what stands in it (RFC 8017 §8.2.2, §9.2).
 *
 * For the eye only. The verifier compares the whole encoded message, and does not read it as this does: readers of what
 * a signature holds are where Bleichenbacher's forgeries of 2006 went through.
 *
 * @module
 */

import { constants, createHash, publicDecrypt } from 'node:crypto';
import { plain } from '../../explain/plain-text.ts';
import { member, type JsonObject } from '../../jose/json.ts';
import { importJwk, type VerificationKey } from '../../jose/jwk.ts';
import type { OctetField, SealView } from './page/wire.ts';

/** RFC 8017 §9.2 note 1: DigestInfo of SHA-256, up to the hash. */
const DIGEST_INFO = '3031300d060960864801650304020105000420';

const THREE_PARTS = /^[^.]+\.[^.]+\.[^.]+$/;

/** Where the signature of a compact token could be RS256: opens it with the key that it names, or the first. */
export function sealViewOf(token: string, header: JsonObject | undefined, jwks: readonly object[]): SealView | undefined {
  if (!THREE_PARTS.test(token)) return undefined;
  const keys = jwks.map((jwk) => importJwk(jwk)).filter(({ kty }) => kty === 'RSA');
  const asked = header && member(header, 'kid');
  const key = keys.find(({ kid }) => kid === asked) ?? keys[0];
  if (key === undefined) return undefined;
  const end = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  const hash = createHash('sha256').update(token.slice(0, end)).digest('hex');
  const exponent = Number(key.keyObject.asymmetricKeyDetails?.publicExponent);
  const view = { kid: plain(key.kid ?? ''), exponent, signature: signature.toString('hex'), hash };
  const opened = open(key, signature);
  if (typeof opened === 'string') return { ...view, message: [], broken: opened, equal: false };
  const message = fieldsOfMessage(opened);
  const broken = message.length === 1
    ? 'What comes out is noise: this key did not make this signature, or a bit of it was changed.'
    : undefined;
  const inside = message.find(({ label }) => label === 'SHA-256')?.hex;
  return { ...view, message, ...(broken && { broken }), equal: inside === hash };
}

/** s^e mod n, as many octets as n has; or why there is none. */
function open(key: VerificationKey, signature: Buffer): Buffer | string {
  const expected = Math.ceil(key.bits / 8);
  // RFC 8017 §8.2.2 step 1
  if (signature.length !== expected) {
    return `The signature has ${signature.length} octets, and this key makes ${expected}: there is nothing to open.`;
  }
  try {
    return publicDecrypt({ key: key.keyObject, padding: constants.RSA_NO_PADDING }, signature);
  } catch {
    // RFC 8017 §5.2.2 step 1
    return 'The signature, as a number, is not below n: there is nothing to open.';
  }
}

/** EM = 0x00 || 0x01 || PS || 0x00 || T, where T is DigestInfo and hash. */
function fieldsOfMessage(octets: Buffer): readonly OctetField[] {
  const hex = octets.toString('hex');
  // From behind: two digits each, the hash is 32 octets and DigestInfo 19.
  const [start, padding, end] = [hex.slice(0, 4), hex.slice(4, -104), hex.slice(-104, -102)];
  const [info, hash] = [hex.slice(-102, -64), hex.slice(-64)];
  if (start !== '0001' || !/^(?:ff)+$/.test(padding) || end !== '00' || info !== DIGEST_INFO) {
    return [{ hex, label: 'noise', words: 'no padding, no DigestInfo', about: ['seal.noise'] }];
  }
  return [
    { hex: start, label: '00 01', about: ['seal.start'], words: 'block type 01: a signature (RFC 8017 §9.2)' },
    {
      hex: padding, label: 'padding', about: ['seal.padding'],
      words: `${padding.length / 2} octets of FF: exactly as many as fill the length of n, no room for anything else`,
    },
    { hex: end, label: '00', about: ['seal.end'], words: 'end of the padding' },
    { hex: info, label: 'DigestInfo', about: ['seal.info'], words: 'DER: "a SHA-256 hash of 32 octets follows"' },
    { hex: hash, label: 'SHA-256', about: ['seal.hash'], words: 'the hash that the issuer has signed' },
  ];
}
