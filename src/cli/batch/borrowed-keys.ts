/**
 * The keys of a thread where keys come from the network: the main thread has the one set, fetches it, and lends it out.
 *
 * @module
 */

import { JwtError } from '../../jose/errors.ts';
import type { JsonObject } from '../../jose/json.ts';
import type { KeyLookup, KeySet } from '../../jose/key-set.ts';
import { importKeyDocument } from '../../keys/key-document.ts';
import type { RemoteKeySet } from '../../keys/remote-key-set.ts';
import type { KeyNews, KeyQuestion } from './messages.ts';

/** To a verifier this is a set from the network, so the verifier waits for it by the rules of one. */
export interface BorrowedKeys extends KeyLookup, Pick<RemoteKeySet, 'isFresh' | 'settle' | 'underWay'> {
  /** Takes note of what the main thread says of its set. */
  readonly hear: (news: KeyNews) => void;
  /** Takes note of the answer to a question. */
  readonly answered: (question: KeyQuestion['type'], brought: boolean) => void;
}

/** @param ask sends a question to the main thread. There is never more than one of each kind under way. */
export function borrowKeys(ask: (question: KeyQuestion) => void): BorrowedKeys {
  let held: KeySet | undefined;
  let fresh = false;
  let missed: string | undefined;
  const waiting = new Map<KeyQuestion['type'], PromiseWithResolver<boolean>>();

  // However many lines wait, they wait for one answer.
  const wait = (question: KeyQuestion): Promise<boolean> => {
    const under = waiting.get(question.type) ?? promiseWithResolver<boolean>();
    if (!waiting.has(question.type)) ask(question);
    waiting.set(question.type, under);
    return under.promise;
  };
  return Object.freeze({
    find: (kid: string | undefined) => {
      if (held === undefined) throw new JwtError('keys_unavailable');
      const found = held.find(kid);
      if (found.length === 0) missed = kid;
      return found;
    },
    isFresh: () => fresh,
    settle: async () => void (await wait({ type: 'settle' })),
    // A verifier asks right after the look-up that found nothing.
    underWay: () => wait({ type: 'missing', kid: missed }),
    hear: (news: KeyNews) => {
      fresh = news.fresh;
      if (news.document !== undefined) held = importOrNothing(news.document);
    },
    answered: (question: KeyQuestion['type'], brought: boolean) => {
      waiting.get(question)?.resolve(brought);
      waiting.delete(question);
    },
  });
}

function importOrNothing(document: JsonObject | null): KeySet | undefined {
  return document === null ? undefined : importKeyDocument(document).keys;
}

interface PromiseWithResolver<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

/** Promise.withResolvers, which Node 20 does not have. */
function promiseWithResolver<T>(): PromiseWithResolver<T> {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((fulfil) => (resolve = fulfil));
  return { promise, resolve };
}
