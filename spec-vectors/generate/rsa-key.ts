/**
 * RSA public keys (RFC 7518 §6.3.1, RFC 8017 §3.1): sizes, exponents, fingerprints, and how the numbers are written.
 *
 * The tokens are genuinely signed where a private key exists at all, so that only the key itself is a reason to refuse.
 *
 * @module
 */

import { publicJwk, rsaPrimes, type Jwk } from './keys.ts';
import { digestInfo, encodePkcs1, fromUint, isSquare, octetsToUint } from './rsa.ts';
import { strangeRsa, type Signer } from './sign.ts';
import { base64url, claims, compact, firstSuchThat, header, jwt, jwtBy } from './token.ts';
import { jwtGroup, mayRefuse, must, should, valid, type Group, type Test } from './vectors.ts';

type Level = typeof must;

const keyed = (key: string, by: Signer): string => compact(header({ kid: key }), claims(), by);

/** A key that is refused for what it is, and a token that it signed. */
function weak(comment: string, key: string, flags: string, level: Level): Test {
  return level('key_unusable', comment, keyed(key, strangeRsa(key)), flags, { keys: publicJwk(key) });
}

function sizeGroup(): Group {
  return jwtGroup('The size of the modulus.', [
    weak('512 bits.', 'rsa-512', 'B7', must),
    weak('1024 bits.', 'rsa-1024', 'B7', must),
    weak('2047 bits: one too few, in as many octets as 2048.', 'rsa-2047', 'B7', must),
    valid('2048 bits.', jwtBy('rsa-2', 'RS256'), 'B7 Control', { keys: publicJwk('rsa-2') }),
    valid('4096 bits.', jwtBy('rsa-4096', 'RS256'), 'B10 Control', { keys: publicJwk('rsa-4096') }),
    mayRefuse(valid('8192 bits.', jwtBy('rsa-8192', 'RS256'), 'B10 Control', { keys: publicJwk('rsa-8192') })),
    weak('8193 bits: one more than is allowed here.', 'rsa-8193', 'B10', should),
    weak('16,399 bits: more than the 16,384 that OpenSSL takes.', 'rsa-16400', 'B10', should),
  ]);
}

/** The same two primes with another exponent. */
function exponent(comment: string, e: bigint, level: Level): Test {
  return level('key_unusable', comment, keyed('rsa-exponents', strangeRsa('rsa-exponents', e)), 'B8',
    { keys: withE(e) });
}

function withE(e: bigint): Jwk {
  return publicJwk('rsa-exponents', { e: fromUint(e) });
}

/** Of two, and powers of two, only squares have roots: a token is sought whose encoded message is one. */
function evenExponent(comment: string, e: bigint): Test {
  const primes = rsaPrimes('rsa-exponents', e);
  const make = (jti: number, by: Signer): string => compact(header({ kid: 'rsa-exponents' }), claims({ jti: `${jti}` }),
    by);
  const unsigned: Signer = () => Buffer.alloc(0);
  const input = firstSuchThat((jti) => make(jti, unsigned).slice(0, -1), (text) => (
    isSquare(octetsToUint(encodePkcs1(digestInfo('sha256', text), 256)), primes)
  ));
  const token = `${input}.${base64url(strangeRsa('rsa-exponents', e)(input))}`;
  return must('key_unusable', comment, token, 'B8', { keys: withE(e) });
}

function exponentGroup(): Group {
  const huge = (1n << 2046n) + 297n;
  return jwtGroup('The public exponent: odd, at least 65,537 and less than 2^32.', [
    must('key_unusable', 'e = 0: every number opens to one.', keyed('rsa-exponents', () => Buffer.alloc(256, 1)), 'B8',
      { keys: withE(0n) }),
    must('key_unusable', 'e = 1: the encoded message is its own signature.', keyed('rsa-exponents', (input) => (
      encodePkcs1(digestInfo('sha256', input), 256))), 'B8', { keys: withE(1n) }),
    evenExponent('e = 2: Rabin, not RSA.', 2n),
    exponent('e = 3: what Bleichenbacher\'s forgery needs.', 3n, should),
    exponent('e = 17: still small.', 17n, should),
    exponent('e = 65,535: odd, but below the least.', 65535n, should),
    evenExponent('e = 65,536: even.', 65536n),
    valid('e = 65,537.', keyed('rsa-exponents', strangeRsa('rsa-exponents')), 'B8 Control',
      { keys: publicJwk('rsa-exponents') }),
    valid('e = 65,539.', keyed('rsa-exponents', strangeRsa('rsa-exponents', 65539n)), 'B8 Control',
      { keys: withE(65539n) }),
    mayRefuse(valid('e = 4,294,967,291, the greatest prime below 2^32.',
      keyed('rsa-exponents', strangeRsa('rsa-exponents', 4294967291n)), 'B8 Control', { keys: withE(4294967291n) })),
    exponent('e = 4,294,967,311, the least prime above 2^32.', 4294967311n, should),
    exponent('e of 2,047 bits.', huge, should),
  ]);
}

function compositionGroup(): Group {
  return jwtGroup('What the modulus is made of.', [
    weak('The fingerprint of ROCA.', 'rsa-roca', 'B11', should),
    valid('The fingerprint of ROCA for sixteen of the seventeen primes.', keyed('rsa-near-roca',
      strangeRsa('rsa-near-roca')),
      'B11 Control', { keys: publicJwk('rsa-near-roca') }),
    weak('An even modulus: twice a prime.', 'rsa-even', 'B13', should),
    weak('Three times a prime.', 'rsa-factor-3', 'B13', should),
    weak('Thirteen times a prime.', 'rsa-factor-13', 'B13', should),
  ]);
}

function writingGroup(): Group {
  const n = String(publicJwk('rsa-1')['n']);
  const octets = Buffer.from(n, 'base64url');
  const trailing = n.slice(0, -1) + (n.endsWith('Q') ? 'R' : n.endsWith('A') ? 'B' : n.endsWith('g') ? 'h' : 'x');
  const written = (comment: string, members: Jwk, level: Level = should): Test => (
    level('key_unusable', comment, jwt(), 'B9', { keys: publicJwk('rsa-1', members) })
  );
  return jwtGroup('How modulus and exponent are written: base64url of as few octets as there must be (RFC 7518 §2).', [
    written('n with a zero octet before it, as DER would have it.',
      { n: base64url(Buffer.concat([Buffer.of(0), octets])) }),
    written('n with 256 zero octets before it.', { n: base64url(Buffer.concat([Buffer.alloc(256), octets])) }),
    written('e with a zero octet before it.', { e: 'AAEAAQ' }),
    written('e in eight octets, as a machine word.', { e: base64url(Buffer.of(0, 0, 0, 0, 0, 1, 0, 1)) }),
    written('n with padding.', { n: `${n}==` }),
    written('n in base64 proper.', { n: octets.toString('base64').replaceAll('=', '') }),
    written('n with a line break.', { n: `${n.slice(0, 76)}\n${n.slice(76)}` }),
    written('n with a space behind it.', { n: `${n} ` }),
    written('n with an unused bit set.', { n: trailing }),
    written('n in decimal.', { n: BigInt(`0x${octets.toString('hex')}`).toString() }, must),
    written('e with padding.', { e: 'AQAB==' }),
    written('e in decimal, as a number.', { e: 65537 }, must),
    written('e in decimal, as a string: base64url of something else.', { e: '65537' }, must),
    written('e is missing.', { e: undefined }, must),
    written('e is the empty string.', { e: '' }, must),
    written('e is null.', { e: null }, must),
    written('n is missing.', { n: undefined }, must),
    written('n is the empty string.', { n: '' }, must),
    written('n is an array that holds it.', { n: [n] }, must),
    written('n is the number one.', { n: 'AQ' }, must),
    written('n and e have changed places.', { n: 'AQAB', e: n }, must),
    written('"N" and "E" in capitals.', { n: undefined, e: undefined, N: n, E: 'AQAB' }, must),
  ]);
}

export function rsaKeyGroups(): Group[] {
  return [sizeGroup(), exponentGroup(), compositionGroup(), writingGroup()];
}
