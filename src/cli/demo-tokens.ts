/**
 * What the demonstration mints: claims like those in Google's tokens, and five tampered twins of a token.
 *
 * @module
 */

import { encodeBase64url } from '../jose/base64url.ts';
import type { RefusalCode } from '../jose/errors.ts';
import type { TestIssuer } from '../testing/index.ts';

/** A token that was tampered with, and what it must be refused with. */
export interface Twin {
  readonly title: string;
  readonly token: string;
  readonly code: RefusalCode;
}

/** The client ID of the application that the demonstration plays. */
export const DEMO_AUDIENCE = '1234567890-demo.apps.googleusercontent.com';

/** Who signs in. */
export const DEMO_CLAIMS: Readonly<Record<string, string>> = Object.freeze({
  email: 'ada@example.com',
  name: 'Ada Lovelace',
});

/** As long as Google's tokens live. Seconds. */
const LIFETIME = 3600;
const DAY_BEFORE = 86_400;

/**
 * Tampers with a token in five ways.
 *
 * @param mint signs as the token's issuer does
 * @param now seconds
 */
export function tamper(genuine: string, mint: TestIssuer['mint'], now: number): readonly Twin[] {
  const [header = '', payload = '', signature = ''] = genuine.split('.');
  const admin = mint({ ...DEMO_CLAIMS, sub: '1', email: 'admin@example.com' }).split('.')[1];
  return [
    {
      title: 'Another account is written into it, the signature kept',
      token: `${header}.${admin}.${signature}`,
      code: 'signature_invalid',
    },
    {
      title: 'Its header says "alg": "none", and the signature is gone',
      token: `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`,
      code: 'algorithm_not_allowed',
    },
    {
      title: 'A stranger signed it, with a good key of his own',
      token: mint(DEMO_CLAIMS, { key: 'unpublished' }),
      code: 'key_not_found',
    },
    {
      title: "Really the issuer's, but for another application",
      token: mint({ ...DEMO_CLAIMS, aud: 'another-app' }),
      code: 'audience_not_allowed',
    },
    {
      title: "Really the issuer's and for us, but yesterday's",
      token: mint({ ...DEMO_CLAIMS, iat: now - DAY_BEFORE, exp: now - DAY_BEFORE + LIFETIME }),
      code: 'token_expired',
    },
  ];
}

function encode(value: object): string {
  return encodeBase64url(Buffer.from(JSON.stringify(value), 'utf8'));
}
