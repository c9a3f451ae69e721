/**
 * The one set of keys of a batch that comes from the network, and what each thread is told of it.
 *
 * @module
 */

import { JwtError } from '../../jose/errors.ts';
import type { JsonObject } from '../../jose/json.ts';
import type { RemoteKeySet } from '../../keys/remote-key-set.ts';
import type { KeyNews, KeyQuestion, ToThread } from './messages.ts';

/** Tells one thread of the set, and answers its questions. However many threads ask, the set fetches as for one verifier. */
export class KeyDesk {
  readonly #keys: RemoteKeySet;
  #told: JsonObject | null | undefined;

  constructor(keys: RemoteKeySet) {
    this.#keys = keys;
  }

  /** What the thread must know before it judges more. */
  news(): KeyNews {
    const document = this.#serving();
    const fresh = this.#keys.isFresh();
    if (document === this.#told) return { fresh };
    this.#told = document;
    return { fresh, document };
  }

  /** Waits as a verifier would, and never rejects. */
  async answer(question: KeyQuestion): Promise<ToThread> {
    const brought = question.type === 'settle' ? await this.#settle() : await this.#look(question.kid);
    return { type: 'answer', to: question.type, news: this.news(), brought };
  }

  async #settle(): Promise<boolean> {
    await this.#keys.settle();
    return true;
  }

  /** Whether there is now another set than the one in which the thread has not found the key. */
  async #look(kid: string | undefined): Promise<boolean> {
    if (this.#serving() !== this.#told) return true;
    const found = this.#find(kid); // which notes an ID that is not there, and may start a fetch
    return found === undefined ? false : ((await this.#keys.underWay()) ?? false);
  }

  /** A look-up as a verification makes it: in the last fifth of the set's lifetime it starts a fetch. */
  #serving(): JsonObject | null {
    return this.#find(undefined) === undefined ? null : (this.#keys.snapshot()?.document ?? null);
  }

  #find(kid: string | undefined): object | undefined {
    try {
      return this.#keys.find(kid);
    } catch (error) {
      if (error instanceof JwtError) return undefined; // keys_unavailable
      throw error;
    }
  }
}
