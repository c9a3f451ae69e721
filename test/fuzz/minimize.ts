/**
 * Making a failing input small.
 *
 * @module
 */

/** The shortest text found by taking pieces away that still does what `fails` looks for (delta debugging). */
export function minimizeText(text: string, fails: (text: string) => boolean): string {
  let smallest = text;
  for (let size = Math.ceil(text.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < smallest.length;) {
      const shorter = smallest.slice(0, at) + smallest.slice(at + size);
      if (fails(shorter)) smallest = shorter;
      else at += size;
    }
  }
  return smallest;
}

/** The smallest JSON value found by taking members and elements away, at any depth, that still fails. */
export function minimizeJson(value: unknown, fails: (value: unknown) => boolean): unknown {
  let smallest = value;
  for (let again = true; again;) {
    again = false;
    for (const smaller of smallerThan(smallest)) {
      if (!fails(smaller)) continue;
      smallest = smaller;
      again = true;
      break;
    }
  }
  return smallest;
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
