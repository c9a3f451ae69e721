/**
 * A GET whose cost is bounded: in time, in octets, and to the very URL that was asked for.
 *
 * @module
 */

/** The part of WHATWG fetch that is used. A function of your own can go through a proxy, or present a certificate. */
export type FetchFunction = (url: string, init: RequestInit) => Promise<Response>;

/** What a GET may cost, and how it is made. */
export interface GetLimits {
  readonly fetch: FetchFunction;
  /** Seconds for everything: connecting, waiting, and reading to the end. */
  readonly timeout: number;
  /** Octets of the body, after any content coding has been undone. */
  readonly maxBytes: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** The answer of a GET that went well. */
export interface GetAnswer {
  readonly body: Uint8Array;
  readonly headers: Headers;
}

/** Octets set aside for a body before it comes: more than most key sets need. */
const FIRST_CAPACITY = 16_384;

/** Why a GET went wrong, in fixed words: nothing that the other side sent. */
export class GetError extends Error {
  override readonly name = 'GetError';
}

/** Work under way that a deadline will end. */
export interface Deadlined<T> {
  readonly done: Promise<T>;
  /** Someone waits for it: the process must not end before it does. To begin with, no one does. */
  readonly ref: () => void;
}

/**
 * Runs work that must be over in time.
 *
 * On a real timer, whatever other clocks say; and the wait ends even if the work ignores its signal. When the work is
 * over, in whatever way, the signal is aborted: what may still arrive of a body without end is not wanted.
 *
 * @param timeout seconds
 * @throws {GetError} through `done`, when time is up, or what the work throws.
 */
export function withDeadline<T>(timeout: number, work: (signal: AbortSignal) => Promise<T>): Deadlined<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new GetError(`no answer within ${timeout} s`)), timeout * 1000).unref();
  });
  const done = Promise.race([work(controller.signal), deadline]).finally(() => {
    clearTimeout(timer);
    controller.abort();
  });
  return { done, ref: () => void timer?.ref() };
}

/**
 * Gets a URL once.
 *
 * Only status 200 is an answer. Redirects are refused, also when an injected fetch has followed one by itself: what is
 * trusted is the URL.
 *
 * @throws {GetError} for anything else.
 */
export async function getOnce(url: string, limits: GetLimits, signal: AbortSignal): Promise<GetAnswer> {
  const response = await requestOnce(url, limits, signal);
  // Not instanceof: the Response of another implementation of fetch is of another class.
  if (typeof response?.status !== 'number') throw new GetError('fetch did not return a Response');
  try {
    expectAnswer(response, url);
  } catch (error) {
    abandon(response.body ?? undefined);
    throw error;
  }
  return { body: await readBody(response, limits.maxBytes, signal), headers: response.headers };
}

function expectAnswer(response: Response, url: string): void {
  if (response.redirected || (response.url && response.url !== url)) throw new GetError('redirected');
  if (response.status >= 300 && response.status < 400) throw new GetError('redirected');
  if (response.status !== 200) throw new GetError(`status ${response.status}`);
}

/** Lets go of a body that will not be read: an injected fetch may not heed its signal. */
function abandon(body: { cancel?: () => Promise<void> } | undefined): void {
  void Promise.resolve(body?.cancel?.()).catch(() => undefined);
}

async function requestOnce(url: string, { fetch, headers }: GetLimits, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { method: 'GET', headers, signal, redirect: 'manual', credentials: 'omit' });
  } catch {
    throw new GetError('no connection');
  }
}

async function readBody(response: Response, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) throw new GetError('no body');
  // Not left to fetch: a body that came too late, or in drips, would be read on when nobody wants it any more.
  signal.addEventListener('abort', () => abandon(reader), { once: true });
  if (signal.aborted) abandon(reader);
  try {
    return await readChunks(reader, maxBytes);
  } catch (error) {
    abandon(reader);
    throw error;
  }
}

async function readChunks(reader: ReadableStreamDefaultReader<unknown>, maxBytes: number): Promise<Uint8Array> {
  // Copied together at once: kept apart, a body that comes an octet at a time would take a thousand times its size.
  let body = new Uint8Array(Math.min(maxBytes, FIRST_CAPACITY));
  let length = 0;
  let counted = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new GetError('the connection broke');
    });
    if (done) return body.subarray(0, length);
    if (!(value instanceof Uint8Array)) throw new GetError('the body is not octets');
    // Counted as it arrives, after decoding: neither a length that lies nor a compressed bomb gets past this. An empty chunk
    // counts too: they could come without end, and without a pause in which the deadline could strike.
    counted += Math.max(value.length, 1);
    if (counted > maxBytes) throw new GetError(`more than ${maxBytes} octets`);
    if (length + value.length > body.length) body = grown(body, length + value.length, maxBytes);
    body.set(value, length);
    length += value.length;
  }
}

/** A copy with room for `needed` octets, and for as many again so that copies stay few, but for no more than `most`. */
function grown(body: Uint8Array, needed: number, most: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(2 * needed, most));
  larger.set(body);
  return larger;
}
