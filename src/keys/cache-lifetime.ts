/**
 * How long an answer may be kept (RFC 9111 §4.2, §5.2.2).
 *
 * @module
 */

/** Bounds on what an issuer may say. Seconds. */
export interface LifetimeBounds {
  readonly minLifetime: number;
  readonly maxLifetime: number;
  /** Where the issuer says nothing. */
  readonly defaultLifetime: number;
}

/**
 * The lifetime of an answer in seconds: max-age less the time it has spent in caches (Age), within bounds.
 *
 * The bounds are ours: an issuer that says 0 must not make us fetch for every token, and one that says ten years must not make
 * us trust a key for ten years. "no-store" and "no-cache" are read as 0. Of several max-ages the shortest counts.
 */
export function cacheLifetime(headers: Headers, bounds: LifetimeBounds): number {
  const { minLifetime, maxLifetime, defaultLifetime } = bounds;
  const seconds = freshness(headers.get('cache-control') ?? '') ?? defaultLifetime;
  const age = parseSeconds(headers.get('age') ?? '') ?? 0;
  return Math.min(Math.max(seconds - age, minLifetime), maxLifetime);
}

function freshness(cacheControl: string): number | undefined {
  const directives = cacheControl.split(',').map((directive) => directive.trim().toLowerCase());
  if (directives.includes('no-store') || directives.includes('no-cache')) return 0;
  const ages = directives
    .map((directive) => /^max-age="?(\d+)"?$/.exec(directive)?.[1])
    .map((digits) => (digits === undefined ? undefined : parseSeconds(digits)))
    .filter((seconds) => seconds !== undefined);
  return ages.length === 0 ? undefined : Math.min(...ages);
}

/** delta-seconds (RFC 9111 §1.2.2); a number too large for anything is as good as any other large one. */
function parseSeconds(text: string): number | undefined {
  return /^\d+$/.test(text) ? Math.min(Number(text), 2 ** 31) : undefined;
}
