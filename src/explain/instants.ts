/**
 * Times in words: a NumericDate (RFC 7519 §2) as a date (RFC 3339), and how far it lies from another.
 *
 * @module
 */

const UNITS = [['year', 365 * 86_400], ['day', 86_400], ['hour', 3600], ['minute', 60], ['second', 1]] as const;

/** Claims that hold a NumericDate (RFC 7519 §4.1.4 to §4.1.6, OIDC Core §2 and §5.1). */
const INSTANTS: ReadonlySet<string> = new Set(['exp', 'nbf', 'iat', 'auth_time', 'updated_at']);

/** Seconds as a date and time in UTC. */
export function instant(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? 'a time beyond any calendar' : date.toISOString().replace(/\.000Z$/, 'Z');
}

/** A number of seconds by its two largest units: "2 hours 5 minutes". The sign is dropped. */
export function distance(seconds: number): string {
  let rest = Math.round(Math.abs(seconds));
  if (rest === 0) return 'less than a second';
  const words: string[] = [];
  for (const [unit, length] of UNITS) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) words.push(`${count} ${unit}${count === 1 ? '' : 's'}`);
    if (words.length === 2 || (words.length === 1 && count === 0)) break;
  }
  return words.join(' ');
}

/** What a claim's value means as a time, seen from `now`; undefined for a claim that is none. */
export function instantOf(claim: string, value: unknown, now: number): string | undefined {
  if (!INSTANTS.has(claim) || typeof value !== 'number') return undefined;
  const away = distance(value - now);
  return `${instant(value)}, ${value > now ? `in ${away}` : `${away} ago`}`;
}
