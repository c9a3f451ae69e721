/**
 * "alg" (RFC 7515 §4.1.1, RFC 8725 §3.1): the verifier and the key decide, the header only asks.
 *
 * @module
 */

import { jwkSet, publicJwk, publicKey, publicPem, secret, type Jwk } from './keys.ts';
import { agreementGroups } from './agreement.ts';
import { hmac, type Signer } from './sign.ts';
import { RS256, base64url, claims, compact, header, jwt, jwtWithHeader } from './token.ts';
import { jwtGroup, must, valid, vectorFile, type Group, type Test, type VectorFile } from './vectors.ts';

function refused(comment: string, token: string, flags: string, own = {}): Test {
  return must('algorithm_not_allowed', comment, token, flags, own);
}

const unsigned: Signer = () => Buffer.alloc(0);

function noneGroups(): Group[] {
  const none = (alg: string, what: string, by: Signer = unsigned): Test => (
    refused(`"alg" is ${what}.`, compact(header({ alg }), claims(), by), 'A1')
  );
  return [
    jwtGroup('Unsecured tokens.', [
      none('none', '"none", and the signature empty'),
      none('none', '"none", and the signature a genuine one of RS256', RS256),
      none('none', '"none", and the signature zero octets', () => Buffer.alloc(256)),
      none('None', '"None"'),
      none('NONE', '"NONE"'),
      none('nOnE', '"nOnE"'),
      none('', 'the empty string'),
      none('none ', '"none" with a space behind it'),
      none('\tnone', '"none" with a tab before it'),
      none('none\0', '"none" with a NUL behind it'),
      none('\uff4e\uff4f\uff4e\uff45', '"none" in full-width letters'),
      none('null', '"null"'),
      none('undefined', '"undefined"'),
      refused('"alg" is "none", and there is no "kid".', compact({ alg: 'none', typ: 'JWT' }, claims(), unsigned),
        'A1'),
      refused('"alg" is "none", and "kid" that of no key.', compact({ alg: 'none', kid: 'none' }, claims(), unsigned),
        'A1'),
      must('malformed_compact', '"alg" is "none", and the last dot is missing.',
        compact(header({ alg: 'none' }), claims(), unsigned).slice(0, -1), 'A1 D1'),
    ]),
    jwtGroup('Unsecured tokens where HMAC is demanded.', [
      refused('"alg" is "none", and the key is a symmetric one.',
        compact({ alg: 'none', kid: 'hs-1' }, claims(), unsigned), 'A1'),
      must('signature_invalid', '"alg" is "HS256", and the signature empty.',
        compact({ alg: 'HS256', kid: 'hs-1' }, claims(), unsigned), 'A3 D2'),
    ], { keys: jwkSet('hs-1'), policy: { algorithms: ['HS256'] } }),
    jwtGroup('Unsecured tokens where the key says "alg": "none".', [
      refused('Key and token agree on "none".', compact(header({ alg: 'none' }), claims(), unsigned), 'A1 A6'),
      refused('The key says "none", the token is genuinely signed.', jwt(), 'A1 A5'),
    ], { keys: jwkSet(publicJwk('rsa-1', { alg: 'none' })) }),
  ];
}

function spellingGroup(): Group {
  const spelt = (alg: string, what: string): Test => (
    refused(`The token is genuinely signed; "alg" is ${what}.`, jwtWithHeader({ alg }), 'A4')
  );
  return jwtGroup('Names that are not quite "RS256", over genuine signatures.', [
    spelt('rs256', '"rs256"'),
    spelt('Rs256', '"Rs256"'),
    spelt('RS256 ', '"RS256" with a space behind it'),
    spelt(' RS256', '"RS256" with a space before it'),
    spelt('RS256\0', '"RS256" with a NUL behind it'),
    spelt('RS256\n', '"RS256" with a line feed behind it'),
    spelt('\uff32\uff33\uff12\uff15\uff16', '"RS256" in full-width letters'),
    spelt('RS\u200b256', '"RS256" with a zero-width space in it'),
    spelt('R\u017f256', '"RS256" with a long s, whose upper case is "S"'),
    spelt('RS', '"RS"'),
    spelt('RS2560', '"RS2560"'),
    spelt('RS256,none', 'a list'),
    spelt('RSA-SHA256', 'the name of OpenSSL'),
    spelt('SHA256withRSA', 'the name of Java'),
    spelt('1.2.840.113549.1.1.11', 'the object identifier'),
    spelt('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'the URI of XML Signature'),
    spelt('RSA-OAEP-256', 'an algorithm of JWE'),
    spelt('dir', '"dir"'),
    spelt('__proto__', '"__proto__"'),
    spelt('constructor', '"constructor"'),
    spelt('toString', '"toString"'),
  ]);
}

interface Guess {
  readonly what: string;
  readonly key: Uint8Array | string;
}

/** The spellings of a public key that have been taken for an HMAC secret. */
function spellingsOf(name: string): Guess[] {
  const pem = publicPem(name);
  const pkcs1 = publicKey(name).export({ format: 'pem', type: 'pkcs1' }).toString();
  const jwk = publicJwk(name);
  const n = String(jwk['n']);
  return [
    { what: 'its PEM', key: pem },
    { what: 'its PEM without the line feed at its end', key: pem.trimEnd() },
    { what: 'its PEM with carriage returns', key: pem.replaceAll('\n', '\r\n') },
    { what: 'its PEM with a line feed before it', key: `\n${pem}` },
    { what: 'its PEM with a line of text before it', key: `key\n${pem}` },
    { what: 'the base64 of its PEM, in one line', key: pem.replace(/-----[A-Z ]+-----|\n/g, '') },
    { what: 'its PEM in the form of PKCS #1', key: pkcs1 },
    { what: 'its DER', key: publicKey(name).export({ format: 'der', type: 'spki' }) },
    { what: 'its DER in the form of PKCS #1', key: publicKey(name).export({ format: 'der', type: 'pkcs1' }) },
    { what: 'its JWK', key: JSON.stringify(jwk) },
    { what: 'its JWK Set', key: JSON.stringify({ keys: [jwk] }) },
    { what: 'the octets of its modulus', key: Buffer.from(n, 'base64url') },
    { what: 'the text of its modulus', key: n },
    { what: 'its key ID', key: name },
    { what: 'empty, as a symmetric key without "k" would be', key: '' },
    { what: 'the text "undefined"', key: 'undefined' },
    { what: 'the text of an object', key: '[object Object]' },
  ];
}

const xOf = (name: string): Buffer => Buffer.from(String(publicJwk(name)['x']), 'base64url');

function confusionGroups(): Group[] {
  const token = (guess: Guess): string => compact({ alg: 'HS256', kid: 'rsa-1' }, claims(), hmac(guess.key));
  const guesses = spellingsOf('rsa-1');
  const some = guesses.filter(({ what }) => /^(its PEM|its DER|the octets of its modulus|empty.*)$/.test(what));
  return [
    jwtGroup('HMAC with what everybody knows of the RSA key, where RS256 is demanded.', [
      ...guesses.map((guess) => refused(`HS256; the secret is ${guess.what}.`, token(guess), 'A2')),
      refused('HS512; the secret is the PEM of the RSA key.',
        compact({ alg: 'HS512', kid: 'rsa-1' }, claims(), hmac(publicPem('rsa-1'), 'sha512')), 'A2'),
      refused('HS256 without a key ID; the secret is the PEM of the only key.',
        compact({ alg: 'HS256' }, claims(), hmac(publicPem('rsa-1'))), 'A2'),
      must('signature_invalid', '"alg" is "RS256", the signature an HMAC under the PEM.',
        compact(header(), claims(), hmac(publicPem('rsa-1'))), 'A2'),
    ]),
    jwtGroup('The same where HS256 is demanded, and the only key is an RSA key by mistake.',
      some.map((guess) => refused(`The secret is ${guess.what}.`, token(guess), 'A2')),
      { policy: { algorithms: ['HS256'] } }),
    jwtGroup('HMAC with what everybody knows of an ECDSA key.', [
      refused('The secret is the PEM.', compact({ alg: 'HS256', kid: 'ec-1' }, claims(), hmac(publicPem('ec-1'))),
        'A2'),
      refused('The secret is the x coordinate.',
        compact({ alg: 'HS256', kid: 'ec-1' }, claims(), hmac(xOf('ec-1'))), 'A2'),
    ], { keys: jwkSet('ec-1'), policy: { algorithms: ['ES256'] } }),
    jwtGroup('HMAC with what everybody knows of an Ed25519 key.', [
      refused('The secret is the 32 octets of the key: long enough for HS256.',
        compact({ alg: 'HS256', kid: 'ed-1' }, claims(), hmac(xOf('ed-1'))), 'A2'),
    ], { keys: jwkSet('ed-1'), policy: { algorithms: ['EdDSA'] } }),
  ];
}

/** A symmetric key of so many octets, alone: a bare JWK, so that what is wrong with it is said of it. */
function octets(length: number, members: Jwk = {}): Jwk {
  return publicJwk('hs-1', { k: base64url(secret('hs-1').subarray(0, length)), ...members });
}

function hmacKeyGroup(): Group {
  const short = (comment: string, length: number, alg: string, members: Jwk = {}): Test => {
    const by = hmac(secret('hs-1').subarray(0, length), `sha${alg.slice(2)}`);
    const own = { keys: octets(length, members), policy: { algorithms: [alg] } };
    return must('key_unusable', comment, compact({ alg, kid: 'hs-1' }, claims(), by), 'A3', own);
  };
  const exact = (comment: string, length: number, alg: string): Test => {
    const by = hmac(secret('hs-1').subarray(0, length), `sha${alg.slice(2)}`);
    return valid(comment, compact({ alg, kid: 'hs-1' }, claims(), by), 'A3 Control',
      { keys: octets(length), policy: { algorithms: [alg] } });
  };
  return jwtGroup('HMAC keys: as long as the hash, or longer (RFC 7518 §3.2).', [
    short('An empty key.', 0, 'HS256'),
    short('A key of one octet.', 1, 'HS256'),
    short('A key of 31 octets for HS256.', 31, 'HS256'),
    short('A key of 47 octets for HS384.', 47, 'HS384'),
    short('A key of 63 octets for HS512.', 63, 'HS512'),
    short('A key of 32 octets for HS512: enough for HS256 only.', 32, 'HS512'),
    short('A key of 32 octets that says "alg": "HS384".', 32, 'HS384', { alg: 'HS384' }),
    exact('A key of 32 octets for HS256.', 32, 'HS256'),
    exact('A key of 48 octets for HS384.', 48, 'HS384'),
    exact('A key of 64 octets for HS512.', 64, 'HS512'),
    must('key_not_found', 'An unknown key ID, and an HMAC under the empty key.',
      compact({ alg: 'HS256', kid: 'x' }, claims(), hmac('')), 'A3'),
    must('key_unusable', '"k" is missing, and the HMAC is under the empty key.',
      compact({ alg: 'HS256', kid: 'hs-1' }, claims(), hmac('')), 'A3', { keys: publicJwk('hs-1', { k: undefined }) }),
    must('key_unusable', '"k" is a number.', compact({ alg: 'HS256', kid: 'hs-1' }, claims(), hmac('1')), 'A3',
      { keys: publicJwk('hs-1', { k: 1 }) }),
  ], { keys: jwkSet('hs-1'), policy: { algorithms: ['HS256'] } });
}

export function algorithmVectors(): VectorFile {
  return vectorFile('algorithm', 'Algorithms', [
    'Which algorithms may be used is for the verifier to say, and then for the key.',
    'Unsecured tokens, HMACs under public keys, and genuine signatures of algorithms that are not allowed.',
  ], [...noneGroups(), spellingGroup(), ...confusionGroups(), hmacKeyGroup(), ...agreementGroups()]);
}
