/**
 * A Google verifier with a key of ours, tokens for it, and what is found in those that are refused.
 *
 * @module
 */

import { generateKeyPairSync } from 'node:crypto';
import { explain, type Explanation, type Finding } from '../../src/explain/index.ts';
import { createGoogleVerifier, createKeySet, createVerifier, type GoogleVerifierOptions } from '../../src/index.ts';
import { signJwt } from '../../src/jose/sign.ts';
import { exportJwk } from '../../src/jose/pem.ts';

export const NOW = 1_700_000_000;
export const CLIENT = '1234567890-web.apps.googleusercontent.com';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const KEYS = createKeySet({ ...exportJwk(publicKey), kid: 'key-1' });

export const CLAIMS = Object.freeze({
  iss: 'https://accounts.google.com', aud: CLIENT, sub: '1101', email: 'ada@example.com',
  iat: NOW - 60, exp: NOW + 3540,
});

export function mint(claims: object = {}, kid = 'key-1'): string {
  return signJwt({ ...CLAIMS, ...claims }, privateKey, { kid });
}

export function googleVerifier(options: Partial<GoogleVerifierOptions> = {}) {
  return createGoogleVerifier({ audience: CLIENT, keys: KEYS, clock: () => NOW, ...options });
}

export function verifierFor(issuer: string | null, audience: string | null) {
  return createVerifier({ issuer, audience, keys: KEYS, clock: () => NOW });
}

export function explained(token: string, options: Partial<GoogleVerifierOptions> = {}): Promise<Explanation> {
  return explain(googleVerifier(options), token);
}

/** The finding of a kind. */
export function findingIn({ findings }: Explanation, kind: string): Finding | undefined {
  return findings.find((finding) => finding.kind === kind);
}

/** A token with another header, and a signature that cannot hold. */
export function withHeader(header: object): string {
  const [, payload, signature] = mint().split('.');
  return `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload}.${signature}`;
}
