/**
 * A limit on how long something is waited for, the same for all who wait, by one timer.
 *
 * A timer of its own for each request would be made and cancelled thousands of times a second, for what is nearly always
 * there at once (measured: 2 µs of some 80 for a request).
 *
 * @module
 */

/** The same promise, or `late()` for one that has not settled in time. */
export type Deadline = <T>(promise: Promise<T>, late: () => T) => Promise<T>;

interface Waiting {
  /** Milliseconds of performance.now. */
  readonly at: number;
  readonly expire: () => void;
  settled: boolean;
}

/** Makes a deadline of so many seconds. Its timer runs only while somebody waits, or has just done so. */
export function createDeadline(seconds: number): Deadline {
  // First in, first out: all wait for equally long.
  const queue: Waiting[] = [];
  let first = 0;
  let timer: NodeJS.Timeout | undefined;

  const dropSettled = (): void => {
    while (queue[first]?.settled === true) first += 1;
    // Not shifted one by one, which would move all the others each time.
    if (first === queue.length) queue.length = 0;
    else if (first > 1024) queue.splice(0, first);
    else return;
    first = 0;
  };
  const arm = (milliseconds: number): void => {
    timer = setTimeout(expireFirst, Math.max(0, milliseconds)).unref();
  };
  const expireFirst = (): void => {
    timer = undefined;
    const now = performance.now();
    for (let waiting = queue[first]; waiting !== undefined && waiting.at <= now; waiting = queue[first]) {
      waiting.settled = true;
      waiting.expire();
      dropSettled();
    }
    const next = queue[first];
    if (next !== undefined) arm(next.at - now);
  };

  return (promise, late) => new Promise((resolve, reject) => {
    const waiting: Waiting = { at: performance.now() + seconds * 1000, expire: () => resolve(late()), settled: false };
    queue.push(waiting);
    if (timer === undefined) arm(seconds * 1000);
    const settle = (): void => {
      waiting.settled = true;
      dropSettled();
    };
    promise.then((value) => (settle(), resolve(value)), (error: unknown) => (settle(), reject(error)));
  });
}
