/**
 * Reads members out of things of any shape, and a token as leniently as possible: to choose a key, never to judge.
 *
 * @module
 */

export type AnyObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is AnyObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function member(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The header and claims that a lenient reader would see; undefined where even that fails. */
export function glance(token: unknown): { readonly header: unknown; readonly claims: unknown } {
  const [header, claims] = textOf(token).split('.');
  return { header: readPart(header), claims: readPart(claims) };
}

/** For libraries that take one algorithm: the token's where it is allowed, otherwise one that it does not have. */
export function allowedAlgorithm(token: string, algorithms: readonly string[]): string {
  const alg = member(glance(token).header, 'alg');
  return algorithms.find((name) => name === alg) ?? algorithms[0] ?? 'none allowed';
}

function readPart(part: string | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
