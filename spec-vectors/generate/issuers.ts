/**
 * Several authorities (RFC 8725 §3.8): each issuer's tokens are verified with that issuer's keys, for its audience.
 *
 * @module
 */

import { jwkSet, publicJwk } from './keys.ts';
import { signer, type Signer } from './sign.ts';
import { NOW, base64url, claims, claimsText, compact, header, split, type Members, type Part } from './token.ts';
import {
  jwtGroup, must, should, valid, vectorFile, type Group, type Own, type Test, type VectorFile,
} from './vectors.ts';

const A = 'https://a.example';
const B = 'https://b.example';
const C = 'https://c.example';

/** Two authorities whose keys share a key ID, and one with another algorithm. */
const AUTHORITIES: Own = {
  keys: { keys: [] },
  policy: {
    issuer: undefined,
    audience: undefined,
    algorithms: undefined,
    issuers: [
      { issuer: A, audience: 'client-a', keys: jwkSet(publicJwk('rsa-1', { kid: 'k' })) },
      {
        issuer: B, audience: ['client-b', 'client-shared'],
        keys: jwkSet(publicJwk('rsa-2', { kid: 'k' }), publicJwk('rsa-1', { kid: 'b' })),
      },
      { issuer: C, audience: null, keys: jwkSet(publicJwk('ec-1', { kid: 'k' })), algorithms: ['ES256'] },
    ],
  },
};

const ofA = signer('rsa-1', 'RS256');
const ofB = signer('rsa-2', 'RS256');
const ofC = signer('ec-1', 'ES256');
const unsigned: Signer = () => Buffer.alloc(0);

function token(iss: unknown, aud: unknown, by: Signer, head: Members = {}, own: Members = {}): string {
  return compact(header({ kid: 'k', ...head }), claims({ iss, aud, ...own }), by);
}

const es256 = { alg: 'ES256' };

function rightGroup(): Group {
  return jwtGroup('Tokens of each authority.', [
    valid('The first authority.', token(A, 'client-a', ofA)),
    valid('The second authority.', token(B, 'client-b', ofB)),
    valid('The second authority, its other audience, in an array.', token(B, ['client-shared'], ofB)),
    valid('The second authority, its other key.', token(B, 'client-b', ofA, { kid: 'b' })),
    valid('The third authority, with an algorithm of its own, and no audience.', token(C, undefined, ofC, es256)),
    valid('The first authority; the header says that it is the second.', token(A, 'client-a', ofA, { iss: B })),
  ], AUTHORITIES);
}

function crossedGroup(): Group {
  const forged = (comment: string, text: string): Test => must('signature_invalid', comment, text, 'C7');
  return jwtGroup('One authority vouches for another.', [
    forged('The first authority signs in the name of the second, under a key ID that both have.',
      token(B, 'client-b', ofA)),
    forged('The second authority signs in the name of the first.', token(A, 'client-a', ofB)),
    forged('The first authority signs in the name of the second, without a key ID.',
      token(A, 'client-a', ofB, { kid: undefined })),
    must('key_not_found', 'The token of the first names a key that only the second has.',
      token(A, 'client-a', ofA, { kid: 'b' }), 'C7'),
    must('algorithm_not_allowed', 'The first authority signs in the name of the third, whose algorithm is another.',
      token(C, 'client-c', ofA), 'C7 A5'),
    must('algorithm_not_allowed', 'The third authority signs in the name of the first.',
      token(A, 'client-a', ofC, es256), 'C7 A5'),
    must('signature_invalid', 'The third authority\'s algorithm, and a signature that is none.',
      token(C, 'client-c', () => Buffer.alloc(64), es256), 'C7 A7'),
    must('algorithm_not_allowed', 'Unsecured, in the name of the first.',
      token(A, 'client-a', unsigned, { alg: 'none' }), 'C7 A1'),
    must('audience_not_allowed', 'The first authority, for the audience of the second.', token(A, 'client-b', ofA),
      'C7 F8'),
    must('audience_not_allowed', 'The second authority, for the audience of the first.', token(B, ['client-a'], ofB),
      'C7 F8'),
    must('claim_missing', 'The first authority, for no audience.', token(A, undefined, ofA), 'C7 F8'),
    should('claim_invalid', 'The third authority, whose audience is unchecked, with a number for one.',
      token(C, 1, ofC, es256), 'C7 F8'),
  ], AUTHORITIES);
}

function strangersGroup(): Group {
  const stranger = (comment: string, iss: string): Test => (
    must('issuer_not_allowed', comment, token(iss, 'client-a', ofA), 'F9 C7')
  );
  const badType = (comment: string, iss: unknown): Test => (
    must('claim_invalid', comment, token(iss, 'client-a', ofA), 'F9')
  );
  const rest = JSON.stringify(claims({ iss: undefined, aud: 'client-a' })).slice(1);
  const inherited = `{"__proto__":{"iss":"${A}"},${rest}`;
  return jwtGroup('Issuers that are not among them: no key is looked for.', [
    stranger('An issuer that nobody knows, signed by the first.', 'https://evil.example'),
    stranger('The first authority with a slash behind it.', `${A}/`),
    stranger('The first authority in capitals.', 'https://A.example'),
    stranger('The first authority without its scheme.', 'a.example'),
    stranger('The first authority and more.', `${A}.evil.example`),
    stranger('The empty string.', ''),
    stranger('"__proto__", which some languages find on every object.', '__proto__'),
    stranger('"constructor", which some languages find on every object.', 'constructor'),
    stranger('"0", a place in the list.', '0'),
    badType('The first authority in an array, which would become it as text.', [A]),
    badType('Two authorities in an array.', [A, B]),
    badType('An object for an issuer.', { toString: A }),
    badType('null for an issuer.', null),
    badType('A number for an issuer.', 0),
    must('claim_missing', 'There is no "iss".', token(undefined, 'client-a', ofA), 'F9'),
    must('claim_missing', '"iss" is in the header only.', token(undefined, 'client-a', ofA, { iss: A }), 'F9'),
    must('claim_missing', '"iss" is a member of "__proto__".',
      compact(header({ kid: 'k' }), inherited, ofA), 'F9 D10'),
  ], AUTHORITIES);
}

function payloadGroup(): Group {
  const payload = (refusal: string, comment: string, part: Part, flags: string, level = must): Test => (
    level(refusal, comment, compact(header({ kid: 'k' }), part, ofA), flags)
  );
  const twice = claimsText(`,"iss":"${B}"`, { iss: A, aud: 'client-a' });
  const parts = split(token(A, 'client-a', ofA));
  return jwtGroup('The payload is read for its issuer before the signature is checked, and for nothing else.', [
    payload('duplicate_member', '"iss" is that of the first, then that of the second.', twice, 'D6 C7', should),
    payload('duplicate_member', '"iss" twice, once in escapes.',
      claimsText(`,"\\u0069ss":"${B}"`, { iss: A, aud: 'client-a' }), 'D6 C7', should),
    payload('invalid_json', 'Not JSON.', 'iss=a', 'D8'),
    payload('invalid_json', 'An array of claims sets.', `[${claimsText('', { iss: A })}]`, 'D9'),
    payload('invalid_utf8', 'Not UTF-8.',
      Buffer.concat([Buffer.from(`{"iss":"${A}","x":"`), Buffer.of(0xff), Buffer.from('"}')]), 'D7'),
    must('invalid_base64url', 'Padding behind the payload.', `${parts.header}.${parts.payload}=.${parts.signature}`,
      'D4'),
    must('signature_invalid', 'Forged, and expired.', token(A, 'client-a', ofB, {}, { exp: NOW - 1 }), 'F13 Order'),
    must('signature_invalid', 'Forged, and for another audience.', token(A, 'client-b', ofB), 'F13 Order'),
    must('signature_invalid', 'The issuer was changed after signing.',
      `${parts.header}.${base64url(claims({ iss: B, aud: 'client-b' }))}.${parts.signature}`, 'F13 C7'),
    must('token_expired', 'Of the first authority, and expired.', token(A, 'client-a', ofA, {}, { exp: NOW }), 'F4'),
    must('issuer_not_allowed', 'Of a stranger, and unsecured.',
      token('https://evil.example', 'client-a', unsigned, { alg: 'none' }), 'Order A1'),
    should('type_not_allowed', 'Of a stranger, and of another type.',
      token('https://evil.example', 'client-a', ofA, { typ: 'at+jwt' }), 'Order E4'),
  ], AUTHORITIES);
}

export function issuersVectors(): VectorFile {
  return vectorFile('issuers', 'Several issuers', [
    'A verifier that trusts three authorities, each with keys and an audience of its own.',
    'The keys of two of them share a key ID. The keys of a group are empty here: the policy has them.',
  ], [rightGroup(), crossedGroup(), strangersGroup(), payloadGroup()]);
}
