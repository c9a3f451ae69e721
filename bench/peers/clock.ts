/**
 * Replaces the system's time during one call, for libraries that cannot be told the time.
 *
 * @module
 */

const SystemDate = Date;

/** Runs with `Date.now()` and `new Date()` standing at `now` (seconds), and puts them back when the answer is there. */
export async function atTime<T>(now: number, run: () => T | Promise<T>): Promise<T> {
  const milliseconds = now * 1000;
  globalThis.Date = new Proxy(SystemDate, {
    construct: (target, parameters: unknown[], newTarget) =>
      Reflect.construct(target, parameters.length === 0 ? [milliseconds] : parameters, newTarget) as object,
    get: (target, name, receiver) =>
      name === 'now' ? () => milliseconds : (Reflect.get(target, name, receiver) as unknown),
  });
  try {
    return await run();
  } finally {
    globalThis.Date = SystemDate;
  }
}
