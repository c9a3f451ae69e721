/**
 * "iss", "sub", "jti" and the claims in general (RFC 7519 §4): types, presence, equality.
 *
 * @module
 */

import { ISSUER, claims, compact, header, jwt, jwtBy } from './token.ts';
import {
  jwtGroup, must, should, valid, vectorFile, type Group, type Policy, type Test, type VectorFile,
} from './vectors.ts';

/** Values that are no strings, though some languages make the string of them. */
function notStrings(text: string): ReadonlyArray<readonly [what: string, value: unknown]> {
  return [
    ['a number', 1],
    ['zero', 0],
    ['true', true],
    ['false', false],
    ['null', null],
    ['an array that holds it', [text]],
    ['an array of it and another', [text, 'https://evil.example']],
    ['an empty array', []],
    ['an object', { value: text }],
    ['an object with it for a name', { [text]: true }],
  ];
}

function issuerGroups(): Group[] {
  const other = (comment: string, iss: string): Test => must('issuer_not_allowed', comment, jwt({ iss }), 'F9');
  const refused = (comment: string, iss: string, issuer: string): Test => (
    must('issuer_not_allowed', comment, jwt({ iss }), 'F10', { policy: { issuer } })
  );
  return [
    jwtGroup(`"iss" must be "${ISSUER}".`, [
      valid('It is.', jwt({ jti: 'i' })),
      ...notStrings(ISSUER).map(
        ([what, value]) => must('claim_invalid', `"iss" is ${what}.`, jwt({ iss: value }), 'F9'),
      ),
      must('claim_invalid', '"iss" is an array in an array that holds it.', jwt({ iss: [[ISSUER]] }), 'F9'),
      must('claim_missing', 'There is no "iss".', jwt({ iss: undefined }), 'F9'),
      must('claim_missing', '"issuer" is there, "iss" is not.', jwt({ iss: undefined, issuer: ISSUER }), 'F9'),
      must('claim_missing', '"iss" is in the header only.',
        compact(header({ iss: ISSUER }), claims({ iss: undefined })), 'F9'),
      other('Another issuer.', 'https://evil.example'),
      other('The empty string.', ''),
      other('With a slash behind it.', `${ISSUER}/`),
      other('With a path.', `${ISSUER}/tenant`),
      other('With a query.', `${ISSUER}?`),
      other('With a fragment.', `${ISSUER}#`),
      other('With its port.', `${ISSUER}:443`),
      other('With http for https.', 'http://issuer.example'),
      other('Without its scheme.', 'issuer.example'),
      other('With its host in capitals.', 'https://ISSUER.example'),
      other('With its scheme in capitals.', 'HTTPS://issuer.example'),
      other('With a dot at the end of its host.', `${ISSUER}.`),
      other('As the beginning of another host.', `${ISSUER}.evil.example`),
      other('As the user of another host.', `${ISSUER}@evil.example`),
      other('As the end of another address.', `https://evil.example/${ISSUER}`),
      other('As a subdomain of its domain.', 'https://x.issuer.example'),
      other('The beginning of it.', 'https://issuer.exampl'),
      other('With a space before it.', ` ${ISSUER}`),
      other('With a line feed behind it.', `${ISSUER}\n`),
      other('With a NUL behind it.', `${ISSUER}\0`),
      other('Percent-encoded in part.', 'https://issuer%2Eexample'),
      other('With a Cyrillic letter in it.', 'https://\u0456ssuer.example'),
      other('With a full-width full stop.', 'https://issuer\uff0eexample'),
      other('With a backslash.', 'https:\\\\issuer.example'),
      other('Two, joined by a comma.', `${ISSUER},https://evil.example`),
    ]),
    jwtGroup('"iss" may be one of two spellings.', [
      valid('The first one.', jwt()),
      valid('The second one.', jwt({ iss: 'issuer.example' })),
      other('Both, joined by a comma.', `${ISSUER},issuer.example`),
      other('A third one.', 'http://issuer.example'),
      must('claim_invalid', 'Both, in an array.', jwt({ iss: [ISSUER, 'issuer.example'] }), 'F9'),
      other('"length", which some languages find on every list.', 'length'),
      other('"0", a place in the list.', '0'),
    ], { policy: { issuer: [ISSUER, 'issuer.example'] } }),
    jwtGroup('"iss" is deliberately unchecked. Its type is still that of RFC 7519.', [
      valid('There is no "iss".', jwt({ iss: undefined })),
      valid('Any issuer.', jwt({ iss: 'https://evil.example' })),
      should('claim_invalid', '"iss" is a number.', jwt({ iss: 1 }), 'F9'),
      should('claim_invalid', '"iss" is an array of one.', jwt({ iss: [ISSUER] }), 'F9'),
    ], { policy: { issuer: null } }),
    jwtGroup('Issuers are compared, not searched for.', [
      refused('A dot stands for itself.', 'https://issuerXexample', ISSUER),
      refused('".*" does not stand for everything.', 'https://evil.example', '.*'),
      refused('"https://*.example" is not a pattern.', 'https://evil.example', 'https://*.example'),
    ]),
  ];
}

function subjectGroups(): Group[] {
  const mismatch = (comment: string, sub: string): Test => should('subject_mismatch', comment, jwt({ sub }), 'F11');
  return [
    jwtGroup('"sub" and "jti" are strings where they are there at all.', [
      ...notStrings('user-1').map(
        ([what, value]) => should('claim_invalid', `"sub" is ${what}.`, jwt({ sub: value }), 'F11'),
      ),
      ...notStrings('id').slice(0, 6).map(
        ([what, value]) => should('claim_invalid', `"jti" is ${what}.`, jwt({ jti: value }), 'F11'),
      ),
      valid('There is no "sub".', jwt({ sub: undefined })),
      valid('"sub" is the empty string.', jwt({ sub: '' })),
      valid('"sub" of 255 letters.', jwt({ sub: 'x'.repeat(255) })),
      valid('"sub" beyond ASCII.', jwt({ sub: '\u7528\u6237 \u{1f600} na\u00efve' })),
      valid('"sub" with markup, a quotation mark and a line feed.', jwt({ sub: '<b>"user"</b>\n' })),
      valid('"jti" is there.', jwt({ jti: '0b1c' })),
    ]),
    jwtGroup('The subject must be "user-1".', [
      valid('It is.', jwt()),
      mismatch('Another subject.', 'user-2'),
      mismatch('In another case.', 'User-1'),
      mismatch('The empty string.', ''),
      mismatch('The subject and more.', 'user-10'),
      mismatch('With a space behind it.', 'user-1 '),
      should('claim_missing', 'There is no "sub".', jwt({ sub: undefined }), 'F11'),
      should('claim_invalid', '"sub" is an array that holds it.', jwt({ sub: ['user-1'] }), 'F11'),
    ], { policy: { subject: 'user-1' } }),
  ];
}

function requiredGroups(): Group[] {
  const demanding = (...requiredClaims: readonly string[]): { policy: Policy } => ({ policy: { requiredClaims } });
  const missing = (comment: string, members: Record<string, unknown>, claim: string): Test => (
    should('claim_missing', comment, jwt(members), 'F11', demanding(claim))
  );
  return [jwtGroup('Claims that the policy wants to be there, whatever their value.', [
    valid('Two claims, both there.', jwt({ scope: 'read', email: 'a@b.example' }), 'F11 Control',
      demanding('scope', 'email')),
    should('claim_missing', 'Two claims, the second missing.', jwt({ scope: 'read' }), 'F11',
      demanding('scope', 'email')),
    missing('A claim in another case.', { Scope: 'read' }, 'scope'),
    missing('A claim in an object within.', { x: { scope: 'read' } }, 'scope'),
    missing('"toString", which every object of some languages has.', {}, 'toString'),
    missing('"constructor", which every object of some languages has.', {}, 'constructor'),
    missing('"__proto__", which every object of some languages has.', {}, '__proto__'),
    missing('"nbf", which is usually optional.', {}, 'nbf'),
    missing('A claim whose name is a path.', { x: { y: 1 } }, 'x.y'),
    valid('A claim that is false.', jwt({ scope: false }), 'F11 Control', demanding('scope')),
    valid('A claim that is zero.', jwt({ scope: 0 }), 'F11 Control', demanding('scope')),
    valid('A claim that is the empty string.', jwt({ scope: '' }), 'F11 Control', demanding('scope')),
    valid('A claim whose name is a URI.', jwt({ 'https://claims.example/role': 'x' }), 'F11 Control',
      demanding('https://claims.example/role')),
    valid('A claim whose name holds a dot.', jwt({ 'x.y': 1 }), 'F11 Control', demanding('x.y')),
  ])];
}

function unknownGroup(): Group {
  return jwtGroup('Claims that nobody asks for.', [
    valid('Claims of every type.', jwt({ a: null, b: [1, { c: 2 }], d: 'e', f: 1.5, g: true, h: {} })),
    valid('Claims of OpenID Connect with wrong types: they mean nothing here.',
      jwt({ email: 1, email_verified: 'true', nonce: null, azp: 7, hd: {} })),
    valid('Registered claims in another case.', jwt({ EXP: 1, Nbf: 1e12, ISS: 'x', Aud: 1 })),
    valid('"alg" and "kid" as claims.', jwt({ alg: 'none', kid: 'rsa-2', crit: ['x'] })),
    valid('"cnf", which binds the token to a key, is for the caller to check.', jwt({ cnf: { jkt: 'AAAA' } })),
    valid('A claim whose name is the empty string.', jwt({ '': 1 })),
  ]);
}

function defaultGroup(): Group {
  return jwtGroup('The policy names no algorithm: RS256 it is.', [
    valid('A token of RS256.', jwt()),
    must('algorithm_not_allowed', 'A genuine token of RS512.', jwtBy('rsa-1', 'RS512'), 'A5'),
    must('algorithm_not_allowed', 'An unsecured token.',
      compact(header({ alg: 'none' }), claims(), () => Buffer.alloc(0)), 'A1'),
  ], { policy: { algorithms: undefined } });
}

export function claimsVectors(): VectorFile {
  return vectorFile('claims', 'Claims', [
    'Genuinely signed tokens whose issuer, subject or other claims are not what the policy demands,',
    'or look as if they were not.',
  ], [...issuerGroups(), ...subjectGroups(), ...requiredGroups(), unknownGroup(), defaultGroup()]);
}
