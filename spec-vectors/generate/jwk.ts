/**
 * JSON Web Keys (RFC 7517, RFC 7518 §6): keys that are weak, malformed, private, or meant for something else.
 *
 * Each is given alone, as a bare JWK, and asked with a token that it would verify if it were taken for what it is not.
 *
 * @module
 */

import { createHash } from 'node:crypto';
import { publicJwk, storedKey, type Jwk } from './keys.ts';
import { uintToOctets } from './rsa.ts';
import { rsaKeyGroups } from './rsa-key.ts';
import { base64url, claims, compact, jwt, jwtBy } from './token.ts';
import { jwtGroup, must, should, valid, vectorFile, type Group, type Test, type VectorFile } from './vectors.ts';

type Level = typeof must;

function ecGroup(): Group {
  const [x, y] = [String(publicJwk('ec-1')['x']), String(publicJwk('ec-1')['y'])];
  const octets = (text: string): Buffer => Buffer.from(text, 'base64url');
  const bad = (comment: string, members: Jwk, level: Level = must): Test => (
    level('key_unusable', comment, jwtBy('ec-1', 'ES256'), 'A8', { keys: publicJwk('ec-1', members) })
  );
  const prime = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
  const changed = Buffer.from(octets(y).map((octet, i) => (i === 31 ? octet ^ 1 : octet)));
  const length31 = octets(x).subarray(1);
  return jwtGroup('Elliptic-curve keys (RFC 7518 §6.2.1).', [
    valid('A P-256 key.', jwtBy('ec-1', 'ES256'), 'Control', { keys: publicJwk('ec-1') }),
    bad('A point that is not on the curve: one bit of y is wrong.', { y: base64url(changed) }),
    bad('A point that is not on the curve: x and y have changed places.', { x: y, y: x }),
    bad('x and y are zero, as the point at infinity is sometimes written.',
      { x: base64url(Buffer.alloc(32)), y: base64url(Buffer.alloc(32)) }),
    bad('x is the prime of the field: not a number below it.', { x: base64url(uintToOctets(prime, 32)) }),
    bad('x and y have all bits set.', { x: base64url(Buffer.alloc(32, 0xff)), y: base64url(Buffer.alloc(32, 0xff)) }),
    bad('x of 31 octets.', { x: base64url(length31) }),
    bad('x of 33 octets, the first one zero.', { x: base64url(Buffer.concat([Buffer.of(0), octets(x)])) }),
    bad('y of 33 octets, the last one zero.', { y: base64url(Buffer.concat([octets(y), Buffer.of(0)])) }),
    bad('x holds the whole point, y nothing.',
      { x: base64url(Buffer.concat([Buffer.of(4), octets(x), octets(y)])), y: '' }),
    bad('y is missing.', { y: undefined }),
    bad('y is true, as COSE says which of two it is.', { y: true }),
    bad('x is missing.', { x: undefined }),
    bad('x is null.', { x: null }),
    bad('x in hexadecimal.', { x: octets(x).toString('hex') }),
    bad('x with padding.', { x: `${x}=` }, should),
    bad('"crv" is missing.', { crv: undefined }),
    bad('"crv" is "p-256".', { crv: 'p-256' }),
    bad('"crv" is the name of OpenSSL, "prime256v1".', { crv: 'prime256v1' }),
    bad('"crv" is "P-384", the point is of P-256.', { crv: 'P-384' }),
    bad('"crv" is "P-521", the point is of P-256.', { crv: 'P-521' }),
    bad('"crv" is "Ed25519".', { crv: 'Ed25519' }),
    bad('"crv" is a number, as in COSE.', { crv: 1 }),
    bad('"crv" is an array that holds "P-256".', { crv: ['P-256'] }),
    must('key_unusable', 'A P-384 key that calls itself P-256.', jwtBy('ec-384', 'ES384'), 'A8',
      { keys: publicJwk('ec-384', { crv: 'P-256' }), policy: { algorithms: ['ES384'] } }),
    must('key_unusable', 'A secp256k1 key that calls itself P-256.', jwtBy('ec-k1', 'ES256'), 'A8',
      { keys: publicJwk('ec-k1', { crv: 'P-256' }) }),
    should('key_unusable', 'A secp256k1 key that says so.', jwtBy('ec-k1', 'ES256'), 'A8',
      { keys: publicJwk('ec-k1') }),
  ], { policy: { algorithms: ['ES256'] } });
}

/** y of a point of order eight on edwards25519, little-endian. */
const ORDER_8 = '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05';

function okpGroup(): Group {
  const x = Buffer.from(String(publicJwk('ed-1')['x']), 'base64url');
  const bad = (comment: string, members: Jwk, level: Level = must): Test => (
    level('key_unusable', comment, jwtBy('ed-1', 'EdDSA'), 'A10', { keys: publicJwk('ed-1', members) })
  );
  // R the neutral element and S zero: under a key of order one this holds for every message, under others for some.
  const forged = compact({ alg: 'EdDSA', kid: 'ed-1' }, claims(),
    () => Buffer.concat([Buffer.of(1), Buffer.alloc(63)]));
  const small = (comment: string, hex: string): Test => (
    should('key_unusable', comment, forged, 'A10',
      { keys: publicJwk('ed-1', { x: base64url(Buffer.from(hex, 'hex')) }) })
  );
  return jwtGroup('Ed25519 keys (RFC 8037 §2).', [
    valid('An Ed25519 key.', jwtBy('ed-1', 'EdDSA'), 'Control', { keys: publicJwk('ed-1') }),
    bad('x of 31 octets.', { x: base64url(x.subarray(1)) }),
    bad('x of 33 octets, the last one zero.', { x: base64url(Buffer.concat([x, Buffer.of(0)])) }),
    bad('x is missing.', { x: undefined }),
    bad('x is the empty string.', { x: '' }),
    bad('x with padding.', { x: `${base64url(x)}=` }, should),
    bad('"crv" is missing.', { crv: undefined }),
    bad('"crv" is "ed25519".', { crv: 'ed25519' }),
    bad('"crv" is "P-256".', { crv: 'P-256' }),
    bad('"crv" is "X25519": a key for agreement, not signatures.', { crv: 'X25519' }),
    bad('"crv" is "Ed448", the key of Ed25519.', { crv: 'Ed448' }),
    small('The neutral element, under which one signature holds for every token.', `01${'00'.repeat(31)}`),
    small('The point of order two.', `ec${'ff'.repeat(30)}7f`),
    small('A point of order four: zero.', '00'.repeat(32)),
    small('A point of order eight.', ORDER_8),
    small('The neutral element with its sign bit set: not canonical.', `01${'00'.repeat(30)}80`),
    small('The neutral element as p + 1: not canonical.', `ee${'ff'.repeat(30)}7f`),
    small('A number that is y of no point.', `02${'00'.repeat(31)}`),
    should('key_unusable', 'A genuine token of Ed448.', jwtBy('ed-448', 'EdDSA'), 'A10',
      { keys: publicJwk('ed-448') }),
    must('key_unusable', 'A key of X25519.', jwtBy('ed-1', 'EdDSA', { kid: 'x-25519' }), 'A10',
      { keys: publicJwk('x-25519') }),
  ], { policy: { algorithms: ['EdDSA'] } });
}

function purposeGroup(): Group {
  const on = (members: Jwk): { keys: Jwk } => ({ keys: publicJwk('rsa-1', members) });
  const bad = (comment: string, members: Jwk, level: Level = must): Test => (
    level('key_unusable', comment, jwt(), 'C8', on(members))
  );
  const good = (comment: string, members: Jwk): Test => valid(comment, jwt(), 'C8 Control', on(members));
  return jwtGroup('What the key says that it is for.', [
    good('"use" is "sig".', { use: 'sig' }),
    // RFC 7517 §4.2 and §4.3 say what the producer means; no step of RFC 7515 makes a verifier look.
    bad('"use" is "enc".', { use: 'enc' }, should),
    bad('"use" is "SIG": the value has a case.', { use: 'SIG' }, should),
    bad('"use" is a value of somebody\'s own.', { use: 'tls' }, should),
    bad('"use" is the empty string.', { use: '' }, should),
    bad('"use" is an array that holds "sig".', { use: ['sig'] }, should),
    bad('"use" is a number.', { use: 1 }, should),
    good('"key_ops" is "verify".', { key_ops: ['verify'] }),
    good('"key_ops" has "verify" among others.', { key_ops: ['sign', 'verify'] }),
    good('"use" is "sig" and "key_ops" "verify".', { use: 'sig', key_ops: ['verify'] }),
    bad('"key_ops" is "sign" alone.', { key_ops: ['sign'] }, should),
    bad('"key_ops" is "encrypt" and "wrapKey".', { key_ops: ['encrypt', 'wrapKey'] }, should),
    bad('"key_ops" is empty.', { key_ops: [] }, should),
    bad('"key_ops" is the string "verify".', { key_ops: 'verify' }, should),
    bad('"key_ops" is "Verify": the values have a case.', { key_ops: ['Verify'] }, should),
    bad('"key_ops" holds a number beside "verify".', { key_ops: ['verify', 1] }, should),
    // Both of these RFC 7517 §4.3 does demand: no value twice, and no contradiction with "use".
    bad('"key_ops" holds "verify" twice.', { key_ops: ['verify', 'verify'] }),
    bad('"use" is "sig", but "key_ops" only "encrypt".', { use: 'sig', key_ops: ['encrypt'] }),
    bad('"key_ops" has "verify", but "use" is "enc".', { use: 'enc', key_ops: ['verify'] }),
    bad('"kty" is missing.', { kty: undefined }),
    bad('"kty" is "rsa": the value has a case.', { kty: 'rsa' }),
    bad('"kty" is a number.', { kty: 3 }),
    bad('"kty" is an array that holds "RSA".', { kty: ['RSA'] }),
    bad('"kty" is "EC", the numbers are those of an RSA key.', { kty: 'EC' }),
    bad('"kty" is "oct", the numbers are those of an RSA key.', { kty: 'oct' }),
    bad('"kty" is "AKP".', { kty: 'AKP' }),
    bad('"alg" is a number.', { alg: 256 }),
    bad('"alg" is an array that holds "RS256".', { alg: ['RS256'] }),
    bad('"kid" is a number.', { kid: 1 }),
    good('Members that nobody knows.', { ext: true, x: { y: [1] }, iat: 1, constructor: 1 }),
    good('A certificate and thumbprints that nobody looks at.',
      { x5c: ['AAAA'], x5t: 'AAAA', x5u: 'https://evil.example/x.pem' }),
    must('key_unusable', 'All members are members of "__proto__".', jwt(), 'C8 D10',
      { keys: JSON.parse(`{"kid":"rsa-1","kty":"RSA","__proto__":${JSON.stringify(publicJwk('rsa-1'))}}`) }),
  ]);
}

function privateGroup(): Group {
  const { d, p, q, dp, dq, qi } = storedKey('rsa-1');
  const bad = (comment: string, token: string, keys: Jwk, policy = {}): Test => should('key_unusable', comment, token,
    'B12', { keys, policy });
  return jwtGroup('Private keys where public ones belong (RFC 7517 §9.2): whoever publishes one has lost it.', [
    bad('A whole RSA private key.', jwt(), publicJwk('rsa-1', { d, p, q, dp, dq, qi })),
    bad('An RSA key with "d" alone.', jwt(), publicJwk('rsa-1', { d })),
    bad('An RSA key with a prime.', jwt(), publicJwk('rsa-1', { p })),
    bad('An RSA key whose "d" is the empty string.', jwt(), publicJwk('rsa-1', { d: '' })),
    bad('An elliptic-curve private key.', jwtBy('ec-1', 'ES256'), publicJwk('ec-1', { d: storedKey('ec-1').d }),
      { algorithms: ['ES256'] }),
    bad('An Ed25519 private key.', jwtBy('ed-1', 'EdDSA'), publicJwk('ed-1', { d: storedKey('ed-1').d }),
      { algorithms: ['EdDSA'] }),
  ]);
}

function thumbprintGroup(): Group {
  const of = (...members: readonly string[]) => (name: string): string => {
    const jwk = publicJwk(name);
    const required = Object.fromEntries(members.map((member) => [member, jwk[member]]));
    return createHash('sha256').update(JSON.stringify(required)).digest('base64url');
  };
  const print = (comment: string, jwk: Jwk, thumbprint: string): Test => (
    { comment, jwk, thumbprint, result: 'valid', flags: ['Control'] }
  );
  const bad = (comment: string, jwk: Jwk): Test => (
    { comment, jwk, result: 'invalid', refusal: 'key_unusable', level: 'MUST', flags: ['C8'] }
  );
  return {
    type: 'thumbprint',
    comment: 'Thumbprints (RFC 7638): SHA-256 over the required members in lexicographic order.',
    tests: [
      print('An RSA key: e, kty, n.', publicJwk('rsa-1'), of('e', 'kty', 'n')('rsa-1')),
      print('A P-256 key: crv, kty, x, y.', publicJwk('ec-1'), of('crv', 'kty', 'x', 'y')('ec-1')),
      print('A P-521 key, with "use" and "alg".', publicJwk('ec-521', { use: 'sig', alg: 'ES512' }),
        of('crv', 'kty', 'x', 'y')('ec-521')),
      print('A symmetric key: k, kty.', publicJwk('hs-1'), of('k', 'kty')('hs-1')),
      print('A private key has the thumbprint of its public half.', publicJwk('ec-1', { d: storedKey('ec-1').d }),
        of('crv', 'kty', 'x', 'y')('ec-1')),
      bad('An RSA key without "e".', publicJwk('rsa-1', { e: undefined })),
      bad('A key without "kty".', publicJwk('rsa-1', { kty: undefined })),
      bad('An elliptic-curve key whose "y" is a number.', publicJwk('ec-1', { y: 1 })),
    ],
  };
}

export function jwkVectors(): VectorFile {
  return vectorFile('jwk', 'JSON Web Keys', [
    'Each test has a key of its own, given alone; it is asked with a token.',
    'A library that takes only sets can be given a set of that one key.',
  ], [...rsaKeyGroups(), ecGroup(), okpGroup(), purposeGroup(), privateGroup(), thumbprintGroup()]);
}
