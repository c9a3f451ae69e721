/**
 * One vector, asked of the public API: what a runner in another language would have to do.
 *
 * @module
 */

import { deepStrictEqual } from 'node:assert/strict';
import {
  createGoogleVerifier, createKeySet, createVerifier, decodeBase64url, encodeBase64url, JwtError, thumbprint, verifyJws,
  type Verifier, type GoogleVerifierOptions, type IssuerPolicy, type KeySetInput, type VerifierOptions, type VerifyJwsOptions,
} from '../../src/index.ts';
import type { Policy, VectorGroup, VectorTest } from './vector-files.ts';

/** What the library made of a vector, in the vector's own terms. */
export type Outcome = Readonly<Record<string, unknown>>;

const OF_ALL = ['audience', 'leeway', 'maxTokenLength', 'requiredClaims', 'maxAge', 'maxLifetime', 'subject'];
const OF_VERIFIER = [...OF_ALL, 'issuer', 'issuers', 'algorithms', 'typ'];
const OF_GOOGLE = [...OF_ALL, 'google', 'nonce', 'accessToken'];

/** Runs a vector. Only a refusal is an outcome: anything else that is thrown is a fault, and passes through. */
export function runVector(group: VectorGroup, test: VectorTest): Outcome {
  try {
    return { result: 'valid', ...run(group, test) };
  } catch (error) {
    if (!(error instanceof JwtError)) throw error;
    return { result: 'invalid', refusal: error.code };
  }
}

/** What the vector wants the outcome to be. A valid JWT comes back with its header and claims. */
export function expectedOutcome(group: VectorGroup, test: VectorTest): Outcome {
  const { result, refusal, payload, octets, token = '' } = test;
  if (result === 'invalid') return { result, refusal };
  if (group.type === 'thumbprint') return { result, thumbprint: test.thumbprint };
  if (group.type === 'base64url') return { result, octets, text: test.text };
  if (group.type === 'jws') return { result, payload };
  const [header = '', claims = ''] = token.split('.');
  return { result, header: canonical(decodeJson(header)), claims: canonical(decodeJson(claims)) };
}

function run(group: VectorGroup, test: VectorTest): Outcome {
  const { token = '', jwk = {}, text = '' } = test;
  const policy = { ...group.policy, ...test.policy };
  const keys = test.keys ?? group.keys ?? {};
  switch (group.type) {
    case 'thumbprint':
      return { thumbprint: thumbprint(jwk) };
    case 'base64url':
      return decodedTwice(decodeBase64url(text));
    case 'jws':
      return {
        payload: encodeBase64url(verifyJws(token, createKeySet(keys), policy as unknown as VerifyJwsOptions).payload),
      };
    case 'jwt':
      return verifyJwt(token, keys, policy, test.now ?? group.now ?? Number.NaN);
  }
}

function verifyJwt(token: string, keys: KeySetInput, policy: Policy, now: number): Outcome {
  const clock = (): number => now;
  if (Object.hasOwn(policy, 'google')) {
    const { google, nonce, accessToken, ...own } = expectNames(policy, OF_GOOGLE);
    const options = { ...own, ...(google as object), keys: createKeySet(keys), clock };
    const perCall = given({ nonce, accessToken });
    const make = (cache: object): Verifier => createGoogleVerifier({ ...options, ...cache } as unknown as GoogleVerifierOptions);
    return askOften(make, (verifier) => seen(verifier.verifySync(token, perCall as object)));
  }
  const { issuers, ...own } = expectNames(policy, OF_VERIFIER);
  const trust = issuers === undefined
    ? { ...own, keys: createKeySet(keys) }
    : { ...own, issuers: (issuers as IssuerPolicy[]).map(withKeySet) };
  const make = (cache: object): Verifier => createVerifier({ ...trust, ...cache, clock } as unknown as VerifierOptions);
  return askOften(make, (verifier) => seen(verifier.verifySync(token)));
}

/** Once without a cache of verified tokens, and twice with one: a token that comes again gets the same answer. */
function askOften(make: (cache: object) => Verifier, ask: (verifier: Verifier) => Outcome): Outcome {
  const verifier = make({ cache: { maxTokens: 1 } });
  const answers = [make({}), verifier, verifier].map((asked) => {
    try {
      return { outcome: ask(asked) };
    } catch (error) {
      return { outcome: error instanceof JwtError ? { code: error.code, rule: error.rule } : error, error };
    }
  });
  const [first, ...others] = answers;
  for (const { outcome } of others) deepStrictEqual(outcome, first?.outcome);
  if (first === undefined || 'error' in first) throw first?.error;
  return first.outcome;
}

function withKeySet(issuer: IssuerPolicy): IssuerPolicy {
  return { ...issuer, keys: createKeySet(issuer.keys) };
}

function seen({ header, claims }: { readonly header: object; readonly claims: object }): Outcome {
  return { header: canonical(header), claims: canonical(claims) };
}

/** As text: a member named "__proto__" does not get lost in a comparison of texts. */
function canonical(value: unknown): string {
  return JSON.stringify(value);
}

function decodeJson(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}

function decodedTwice(octets: Uint8Array): Outcome {
  return { octets: Buffer.from(octets).toString('hex'), text: encodeBase64url(octets) };
}

/** A member that this runner does not know would turn a check off without anyone noticing. */
function expectNames(policy: Policy, names: readonly string[]): Policy {
  const unknown = Object.keys(policy).filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`the runner does not know these members of a policy: ${unknown.join(' ')}`);
  return policy;
}

function given(members: Policy): Record<string, string> {
  return Object.fromEntries(
    Object.entries(members).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
