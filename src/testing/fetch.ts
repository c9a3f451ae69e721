/**
 * The local issuer as a `fetch` (WHATWG Fetch), without a socket.
 *
 * @module
 */

import { chunksOf, type Answer } from './answers.ts';

/** Answers a GET, or says that nothing is there. */
export type Answerer = (url: URL) => Answer | undefined;

/**
 * Makes a function that can be given wherever Node's own `fetch` can, and reaches nothing but one issuer.
 *
 * It knows GET, `signal`, and the three ways to take a redirect. What it answers has the `url` and `redirected` that a
 * Response from the network would have.
 */
export function createFetch(answer: Answerer): typeof globalThis.fetch {
  return async (input, init) => {
    const request = input instanceof Request ? input : undefined;
    const url = new URL(request?.url ?? String(input));
    const signal = init?.signal ?? request?.signal;
    signal?.throwIfAborted();
    if ((init?.method ?? request?.method ?? 'GET').toUpperCase() !== 'GET') {
      return dress(new Response(null, { status: 405, headers: { allow: 'GET' } }), url, false);
    }
    const first = answer(url);
    const location = first?.headers.location;
    if (location === undefined) return respond(first, url, false, signal);

    const redirect = init?.redirect ?? request?.redirect ?? 'follow';
    if (redirect === 'error') throw failed('unexpected redirect');
    if (redirect === 'manual') return respond(first, url, false, signal);
    const target = new URL(location);
    return respond(answer(target), target, true, signal);
  };
}

async function respond(
  answer: Answer | undefined,
  url: URL,
  redirected: boolean,
  signal: AbortSignal | undefined,
): Promise<Response> {
  if (answer === undefined) return dress(new Response('not found\n', { status: 404 }), url, redirected);
  const { status, headers, manner } = answer;
  if (manner === 'reset') throw failed('connect ECONNREFUSED', 'ECONNREFUSED');
  if (manner === 'hang') return untilAborted(signal);
  const body = manner === 'at once' ? answer.body : streamOf(answer, signal);
  return dress(new Response(body, { status, headers }), url, redirected);
}

/** A Response that was made, not received, says neither where it comes from nor how. */
function dress(response: Response, url: URL, redirected: boolean): Response {
  return Object.defineProperties(response, { url: { value: url.href }, redirected: { value: redirected } });
}

/** As Node's fetch fails: a TypeError, and what happened as its cause. */
function failed(message: string, code?: string): TypeError {
  const cause = Object.assign(new Error(message), code === undefined ? {} : { code });
  return new TypeError('fetch failed', { cause });
}

/** Without a signal this never settles, and keeps nothing alive. */
function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** A body that is made as it is read, so that one that nobody reads costs nothing. */
function streamOf(answer: Answer, signal: AbortSignal | undefined): ReadableStream<Uint8Array> {
  const cancelled = new AbortController();
  const stopped = signal === undefined ? cancelled.signal : AbortSignal.any([signal, cancelled.signal]);
  const chunks = chunksOf(answer, stopped);
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await chunks.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      } catch {
        // Only the signals stop it. Node's fetch hands on the reason, a TimeoutError for instance.
        throw stopped.reason;
      }
    },
    cancel: () => cancelled.abort(),
  }, { highWaterMark: 0 });
}
