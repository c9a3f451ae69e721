/**
 * The JOSE Header (RFC 7515 §4): types of its parameters, "crit", "b64", "typ" and "cty", and what is ignored.
 *
 * @module
 */

import { formGroups } from './form.ts';
import { base64url, claims, compact, header, headerText, jwt, jwtWithHeader, RS256 } from './token.ts';
import { jwtGroup, must, should, valid, vectorFile, type Group, type Test, type VectorFile } from './vectors.ts';

const badType = (comment: string, members: Record<string, unknown>, flags: string, level = must): Test => (
  level('header_invalid', comment, jwtWithHeader(members), flags)
);

function typesGroup(): Group {
  return jwtGroup('Header Parameters of a wrong type.', [
    badType('"alg" is missing.', { alg: undefined }, 'A4'),
    badType('"alg" is null.', { alg: null }, 'A4'),
    badType('"alg" is a number.', { alg: 256 }, 'A4'),
    badType('"alg" is true.', { alg: true }, 'A4'),
    badType('"alg" is an array that holds "RS256", and would become it as text.', { alg: ['RS256'] }, 'A4'),
    badType('"alg" is an array of two algorithms.', { alg: ['none', 'RS256'] }, 'A4'),
    badType('"alg" is an object.', { alg: { name: 'RS256' } }, 'A4'),
    badType('"ALG" is there, "alg" is not.', { alg: undefined, ALG: 'RS256' }, 'A4'),
    badType('"kid" is a number.', { kid: 1 }, 'C4'),
    badType('"kid" is an array that holds the key ID, and would become it as text.', { kid: ['rsa-1'] }, 'C4'),
    badType('"kid" is an object.', { kid: { toString: 'rsa-1' } }, 'C4'),
    badType('"kid" is null.', { kid: null }, 'C4'),
    badType('"kid" is true.', { kid: true }, 'C4'),
    badType('"typ" is a number.', { typ: 1 }, 'E4', should),
    badType('"typ" is null.', { typ: null }, 'E4', should),
    badType('"typ" is an array that holds "JWT".', { typ: ['JWT'] }, 'E4', should),
    badType('"cty" is an array that holds "JWT".', { cty: ['JWT'] }, 'E4', should),
    badType('"cty" is false.', { cty: false }, 'E4', should),
  ]);
}

function criticalGroup(): Group {
  const unknown = (comment: string, members: Record<string, unknown>, flags = 'E1'): Test => (
    must('critical_header_unsupported', comment, jwtWithHeader(members), flags)
  );
  const malformed = (comment: string, crit: unknown, members: Record<string, unknown> = {}): Test => (
    should('critical_header_unsupported', comment, jwtWithHeader({ ...members, crit }), 'E2')
  );
  return jwtGroup('"crit": no extension is understood here, so every one is a reason to refuse.', [
    unknown('An extension that nobody knows, and that is there.', { crit: ['x'], x: 1 }),
    unknown('An extension that nobody knows, and that is not there.', { crit: ['x'] }),
    unknown('An extension named by a URI.',
      { crit: ['http://example.com/UNDEFINED'], 'http://example.com/UNDEFINED': true }),
    unknown('"exp" as a critical Header Parameter, as in RFC 7515 §4.1.11, and long past.',
      { crit: ['exp'], exp: 1363284000 }),
    unknown('The name of a claim that is there, but not in the header.', { crit: ['exp'] }),
    unknown('"__proto__", which some languages find on every object.', { crit: ['__proto__'] }),
    unknown('"toString", which some languages find on every object.', { crit: ['toString'] }),
    unknown('The empty name.', { crit: [''], '': 1 }),
    should('critical_header_unsupported', '"b64", with "b64": true.', jwtWithHeader({ crit: ['b64'], b64: true }),
      'E1 E3'),
    unknown('A known name in another case.', { crit: ['ALG'], ALG: 'RS256' }),
    unknown('An unknown name behind one of RFC 7515.', { crit: ['alg', 'x'], x: 1 }),
    malformed('"crit" is an empty array.', []),
    malformed('"crit" is null.', null),
    malformed('"crit" is false.', false),
    malformed('"crit" is zero.', 0),
    malformed('"crit" is the empty string.', ''),
    malformed('"crit" is a string.', 'exp', { exp: 1 }),
    malformed('"crit" is an object.', { x: true }, { x: 1 }),
    malformed('"crit" names a parameter of RFC 7515 itself, which its producer must not.', ['alg']),
    malformed('"crit" names itself.', ['crit']),
    malformed('"crit" holds a number.', [1]),
    malformed('"crit" holds an array.', [['x']]),
    malformed('"crit" holds null.', [null]),
  ]);
}

function unencodedGroup(): Group {
  const bad = (comment: string, members: Record<string, unknown>, level = must): Test => (
    level('critical_header_unsupported', comment, jwtWithHeader(members), 'E3')
  );
  const raw = JSON.stringify(claims({ iss: 'issuer', aud: 'client-1' }));
  const head = base64url(header({ b64: false, crit: ['b64'] }));
  const uncritical = base64url(header({ b64: false }));
  const signed = base64url(RS256(`${head}.${raw}`));
  const own = { policy: { issuer: 'issuer' } };
  return jwtGroup('"b64" (RFC 7797): a JWT must not have an unencoded payload.', [
    must('critical_header_unsupported', 'The payload is sent and signed unencoded.', `${head}.${raw}.${signed}`, 'E3',
      own),
    must('critical_header_unsupported', 'The payload is signed unencoded, and sent encoded.',
      `${head}.${base64url(raw)}.${signed}`, 'E3', own),
    must('critical_header_unsupported', 'The payload is signed unencoded, and detached.', `${head}..${signed}`, 'E3',
      own),
    must('critical_header_unsupported', 'The payload is unencoded, and "b64" is not said to be critical.',
      `${uncritical}.${raw}.${base64url(RS256(`${uncritical}.${raw}`))}`, 'E3', own),
    bad('"b64": false is critical, but the payload is signed and sent encoded.', { b64: false, crit: ['b64'] }),
    bad('"b64": false is not said to be critical, and the payload is encoded.', { b64: false }, should),
    bad('"b64": true without "crit": harmless, but nobody has a reason to send it.', { b64: true }, should),
    bad('"b64" is null.', { b64: null }, should),
    bad('"b64" is zero.', { b64: 0 }, should),
    bad('"b64" is the string "false".', { b64: 'false' }, should),
    bad('"b64" is false, "crit" an empty array.', { b64: false, crit: [] }, should),
  ]);
}

function typGroups(): Group[] {
  const other = (comment: string, typ: string): Test => should('type_not_allowed', comment, jwtWithHeader({ typ }),
    'E4');
  const refused = (comment: string, typ: string | undefined): Test => (
    must('type_not_allowed', comment, jwtWithHeader({ typ }), 'E4')
  );
  return [
    jwtGroup('"typ", where the policy names none: absent, or "JWT".', [
      valid('"typ" is "JWT".', jwtWithHeader({ typ: 'JWT' })),
      valid('"typ" is "jwt": media types have no case.', jwtWithHeader({ typ: 'jwt' })),
      valid('"typ" is "Application/JWT": the prefix may be written out.', jwtWithHeader({ typ: 'Application/JWT' })),
      other('An access token (RFC 9068) where an ID token is expected.', 'at+jwt'),
      other('An access token, its type written out.', 'application/at+jwt'),
      other('A logout token.', 'logout+jwt'),
      other('A security event token.', 'secevent+jwt'),
      other('A DPoP proof.', 'dpop+jwt'),
      other('A JOSE object of any kind.', 'JOSE'),
      other('The empty string.', ''),
      other('"JWT" with a space behind it.', 'JWT '),
      other('"JWT" with a parameter.', 'JWT;v=1'),
      other('Another top-level type.', 'text/jwt'),
      other('The prefix twice.', 'application/application/jwt'),
      other('The prefix alone.', 'application/'),
    ]),
    jwtGroup('"typ", where the policy demands "at+jwt".', [
      valid('"typ" is "at+jwt".', jwtWithHeader({ typ: 'at+jwt' })),
      valid('"typ" is "AT+JWT".', jwtWithHeader({ typ: 'AT+JWT' })),
      valid('"typ" is "application/at+jwt".', jwtWithHeader({ typ: 'application/at+jwt' })),
      refused('"typ" is missing.', undefined),
      refused('"typ" is "JWT".', 'JWT'),
      refused('"typ" is the empty string.', ''),
      refused('"typ" only begins with it.', 'at+jwt2'),
      refused('"typ" only ends with it.', 'xat+jwt'),
      refused('"typ" has the prefix of another top-level type.', 'text/at+jwt'),
    ], { policy: { typ: 'at+jwt' } }),
    jwtGroup('"typ", where the policy allows two, one of them with a prefix.', [
      valid('The first of the two.', jwtWithHeader({ typ: 'token+jwt' })),
      valid('The second of the two, without the prefix.', jwtWithHeader({ typ: 'at+jwt' })),
      refused('The first of the two, with a Kelvin sign for its k, whose lower case is "k".', 'to\u212aen+jwt'),
      refused('Both, joined by a comma.', 'token+jwt,at+jwt'),
      refused('"JWT" is neither.', 'JWT'),
    ], { policy: { typ: ['token+jwt', 'application/at+jwt'] } }),
    jwtGroup('"cty": a token within the token is not verified here.', [
      must('type_not_allowed', 'A genuine nested token: the payload is another token.',
        compact(header({ cty: 'JWT' }), jwt()), 'E4'),
      must('invalid_json', 'A genuine nested token that does not say so.', compact(header(), jwt()), 'E4'),
      should('type_not_allowed', '"cty" is "JWT", but the payload is a claims set.', jwtWithHeader({ cty: 'JWT' }),
        'E4'),
      should('type_not_allowed', '"cty" is "application/jwt".', jwtWithHeader({ cty: 'application/jwt' }), 'E4'),
      valid('"cty" is "json".', jwtWithHeader({ cty: 'json' })),
    ]),
  ];
}

function ignoredGroup(): Group {
  return jwtGroup('What is to be ignored.', [
    valid('"zip": a JWS is never compressed.', jwtWithHeader({ zip: 'DEF' }), 'D12'),
    valid('"zip" with a value that nobody knows.', jwtWithHeader({ zip: { a: 1 } }), 'D12'),
    valid('Header Parameters that nobody knows, of every type.',
      compact(headerText(',"a":null,"b":[1,{"c":2}],"d":"e","f":1.5'), claims())),
    valid('Claims repeated in the header (RFC 7519 §5.3), wrongly: they count for nothing.',
      jwtWithHeader({ iss: 'https://evil.example', aud: 'client-2', exp: 1, sub: 'user-2' })),
    must('issuer_not_allowed', 'The right claims are in the header, the wrong ones in the payload.',
      compact(header(claims()), claims({ iss: 'https://evil.example' })), 'F9'),
    valid('Parameters of JWE.', jwtWithHeader({ enc: 'A256GCM', epk: {}, p2c: 1e9, p2s: 'AA', iv: 'AA', tag: 'AA' })),
    valid('"x5t" and "x5t#S256" that fit no certificate.', jwtWithHeader({ x5t: 'AAAA', 'x5t#S256': 'AAAA' })),
  ]);
}

export function headerVectors(): VectorFile {
  return vectorFile('header', 'The compact form and the JOSE Header', [
    'Tokens whose form or header is not what RFC 7515 demands; all others here are genuinely signed.',
  ], [...formGroups(), typesGroup(), criticalGroup(), unencodedGroup(), ...typGroups(), ignoredGroup()]);
}
