/**
 * A limit on how long something is waited for.
 *
 * @module
 */

/**
 * The same promise, or `late()` once it has not settled for so many seconds. What it settles to then goes unheard.
 *
 * The timer alone keeps no process from ending: what is waited for is a request's, and its connection does.
 */
export function inTime<T>(promise: Promise<T>, seconds: number, late: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(late()), seconds * 1000).unref();
    promise.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}
