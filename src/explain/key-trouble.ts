/**
 * Why no key fits, and what became of the signature (RFC 7515 §4.1.4, §5.2).
 *
 * @module
 */

import { member } from '../jose/json.ts';
import { schemeOf } from '../jose/jwa.ts';
import type { VerificationKey } from '../jose/jwk.ts';
import { note, type Evidence, type Finding } from './evidence.ts';
import { distance } from './instants.ts';
import { plainJson, plainList } from './plain-text.ts';

/** What Cloud Run, and other front ends of Google's, put where a signature was that they have checked. */
export const REMOVED_BY_GOOGLE = 'SIGNATURE_REMOVED_BY_GOOGLE';

const DAY = 86_400;

/** A signature taken away or cut on the way. Looked for whatever the refusal: it decides all others. */
export function removedSignature({ token, keys, error, header }: Evidence): readonly Finding[] {
  const signature = typeof token === 'string' ? token.split('.')[2] : undefined;
  if (signature === undefined || error.code === 'malformed_compact') return [];
  if (signature === REMOVED_BY_GOOGLE) {
    const text = 'A platform of Google\'s stands in between (Cloud Run with IAM, Cloud Functions): it checked the '
      + `token and wrote ${REMOVED_BY_GOOGLE} in place of the signature, so that nobody can use it again. `
      + 'What arrives can never be verified.';
    return [note('signature_removed', text)];
  }
  // Where "alg" is "none", that says more.
  if (signature === '' && error.code !== 'algorithm_not_allowed') {
    const text = 'The third part is empty: the signature was cut off, or there never was one (Firebase emulator).';
    return [note('signature_gone', text)];
  }
  if (error.code !== 'signature_invalid') return [];
  return lengthOf(signature, keys, header);
}

function lengthOf(signature: string, keys: readonly VerificationKey[], header: Evidence['header']): readonly Finding[] {
  const scheme = schemeOf(String(header && member(header, 'alg')));
  const kid = header && member(header, 'kid');
  const key = keys.find((candidate) => kid === undefined || candidate.kid === kid) ?? keys[0];
  const expected = scheme?.signatureLength ?? (key && Math.ceil(key.bits / 8));
  const octets = Math.floor((signature.length * 3) / 4);
  if (scheme === undefined || expected === undefined || octets === expected) return [];
  // RFC 7518 §3.4: two integers side by side. In DER they are a SEQUENCE, whose tag is 0x30: "MD", "ME" or "MI".
  if (scheme.kty === 'EC' && /^M[DEI]/.test(signature)) {
    const text = 'The signature is in DER, as OpenSSL writes it. A JWS has the two integers side by side.';
    return [note('der_signature', text)];
  }
  const what = octets < expected ? 'it was cut, by a log or a copy' : 'something was added, or another key made it';
  return [note('signature_length', `The signature has ${octets} octets, and this key makes ${expected}: ${what}.`)];
}

/** The key ID that was asked for, and those that are here. */
export function otherKey({ error, header = {}, claims = {}, keys, policy, now }: Evidence): readonly Finding[] {
  if (error.code !== 'key_not_found') return [];
  const kid = member(header, 'kid');
  const ours = keys.flatMap((key) => (key.kid === undefined ? [] : [key.kid]));
  const asked = kid === undefined ? 'The token names no key' : `The token asks for key ${plainJson(kid, 100)}`;
  const here = keys.length === 0 ? 'there is no usable key in the set' : `here are ${plainList(ours)}`;
  const compared: Finding = note('keys_compared', `${asked}; ${here}.`);
  const [iss, iat] = [member(claims, 'iss'), member(claims, 'iat')];
  if (policy.issuers !== null && typeof iss === 'string' && !policy.issuers.includes(iss)) {
    const text = 'It says it is another issuer\'s, so its key cannot be here: no rotation, but a stranger or a mix-up.';
    return [compared, note('other_project', text)];
  }
  const age = typeof iat === 'number' ? now - iat : undefined;
  const text = age !== undefined && age > DAY
    ? `It says it was issued ${distance(age)} ago: its key may have been retired since. Try a fresh token first.`
    : 'If these keys are a file, the issuer has probably rotated its own since: fetch them anew. '
      + 'Otherwise the key is another project\'s.';
  return [compared, note('key_rotated', text)];
}

/** The algorithm that was asked for. */
export function otherAlgorithm({ error, header = {}, keys, policy }: Evidence): readonly Finding[] {
  if (error.code !== 'algorithm_not_allowed') return [];
  const alg = member(header, 'alg');
  const types = [...new Set(keys.map(({ kty, crv, alg: of }) => of ?? (crv === undefined ? kty : `${kty} ${crv}`)))];
  const compared: Finding = {
    kind: 'algorithms_compared',
    text: `The token asks for ${plainJson(alg, 60)}; allowed here: ${policy.algorithms.join(', ')}`
      + `${types.length === 0 ? '' : `; the keys are for ${plainList(types)}`}.`,
  };
  return [compared, ...algorithmAdvice(alg)];
}

function algorithmAdvice(alg: unknown): readonly Finding[] {
  if (typeof alg !== 'string') return [];
  if (alg.toLowerCase() === 'none') {
    const text = 'A token without a signature: the classic forgery, or the Firebase emulator\'s. It proves nothing.';
    return [note('alg_none', text)];
  }
  if (schemeOf(alg) === undefined && schemeOf(alg.toUpperCase()) !== undefined) {
    return [note('alg_case', `Names of algorithms are case-sensitive: ${plainJson(alg.toUpperCase())} is one.`)];
  }
  if (alg.startsWith('HS')) {
    return [note('alg_hmac', 'It is made with a shared secret. With a public key as that secret anyone can make one.')];
  }
  return [];
}
