import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createKeySet } from '../../src/jose/key-set.ts';
import { signJwt, type SignJwtOptions } from '../../src/jose/sign.ts';
import { createDecider, type Decider, type DeciderOptions, type Decision } from '../../src/esp/decide.ts';
import { loadOpenApi } from '../../src/esp/openapi.ts';
import { readRawHeaders, type EspRequest } from '../../src/esp/request.ts';
import { exportJwk } from '../../src/jose/pem.ts';

/** The time of every test. Seconds. */
export const NOW = 1_700_000_000;

export const ISSUER = 'https://issuer.example';
export const OTHER_ISSUER = 'https://other.example';
export const SERVICE = 'api.example';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

export const KEY: KeyObject = privateKey;
export const KEYS = createKeySet({ keys: [{ ...exportJwk(publicKey), kid: 'k1', alg: 'ES256',
  use: 'sig' }] });

/** Claims that every rule accepts. */
export const CLAIMS: Readonly<Record<string, unknown>> = {
  iss: ISSUER, sub: 'user-1', aud: SERVICE, iat: NOW - 10, exp: NOW + 3600,
};

/** Signs the claims above, some of them replaced; undefined leaves one out. */
export function mint(claims: Readonly<Record<string, unknown>> = {}, options: SignJwtOptions = {}): string {
  return signJwt({ ...CLAIMS, ...claims }, KEY, { kid: 'k1', alg: 'ES256', ...options });
}

/** A security definition of OpenAPI 2.0. */
export function definition(issuer: string, more: object = {}): object {
  return {
    type: 'oauth2', flow: 'implicit', authorizationUrl: '', 'x-google-issuer': issuer,
    'x-google-jwks_uri': 'https://keys.example/jwks', ...more,
  };
}

/** An OpenAPI 2.0 document with two issuers and an API key. */
export function document(more: object = {}): object {
  return {
    swagger: '2.0',
    host: SERVICE,
    securityDefinitions: {
      one: definition(ISSUER),
      two: definition(OTHER_ISSUER, { 'x-google-audiences': 'https://two.example/' }),
      key: { type: 'apiKey', name: 'key', in: 'query' },
    },
    paths: {
      '/open': { get: {} },
      '/shelves': { get: { security: [{ one: [] }] }, post: { security: [{ one: [] }, { two: [] }] } },
      '/shelves/{shelf}': { get: { security: [{ one: [] }] }, delete: { security: [{ two: [] }] } },
      '/optional': { get: { security: [{ one: [] }, {}] } },
      '/both': { get: { security: [{ one: [], two: [] }] } },
    },
    ...more,
  };
}

export function decider(doc: object = document(), options: Partial<DeciderOptions> = {}): Decider {
  return createDecider(loadOpenApi(doc),
    { keysFor: () => ({ keys: KEYS }), verifier: { clock: () => NOW }, ...options });
}

/** A request, its header fields as a flat list of names and values. */
export function request(method: string, target: string, ...rawHeaders: readonly string[]): EspRequest {
  return { method, target, headers: readRawHeaders(rawHeaders), scheme: 'https', host: SERVICE };
}

export function bearer(token: string): readonly [string, string] {
  return ['Authorization', `Bearer ${token}`];
}

/** What became of a request: 'allowed', or the code of its refusal. */
export function verdict(decision: Decision): string {
  return decision.allowed ? 'allowed' : decision.refusal.code;
}
