/** @noprettier */ /* eslint-disable */ /* biome-ignore-all lint: vendored */ /* biome-ignore-all format: vendored */ // jwt-assay 0.1.0, src/jose/options.ts: do not edit (MIT)
/**
 * Reading a caller's options, so that no mistake can turn a check off.
 *
 * A misspelt name, or an environment variable that is not set, must not read as "do not check". So unknown names throw, and
 * so do known ones that are there with the value undefined.
 *
 * @module
 */

/**
 * Copies a caller's options. What comes back has no member that was not given, and follows no later change.
 *
 * @param what names the function or option in messages.
 * @throws {TypeError} when `options` is not an object, has a name that is not known, or a value that is undefined.
 */
export function readOptions<Name extends string>(
  options: unknown,
  what: string,
  known: readonly Name[],
): { readonly [name in Name]?: unknown } {
  const names: ReadonlySet<unknown> = new Set(known);
  const copy: { [name: string]: unknown } = Object.create(null);
  for (const [name, value] of ownEntries(options, what)) {
    if (!names.has(name)) throw new TypeError(`${what}: unknown option ${String(name)}`);
    if (value === undefined) throw new TypeError(`${what}: option "${String(name)}" is undefined; leave it out instead`);
    copy[String(name)] = value;
  }
  return copy as { readonly [name in Name]?: unknown };
}

/** @throws {TypeError} for anything but a plain object, or one whose members cannot be read. */
function ownEntries(options: unknown, what: string): readonly (readonly [name: PropertyKey, value: unknown])[] {
  try {
    if (isPlainObject(options)) return Reflect.ownKeys(options).map((name) => [name, Reflect.get(options, name)] as const);
  } catch {
    // A getter, or the trap of a Proxy.
    throw new TypeError(`${what}: the options cannot be read`);
  }
  throw new TypeError(`${what} expected an object of options`);
}

/**
 * Whether a value is an object as a literal makes it. What an instance of a class inherits, or a Map holds, would be overlooked.
 *
 * The prototype may be that of another realm: it has none itself, and is the one that has `hasOwnProperty`.
 */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'hasOwnProperty');
}

/** @throws {TypeError} unless `value` is a string that is not empty. */
export function expectString(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '') throw new TypeError(`"${what}" expected a non-empty string`);
  return value;
}

/**
 * One string, or several, as a frozen list.
 *
 * @throws {TypeError} unless `value` is a non-empty string or a non-empty array of such.
 */
export function expectStrings(value: unknown, what: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw new TypeError(`"${what}" expected at least one string`);
  // Array.from visits holes, which map would pass over.
  return Object.freeze(Array.from(list, (item) => expectString(item, what)));
}

/** @throws {TypeError} unless `value` is true or false. */
export function expectBoolean(value: unknown, what: string): boolean {
  if (typeof value !== 'boolean') throw new TypeError(`"${what}" expected true or false`);
  return value;
}

/** @throws {TypeError} unless `value` is a finite number from `least` to `most`. */
export function expectNumber(value: unknown, what: string, least: number, most: number): number {
  if (typeof value !== 'number' || !(value >= least && value <= most) || !Number.isFinite(value)) {
    throw new TypeError(`"${what}" expected a number from ${least} to ${most}`);
  }
  return value;
}

/** @throws {TypeError} unless `value` is a function. */
export function expectFunction<F extends (...parameters: never[]) => unknown>(value: unknown, what: string): F {
  if (typeof value !== 'function') throw new TypeError(`"${what}" expected a function`);
  return value as F;
}

/** What a caller's function returned may be a promise. Nobody waits for it; should it reject, that must not end the process. */
export function ignoreRejection(answer: unknown): void {
  if (typeof answer === 'object' && answer !== null) Promise.resolve(answer).catch(() => undefined);
}
