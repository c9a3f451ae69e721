/**
 * The verifiers that are timed: ours, and the peers through the adapters that conformance uses.
 *
 * @module
 */

import type { GoogleVerifierOptions, Verifier } from '../src/index.ts';
import type { BuiltApi } from './built.ts';
import type { Subject } from './harness.ts';
import { setupFor } from './peers/answer.ts';
import { adapterNames, loadAdapter } from './peers/load.ts';
import { member } from './peers/reading.ts';
import { CLIENT_ID, GOOGLE_ISSUER, type Minted, type TokenKey } from './tokens.ts';
import type { Question } from './vectors.ts';

export const OURS = 'jwt-assay';
export const OURS_ASYNC = 'jwt-assay, verify';

/** Not timed: jws reads no claims, PyJWT is another language, and an old version is nobody's choice. */
const EXCLUDED: ReadonlySet<string> = new Set(['jws', 'pyjwt']);
export const EXCLUSIONS =
  'Excluded: jws, which reads no claims; PyJWT, which is another language; fast-jwt 5.0.5, which is the control of '
  + 'CONFORMANCE.md. Peers that take one key are handed it and look nothing up; peers that do not ask for a claim do '
  + 'not pay for asking.';

export function googleVerifier(api: BuiltApi, { jwks }: TokenKey, more: Partial<GoogleVerifierOptions> = {}): Verifier {
  return api.createGoogleVerifier({ audience: CLIENT_ID, keys: api.createKeySet(jwks), ...more });
}

/** Inputs past the last are a mistake of the bench's, and no token. */
export function tokenAt(minted: readonly Minted[], index: number): string {
  return minted[index]?.token ?? '';
}

export function oursSync(
  verifier: Verifier<never> | Verifier,
  minted: readonly Minted[],
  name: string = OURS,
): Subject {
  const { verifySync } = verifier;
  return {
    name,
    run: (index) => verifySync(tokenAt(minted, index)),
    isRight: (result, index) => hasSubject(member(result, 'claims'), minted, index),
  };
}

export function oursAsync(verifier: Verifier, minted: readonly Minted[], name: string = OURS_ASYNC): Subject {
  const { verify } = verifier;
  return { ...oursSync(verifier, minted, name), run: (index) => verify(tokenAt(minted, index)), isAsync: true };
}

export function hasSubject(claims: unknown, minted: readonly Minted[], index: number): boolean {
  const sub = member(claims, 'sub');
  return sub !== undefined && sub === minted[index]?.sub;
}

/** Each peer that is installed, prepared once for RS256 tokens of one issuer. */
export async function peerSubjects(minted: readonly Minted[], { jwks }: TokenKey): Promise<Subject[]> {
  const question: Question = {
    type: 'jwt',
    token: tokenAt(minted, 0),
    keys: jwks,
    policy: { issuer: GOOGLE_ISSUER, audience: CLIENT_ID, algorithms: ['RS256'], leeway: 0 },
  };
  const subjects: Subject[] = [];
  for (const name of adapterNames().filter((candidate) => !EXCLUDED.has(candidate))) {
    const adapter = await loadAdapter(name);
    if (adapter.role !== 'peer' || (await adapter.version()) === undefined) continue;
    const setup = setupFor(adapter, question);
    if ('why' in setup) throw new Error(`${name} cannot be timed: ${setup.why}`);
    const { prepare, claimsOf } = await adapter.open();
    const verify = await prepare(setup.is);
    const isAsync = verify(tokenAt(minted, 0)) instanceof Promise;
    subjects.push({
      name: adapter.name,
      run: (index) => verify(tokenAt(minted, index)),
      isRight: (result, index) => hasSubject(claimsOf(result), minted, index),
      ...(isAsync ? { isAsync } : {}),
    });
  }
  return subjects;
}
