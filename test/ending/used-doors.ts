/**
 * The doors of the package, and which of their functions were called.
 *
 * @module
 */

/** A door whose calls are counted. */
export interface UsedDoor<D extends object> {
  readonly door: D;
  /** The names of the functions that were never called. */
  readonly unused: () => readonly string[];
}

/** Puts a watch on every function that a door exports. */
export function watchDoor<D extends object>(door: D): UsedDoor<D> {
  const left = new Set(Object.entries(door).filter(([, value]) => typeof value === 'function').map(([name]) => name));
  const watched = new Proxy(door, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return new Proxy(value, {
        apply: (called, self, given: unknown[]) => (left.delete(String(name)), Reflect.apply(called, self, given)),
        construct: (called, given: unknown[]) => (left.delete(String(name)), Reflect.construct(called, given) as object),
      });
    },
  });
  return { door: watched, unused: () => [...left] };
}
