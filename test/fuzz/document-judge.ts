/**
 * Documents, loaded and asked about: what must hold of the policy, or of the error, whatever the document.
 *
 * @module
 */

import { createSecretKey } from 'node:crypto';
import { inspect } from 'node:util';
import { createDecider, loadOpenApi, readRawHeaders, type Decider, type EspPolicy } from '../../src/esp/index.ts';
import { createKeySet, signJwt } from '../../src/jose/index.ts';
import { ISSUERS, SERVICE, type DocumentQuestion } from './document.ts';
import { definitionsOf, hasField, isAmbiguous, isOpenedBy, listOperations, mayPass, pathFor, type ListedOperation } from './document-oracle.ts';

/** How a document was answered. `problem` says what must not be. */
export interface DocumentVerdict {
  readonly answer: 'policy' | 'refused';
  /** How many requests were asked about. */
  readonly asked: number;
  readonly problem?: string;
}

const NOW = 1_700_000_000;

/** A shared secret for each issuer: a signature of another kind would take all the time there is. */
const ACCOUNTS = ISSUERS.map((issuer, at) => {
  const secret = createSecretKey(Buffer.alloc(32, `secret ${at} `));
  const claims = { iss: issuer, sub: issuer, aud: SERVICE, iat: NOW - 10, exp: NOW + 3600 };
  const keys = createKeySet({ ...secret.export({ format: 'jwk' }), alg: 'HS256' });
  return { issuer, keys, token: signJwt(claims, secret, { alg: 'HS256' }) };
});

/** Of nobody's: whoever is an issuer beside those above has no keys. */
const NO_KEYS = createKeySet([]);

/** Loads a document, and asks about every operation, without a token and with each. */
export async function judgeDocument(question: DocumentQuestion): Promise<DocumentVerdict> {
  const { text, unenforced, sound } = question;
  let policy: EspPolicy;
  try {
    policy = loadOpenApi(text, { unenforced });
  } catch (error) {
    const problem = sound && mustBeRead(text) ? `a sound document was refused: ${inspect(error).split('\n')[0]}` : objectionToError(error, text);
    return { answer: 'refused', asked: 0, ...(problem === undefined ? {} : { problem }) };
  }
  let asked = 0;
  const ask: Ask = async (decide, target, method, token) => {
    asked++;
    const headers = readRawHeaders(token === undefined ? [] : ['Authorization', `Bearer ${token}`]);
    return (await decide({ method, target, headers })).allowed;
  };
  try {
    const problem = await objectionTo(policy, JSON.parse(text), question, ask);
    return { answer: 'policy', asked, ...(problem === undefined ? {} : { problem }) };
  } catch (error) {
    return { answer: 'policy', asked, problem: `threw ${inspect(error).split('\n')[0]}` };
  }
}

/** Where a definition that cannot be enforced stands alone, or beside a token, a sound document is refused as well. */
function mustBeRead(text: string): boolean {
  const document: unknown = JSON.parse(text);
  const tokens = new Set(ISSUERS.flatMap((issuer) => [...definitionsOf(document, issuer)]));
  return listOperations(document).every(({ alternatives }) => alternatives.every((names) => names.every((name) => tokens.has(name))));
}

function objectionToError(error: unknown, text: string): string | undefined {
  if (!(error instanceof TypeError)) return `threw ${inspect(error).split('\n')[0]}`;
  const { message } = error;
  if (message.startsWith('"unenforced" names ')) return undefined;
  const [, named, path] = /^the OpenAPI document(?:, (top level|.*?):| )/s.exec(message) === null ? []
    : (/^the OpenAPI document, (top level: |(.*): )/s.exec(message) ?? ['', '', undefined]);
  if (named === undefined) return `an error that names nothing: ${message}`;
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (path === undefined) return undefined;
  // The problem may have colons too, and so may names: one of the cuts must be the field.
  const cuts = [...`${path}: `.matchAll(/: /g)].map(({ index }) => path.slice(0, index));
  return cuts.some((cut) => hasField(document, cut)) ? undefined : 'an error that names a field that is not there';
}

type Ask = (decide: Decider, target: string, method: string, token?: string) => Promise<boolean>;

async function objectionTo(policy: EspPolicy, document: unknown, { unenforced, sound }: DocumentQuestion, ask: Ask): Promise<string | undefined> {
  if (!isDeepFrozen(policy)) return 'the policy is not frozen';
  const keysOf = new Map(ACCOUNTS.map(({ issuer, keys }) => [issuer, keys]));
  const decide = createDecider(policy, {
    keysFor: ({ issuer }) => ({ keys: keysOf.get(issuer) ?? NO_KEYS, algorithms: ['HS256'] }), verifier: { clock: () => NOW },
  });
  const listed = listOperations(document);
  if (listed.length !== policy.operations.length) return 'an operation was lost, or made up';
  for (const operation of listed) {
    if (isAmbiguous(operation, listed)) continue;
    const problem = await objectionToOperation(operation, document, { unenforced, sound }, (token) =>
      ask(decide, pathFor(operation.template), operation.method, token));
    if (problem !== undefined) return `${operation.method} ${operation.template}: ${problem}`;
  }
  return undefined;
}

async function objectionToOperation(
  operation: ListedOperation,
  document: unknown,
  { unenforced, sound }: Pick<DocumentQuestion, 'unenforced' | 'sound'>,
  ask: (token?: string) => Promise<boolean>,
): Promise<string | undefined> {
  const elsewhere = new Set(unenforced);
  const open = await ask();
  if (open && !mayPass(operation, elsewhere)) return 'is secured, and open';
  if (sound && !open && mayPass(operation, elsewhere)) return 'is open, and was refused';
  for (const { issuer, token } of ACCOUNTS) {
    const names = definitionsOf(document, issuer);
    const allowed = await ask(token);
    if (allowed && !mayPass(operation, new Set([...elsewhere, ...names]))) return 'is opened by a token that it does not name';
    if (sound && !allowed && isOpenedBy(operation, names)) return 'is not opened by the token that it names';
    // A token is refused where one letter of it is another, wherever one is looked at.
    const forged = `${token.slice(0, -1)}${token.endsWith('A') ? 'E' : 'A'}`;
    if (operation.alternatives.length > 0 && !open && await ask(forged)) return 'is opened by a forged token';
  }
  return undefined;
}

function isDeepFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isDeepFrozen);
}
