/**
 * The bench of attacks: each takes a good token and breaks one rule with it.
 *
 * Where a rule can only be reached behind a good signature, the local issuer signs the broken token: then no check but
 * the one that is meant can be what refuses it.
 *
 * @module
 */

import { createHmac, createPublicKey, generateKeyPairSync, sign, type JsonWebKeyInput, type KeyObject } from 'node:crypto';
import { encodeBase64url } from '../../jose/index.ts';
import type { RefusalCode } from '../../jose/index.ts';
import { exportJwk } from '../../jose/pem.ts';
import type { TestIssuer } from '../../testing/issuer.ts';
import { signRaw } from '../../testing/raw-token.ts';
import type { Clock } from '../../verifier/verifier.ts';

/** A good token in its parts, and who made it. */
export interface AttackedToken {
  /** The three parts as they stand in the token. */
  readonly encoded: readonly [header: string, payload: string, signature: string];
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly issuer: TestIssuer<Clock>;
  /** Seconds. */
  readonly now: number;
}

/** One way to break a token. */
export interface Attack {
  readonly name: string;
  readonly title: string;
  /** What is done, and where it has worked. */
  readonly story: string;
  /** What the token must be refused with. */
  readonly code: RefusalCode;
  readonly make: (token: AttackedToken) => string;
}

const ALPHABET_OF_64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const DAY_OF_SECONDS = 86_400;

/** Every attack, in the order of the checks that catch them. */
export const ATTACKS: readonly Attack[] = Object.freeze([
  {
    name: 'padding', title: 'padding', code: 'invalid_base64url',
    story: 'An "=" is put behind the header. Decoders that allow it give one token many spellings, so a list of revoked '
      + 'tokens that compares spellings lets it through again.',
    make: ({ encoded: [header, payload, signature] }) => `${header}=.${payload}.${signature}`,
  },
  {
    name: 'crit', title: 'unknown crit', code: 'critical_header_unsupported',
    story: 'The header says that an extension must be understood: "crit". Whoever does not know it must refuse; several '
      + 'libraries went on as if nothing had been said (CVE-2025-59420, CVE-2026-32597). The signature here is good.',
    make: ({ header, claims, issuer }) => {
      const demand = { crit: ['https://example.com/only-on-sundays'], 'https://example.com/only-on-sundays': true };
      return signRaw(issuer, JSON.stringify({ ...header, ...demand }), JSON.stringify(claims));
    },
  },
  {
    name: 'type', title: 'access token', code: 'type_not_allowed',
    story: 'A token of another kind: "typ" is at+jwt, an access token (RFC 9068). It is signed by the same issuer with the '
      + 'same key, and is no proof that anybody has signed in.',
    make: ({ header, claims, issuer }) => signRaw(issuer, JSON.stringify({ ...header, typ: 'at+jwt' }), JSON.stringify(claims)),
  },
  {
    name: 'none', title: 'alg none', code: 'algorithm_not_allowed',
    story: 'The header is rewritten to "alg": "none" and the signature dropped. In 2015 many libraries took the token at '
      + 'its word (CVE-2015-2951); in 2026 Parse Server\'s sign-in with Google still did (GHSA-4q3h-vp4r-prv2).',
    make: ({ header, encoded: [, payload] }) => `${encoded({ ...header, alg: 'none' })}.${payload}.`,
  },
  {
    name: 'confusion', title: 'HS/RS confusion', code: 'algorithm_not_allowed',
    story: 'The header asks for HS256, and the public key, which everybody has, is used as the shared secret '
      + '(CVE-2016-10555, and again in 2022, 2023 and 2024). Here the key decides the algorithm; the header only asks.',
    make: (token) => confused(token),
  },
  {
    name: 'kid', title: 'wrong kid', code: 'key_not_found',
    story: 'A stranger signs with a good key of their own and names that key. The verifier asks the issuer once whether '
      + 'it is new, and then no more for a while: strangers must not be able to make it fetch.',
    make: ({ claims, issuer }) => issuer.mint(claims, { key: 'unpublished' }),
  },
  {
    name: 'embedded', title: 'embedded key', code: 'signature_invalid',
    story: 'The token brings the key to check it with: "jwk" in the header (CVE-2018-0114, and again in 2026). A seal '
      + 'that comes with its own stamp proves nothing, so that member is never looked at.',
    make: (token) => withEmbeddedKey(token),
  },
  {
    name: 'bit', title: 'one flipped bit', code: 'signature_invalid',
    story: 'One bit of the payload: the last digit of "sub" is another one, and so the account is. The hash of the '
      + 'characters is a wholly different one, as the seal below shows.',
    make: (token) => withFlippedBit(token),
  },
  {
    name: 'twin', title: 'trailing-bit twin', code: 'invalid_base64url',
    story: 'The last letter of the signature carries bits that mean nothing. With one of them set most decoders see the '
      + 'same signature, and the token has a twin that no list of revoked tokens knows.',
    make: ({ encoded: [header, payload, signature] }) => `${header}.${payload}.${twinOf(signature)}`,
  },
  {
    name: 'duplicate', title: 'duplicate member', code: 'duplicate_member',
    story: 'Two members "sub", and a good signature. One reader takes the first, another the last: what was checked is '
      + 'then not what is used.',
    make: ({ header, claims, issuer }) => {
      const json = JSON.stringify(claims);
      return signRaw(issuer, JSON.stringify(header), `${json.slice(0, -1)}${json === '{}' ? '' : ','}"sub":"admin","sub":"1"}`);
    },
  },
  {
    name: 'expired', title: 'expired', code: 'token_expired',
    story: 'Yesterday\'s token, really the issuer\'s: stolen from a log, say. It is as good as it was, and too late.',
    make: ({ claims, issuer, now }) =>
      issuer.mint({ ...claims, iat: Math.floor(now) - DAY_OF_SECONDS, exp: Math.floor(now) - DAY_OF_SECONDS + 3600 }),
  },
  {
    name: 'lifetime', title: 'a year of life', code: 'lifetime_too_long',
    story: 'An issuer\'s slip, milliseconds for seconds say, or a token made to be kept. Google\'s live for an hour; more '
      + 'than a day is refused.',
    make: ({ claims, issuer, now }) =>
      issuer.mint({ ...claims, iat: Math.floor(now), exp: Math.floor(now) + 365 * DAY_OF_SECONDS }),
  },
  {
    name: 'issuer', title: 'look-alike issuer', code: 'issuer_not_allowed',
    story: 'The issuer is spelt almost right: "https://accounts.google.com.example". Names are compared character for '
      + 'character, never by a pattern or a prefix.',
    make: ({ claims, issuer }) => issuer.mint({ ...claims, iss: 'https://accounts.google.com.example' }),
  },
  {
    name: 'audience', title: 'other audience', code: 'audience_not_allowed',
    story: 'Really the issuer\'s, really this person\'s, and made for another application, which now tries to sign in here '
      + 'with it. The claim most often left unchecked.',
    make: ({ claims, issuer }) => issuer.mint({ ...claims, aud: 'another-app.apps.googleusercontent.com' }),
  },
] satisfies readonly Attack[]);

function encoded(value: object): string {
  return encodeBase64url(Buffer.from(JSON.stringify(value)));
}

/** HS256 with the PEM of the public key as its secret, which is what `verify(token, publicKey)` once compared with. */
function confused({ header, encoded: [, payload], issuer }: AttackedToken): string {
  const [jwk = {}] = issuer.jwks.keys;
  const pem = createPublicKey({ key: jwk, format: 'jwk' } as JsonWebKeyInput).export({ type: 'spki', format: 'pem' });
  const signingInput = `${encoded({ ...header, alg: 'HS256' })}.${payload}`;
  return `${signingInput}.${encodeBase64url(createHmac('sha256', pem).update(signingInput).digest())}`;
}

let attackersKey: KeyObject | undefined;

/** Signed by the attacker's key, which the header brings along. */
function withEmbeddedKey({ header, encoded: [, payload] }: AttackedToken): string {
  attackersKey ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const { n, e } = exportJwk(createPublicKey(attackersKey));
  const signingInput = `${encoded({ ...header, jwk: { kty: 'RSA', n, e } })}.${payload}`;
  return `${signingInput}.${encodeBase64url(sign('sha256', Buffer.from(signingInput), attackersKey))}`;
}

/** Flips the lowest bit of the last digit of "sub", or of the last letter or digit there is. */
function withFlippedBit({ encoded: [header, payload, signature] }: AttackedToken): string {
  const octets = Buffer.from(payload, 'base64url');
  const text = octets.toString('latin1');
  const subject = /"sub":"[^"\\]*[0-9]"/.exec(text);
  const at = subject === null ? text.search(/[0-9a-z][^0-9a-z]*$/) : subject.index + subject[0].length - 2;
  if (at !== -1) octets.writeUInt8(octets.readUInt8(at) ^ 1, at);
  return `${header}.${encodeBase64url(octets)}.${signature}`;
}

/** RFC 4648 §3.5: the spare bits of the last letter must be zero. Sets the lowest of them. */
function twinOf(signature: string): string {
  const last = ALPHABET_OF_64.indexOf(signature.slice(-1));
  return `${signature.slice(0, -1)}${ALPHABET_OF_64.charAt(last | 1)}`;
}
