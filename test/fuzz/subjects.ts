/**
 * What the fuzzer starts from: signers, and the verifiers that accept their genuine tokens.
 *
 * @module
 */

import { createHash, createSecretKey, type KeyObject } from 'node:crypto';
import { createGoogleVerifier } from '../../src/google/index.ts';
import { createKeySet, type JwsAlgorithm, type KeySet, type VerifiedJwt } from '../../src/jose/index.ts';
import { schemeOf } from '../../src/jose/jwa.ts';
import { createVerifier } from '../../src/verifier/index.ts';
import { jwkSet, privateKey, publicJwk, secret, type Jwk } from '../../spec-vectors/generate/keys.ts';

/** The time of every verification, unless another is said. Seconds: 2023-11-14T22:13:20Z. */
export const NOW = 1_700_000_000;
export const ISSUER = 'https://issuer.example';
export const AUDIENCE = 'client-1';
export const ACCESS_TOKEN = 'jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y';

/** Someone who signs. */
export interface Signer {
  readonly alg: JwsAlgorithm;
  readonly kid: string;
  /** The key set that is published, as JSON: the signer's key and, but for HS256, another of each kind. */
  readonly jwks: Jwk;
  readonly sign: (input: string) => Uint8Array;
}

/** What is expected of a token, in the form of the vectors, and the verifier that expects it. */
export interface Expectation {
  readonly name: string;
  readonly policy: Readonly<Record<string, unknown>>;
  /** Claims of a token that is accepted. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly typ: string;
  readonly verifierFor: (keys: KeySet, alg: JwsAlgorithm) => (token: string) => VerifiedJwt;
}

/** A signer and what is expected of its tokens. */
export interface Subject {
  readonly name: string;
  readonly signer: Signer;
  readonly expectation: Expectation;
  readonly keySet: KeySet;
  readonly verify: (token: string) => VerifiedJwt;
  /** A genuine token, which is accepted. */
  readonly token: string;
}

let time = NOW;
const clock = (): number => time;

/** Runs at another time. */
export function at<T>(seconds: number, run: () => T): T {
  time = seconds;
  try {
    return run();
  } finally {
    time = NOW;
  }
}

function signer(alg: JwsAlgorithm, kid: string, others: readonly string[]): Signer {
  const scheme = schemeOf(alg);
  if (scheme === undefined) throw new Error(`no scheme ${alg}`);
  const key: KeyObject = kid.startsWith('hs-') ? createSecretKey(secret(kid)) : privateKey(kid);
  const jwks = jwkSet(publicJwk(kid, { alg, use: 'sig' }), ...others);
  return { alg, kid, jwks, sign: (input) => scheme.sign(key, Buffer.from(input, 'utf8')) };
}

export const SIGNERS: readonly Signer[] = [
  signer('RS256', 'rsa-1', ['rsa-2', 'ec-1', 'ed-1']),
  signer('ES256', 'ec-1', ['ec-2', 'rsa-1', 'ed-1']),
  signer('EdDSA', 'ed-1', ['ed-2', 'rsa-1', 'ec-1']),
  signer('PS256', 'rsa-2', ['rsa-1', 'ec-1', 'ed-1']),
  signer('HS256', 'hs-1', ['hs-2']),
];

const BASIC = { iss: ISSUER, aud: AUDIENCE, exp: NOW + 3600 };

export const EXPECTATIONS: readonly Expectation[] = [
  {
    name: 'plain',
    policy: { issuer: ISSUER, audience: AUDIENCE },
    claims: BASIC,
    typ: 'JWT',
    verifierFor: (keys, alg) =>
      createVerifier({ issuer: ISSUER, audience: AUDIENCE, keys, algorithms: [alg], clock }).verifySync,
  },
  {
    name: 'remembering',
    policy: { issuer: ISSUER, audience: AUDIENCE },
    claims: BASIC,
    typ: 'JWT',
    verifierFor: (keys, alg) =>
      createVerifier({ issuer: ISSUER, audience: AUDIENCE, keys, algorithms: [alg], clock, cache: { maxTokens: 100 } })
        .verifySync,
  },
  {
    name: 'strict',
    policy: {
      issuer: ISSUER, audience: AUDIENCE, typ: 'at+jwt', subject: 'user-1', maxAge: 3600, maxLifetime: 7200,
      requiredClaims: ['jti'],
    },
    claims: { ...BASIC, sub: 'user-1', iat: NOW - 60, nbf: NOW - 60, jti: 'id-1', scope: 'read' },
    typ: 'at+jwt',
    verifierFor: (keys, alg) =>
      createVerifier({
        issuer: ISSUER, audience: AUDIENCE, keys, algorithms: [alg], clock, typ: 'at+jwt', subject: 'user-1',
        maxAge: 3600,
        maxLifetime: 7200, requiredClaims: ['jti'], checks: { scope: ({ scope }) => scope === 'read' || (scope as boolean) }, // Often not true, but truthy.
      }).verifySync,
  },
  {
    name: 'several',
    policy: { issuers: [{ issuer: ISSUER, audience: AUDIENCE }] },
    claims: { ...BASIC, sub: 'user-1' },
    typ: 'JWT',
    verifierFor: (keys, alg) => {
      const other = { issuer: 'https://other.example', audience: 'other', keys: createKeySet(jwkSet('rsa-4096')) };
      return createVerifier({ issuers: [other, { issuer: ISSUER, audience: AUDIENCE, keys, algorithms: [alg] }],
        clock }).verifySync;
    },
  },
];

/** Google's preset settles the algorithm, so it goes with RS256 alone. */
const GOOGLE: Expectation = {
  name: 'google',
  policy: {
    audience: AUDIENCE, nonce: 'n-1', accessToken: ACCESS_TOKEN,
    google: { hostedDomain: 'example.com', authorizedParty: AUDIENCE, requireVerifiedEmail: true },
  },
  claims: {
    ...BASIC, iss: 'https://accounts.google.com', sub: '1', iat: NOW - 60, azp: AUDIENCE, hd: 'example.com',
    email: 'a@example.com',
    email_verified: true, nonce: 'n-1', at_hash: createHash('sha256').update(ACCESS_TOKEN).digest().subarray(0, 16)
      .toString('base64url'),
  },
  typ: 'JWT',
  verifierFor: (keys) => {
    const verifier = createGoogleVerifier({
      audience: AUDIENCE, keys, clock, hostedDomain: 'example.com', authorizedParty: AUDIENCE,
      requireVerifiedEmail: true,
    });
    return (token) => verifier.verifySync(token, { nonce: 'n-1', accessToken: ACCESS_TOKEN });
  },
};

/** A text or octets as base64url. */
export function base64url(part: string | Uint8Array): string {
  return Buffer.from(part as Uint8Array).toString('base64url');
}

/** A token of any header and payload, genuinely signed as they stand. */
export function signAs(by: Signer, header: string | Uint8Array, payload: string | Uint8Array): string {
  const input = `${base64url(header)}.${base64url(payload)}`;
  return `${input}.${base64url(by.sign(input))}`;
}

function subject(by: Signer, expectation: Expectation): Subject {
  const keySet = createKeySet(by.jwks);
  const header = { alg: by.alg, kid: by.kid, typ: expectation.typ };
  const verify = expectation.verifierFor(keySet, by.alg);
  const token = signAs(by, JSON.stringify(header), JSON.stringify(expectation.claims));
  // Accepted, and remembered by those who remember: what is forged comes after it.
  verify(token);
  return { name: `${by.alg} ${expectation.name}`, signer: by, expectation, keySet, verify, token };
}

/** Every signer with every expectation. Minted anew at each run: ES256 and PS256 draw random numbers for signatures. */
export const SUBJECTS: readonly Subject[] = SIGNERS.flatMap((by) => [
  ...EXPECTATIONS.map((expectation) => subject(by, expectation)),
  ...(by.alg === 'RS256' ? [subject(by, GOOGLE)] : []),
]);
