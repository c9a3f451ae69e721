/**
 * What the demonstration works on: a token like Google's, signed with a fresh key, and five tampered twins of it.
 *
 * @module
 */

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { encodeBase64url } from '../jose/base64url.ts';
import type { RefusalCode } from '../jose/errors.ts';
import { createKeySet, type KeySet } from '../jose/key-set.ts';
import { signJwt } from '../jose/sign.ts';

/** A token that was tampered with, and what it must be refused with. */
export interface Twin {
  readonly title: string;
  readonly token: string;
  readonly code: RefusalCode;
}

/** All that the demonstration shows. */
export interface DemoTokens {
  readonly audience: string;
  readonly keys: KeySet;
  readonly genuine: string;
  readonly twins: readonly Twin[];
}

const AUDIENCE = '1234567890-demo.apps.googleusercontent.com';
const KID = 'demo-key-1';

/** As long as Google's tokens live. Seconds. */
const LIFETIME = 3600;
const DAY_BEFORE = 86_400;

/**
 * Mints the tokens.
 *
 * @param now seconds
 */
export function mintDemoTokens(now: number): DemoTokens {
  const issuer = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const claims = claimsAt(Math.floor(now));
  const genuine = signJwt(claims, issuer.privateKey, { kid: KID });
  const jwk = { ...issuer.publicKey.export({ format: 'jwk' }), kid: KID, alg: 'RS256', use: 'sig' };
  return {
    audience: AUDIENCE,
    keys: createKeySet({ keys: [jwk] }),
    genuine,
    twins: tamper(genuine, claims, issuer.privateKey),
  };
}

type Claims = ReturnType<typeof claimsAt>;

function claimsAt(now: number) {
  return {
    iss: 'https://accounts.google.com',
    azp: AUDIENCE,
    aud: AUDIENCE,
    sub: '110169484474386276334',
    email: 'ada@example.com',
    email_verified: true,
    name: 'Ada Lovelace',
    iat: now,
    exp: now + LIFETIME,
  };
}

function tamper(genuine: string, claims: Claims, issuerKey: KeyObject): readonly Twin[] {
  const [header = '', payload = '', signature = ''] = genuine.split('.');
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const yesterday = { iat: claims.iat - DAY_BEFORE, exp: claims.exp - DAY_BEFORE };
  return [
    {
      title: 'Another account is written into it, the signature kept',
      token: `${header}.${encode({ ...claims, sub: '1' })}.${signature}`,
      code: 'signature_invalid',
    },
    {
      title: 'Its header says "alg": "none", and the signature is gone',
      token: `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`,
      code: 'algorithm_not_allowed',
    },
    {
      title: 'A stranger signed it, with a good key of his own',
      token: signJwt(claims, stranger, { kid: 'strangers-key' }),
      code: 'key_not_found',
    },
    {
      title: "Really the issuer's, but for another application",
      token: signJwt({ ...claims, aud: 'another-app', azp: 'another-app' }, issuerKey, { kid: KID }),
      code: 'audience_not_allowed',
    },
    {
      title: "Really the issuer's and for us, but yesterday's",
      token: signJwt({ ...claims, ...yesterday }, issuerKey, { kid: KID }),
      code: 'token_expired',
    },
  ];
}

function encode(value: object): string {
  return encodeBase64url(Buffer.from(JSON.stringify(value), 'utf8'));
}
