/**
 * Making a failing input small.
 *
 * The search yields inputs, and is told of each whether it still fails, so that the answer may be waited for or not.
 *
 * @module
 */

/** Yields smaller inputs, takes whether each still fails, and returns the smallest that did. */
export type Shrinking<T> = Generator<T, T, boolean>;

/** Takes pieces of a text away (delta debugging). */
export function* shrinkText(text: string): Shrinking<string> {
  let smallest = text;
  for (let size = Math.ceil(text.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < smallest.length;) {
      const shorter = smallest.slice(0, at) + smallest.slice(at + size);
      if (yield shorter) smallest = shorter;
      else at += size;
    }
  }
  return smallest;
}

/** Takes members and elements of a JSON value away, at any depth. */
export function* shrinkJson(value: unknown): Shrinking<unknown> {
  let smallest = value;
  for (let again = true; again;) {
    again = false;
    for (const smaller of smallerThan(smallest)) {
      if (!(yield smaller)) continue;
      smallest = smaller;
      again = true;
      break;
    }
  }
  return smallest;
}

/** Shrinks one part of a larger thing: `build` puts the part into its place. Returns the smallest part. */
export function* shrinkPart<P, T>(shrinking: Shrinking<P>, build: (part: P) => T): Generator<T, P, boolean> {
  let step = shrinking.next();
  while (step.done !== true) step = shrinking.next(yield build(step.value));
  return step.value;
}

/** Where the answer is there at once. */
export function minimize<T>(shrinking: Shrinking<T>, fails: (input: T) => boolean): T {
  let step = shrinking.next();
  while (step.done !== true) step = shrinking.next(fails(step.value));
  return step.value;
}

/** Where the answer must be waited for. */
export async function minimizeWaiting<T>(shrinking: Shrinking<T>, fails: (input: T) => Promise<boolean>): Promise<T> {
  let step = shrinking.next();
  while (step.done !== true) step = shrinking.next(await fails(step.value));
  return step.value;
}

/** The values that lack one member or element, or half of a string. */
function* smallerThan(value: unknown): Generator<unknown> {
  if (typeof value === 'string' && value.length > 8) {
    const half = Math.ceil(value.length / 2);
    yield value.slice(0, half);
    yield value.slice(half);
  }
  if (typeof value !== 'object' || value === null) return;
  const entries = Object.entries(value);
  const rebuild = (kept: readonly (readonly [string, unknown])[]): unknown =>
    Array.isArray(value) ? kept.map(([, element]) => element) : Object.fromEntries(kept);
  for (const at of entries.keys()) yield rebuild(entries.toSpliced(at, 1));
  for (const [at, [name, inner]] of entries.entries()) {
    for (const smaller of smallerThan(inner)) yield rebuild(entries.with(at, [name, smaller]));
  }
}
