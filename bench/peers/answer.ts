/**
 * Puts one question to one library.
 *
 * @module
 */

import type { Question } from '../vectors.ts';
import type { Adapter, LoadedPeer, Setup } from './adapter.ts';
import { algorithmsFor, toleranceFor, whyNotApplicable } from './applicable.ts';
import { atTime } from './clock.ts';
import { chooseKey, toJwkSet, toPems } from './keys.ts';
import { glance, member } from './reading.ts';

export type Answer =
  | { readonly outcome: 'accepted' }
  /** `code` where the library says one; `reason` is what it said. */
  | { readonly outcome: 'refused'; readonly code?: string; readonly reason: string }
  | { readonly outcome: 'not-applicable'; readonly why: string }
  /** Accepted, but what came out is not what was signed. */
  | { readonly outcome: 'wrong-output' };

/** A thrown error of any kind is a refusal. */
export async function ask(adapter: Adapter, peer: LoadedPeer, question: Question): Promise<Answer> {
  const why = whyNotApplicable(adapter, question);
  if (why !== undefined) return { outcome: 'not-applicable', why };
  const setup = convertedSetup(adapter, question);
  if ('why' in setup) return { outcome: 'not-applicable', why: setup.why };
  const run = (): Promise<string | undefined> => runQuestion(peer, question, setup.is);
  try {
    const { now } = question;
    const output = await (adapter.clock === 'faked' && now !== undefined ? atTime(now, run) : run());
    return output === undefined || question.output === undefined || output === question.output
      ? { outcome: 'accepted' }
      : { outcome: 'wrong-output' };
  } catch (error) {
    return { outcome: 'refused', ...describe(error) };
  }
}

/** What node:crypto cannot convert never reaches a library that wants another form. */
function convertedSetup(adapter: Adapter, question: Question): ReturnType<typeof setupFor> {
  try {
    return setupFor(adapter, question);
  } catch {
    return { why: 'wants keys in another form, and node:crypto cannot convert these' };
  }
}

/** The question's keys and policy, in the library's form. */
export function setupFor(adapter: Adapter, question: Question): { readonly is: Setup } | { readonly why: string } {
  const { keys, policy, token, now } = question;
  const { header } = glance(token);
  const common = {
    policy,
    algorithms: algorithmsFor(adapter, policy),
    tolerance: toleranceFor(adapter, policy),
    ...(now === undefined ? {} : { now }),
  };
  if (adapter.role === 'self' || question.type === 'thumbprint' || question.type === 'base64url') {
    return { is: { ...common, keys } };
  }
  if (adapter.readsPem && typeof keys === 'string') return { is: { ...common, keys, pem: keys } };
  if (adapter.takes === 'keys') return { is: { ...common, keys: toJwkSet(keys) } };
  if (adapter.takes === 'key') {
    const key = chooseKey(keys, member(header, 'kid'), member(header, 'alg'));
    return 'why' in key ? key : { is: { ...common, keys, key: key.is } };
  }
  const pems = toPems(keys, member(header, 'alg'));
  return 'why' in pems ? pems : { is: { ...common, keys, pems: pems.is } };
}

/** Returns the output that the question asks for, if it asks for one and the library has it. */
async function runQuestion(peer: LoadedPeer, question: Question, setup: Setup): Promise<string | undefined> {
  const token = question.token as string; // not always: a token that is no string is passed on as it is
  switch (question.type) {
    case 'thumbprint':
      return peer.thumbprint?.(question.token);
    case 'base64url':
      return peer.decodeBase64url && Buffer.from(peer.decodeBase64url(token)).toString('hex');
    case 'jws': {
      const payload = await (await peer.prepareJws?.(setup))?.(token);
      return payload instanceof Uint8Array ? Buffer.from(payload).toString('base64url') : undefined;
    }
    case 'jwt':
      await (
        await peer.prepare(setup)
      )(token);
      return undefined;
  }
}

const MAX_REASON = 120;

function describe(error: unknown): { code?: string; reason: string } {
  if (!(error instanceof Error)) return { reason: String(error).slice(0, MAX_REASON) };
  const { code } = error as { code?: unknown };
  return {
    ...(typeof code === 'string' ? { code } : {}),
    reason: `${error.name}: ${error.message}`.slice(0, MAX_REASON),
  };
}
