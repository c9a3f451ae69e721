/**
 * Times as people write and read them: NumericDate (RFC 7519 §2), RFC 3339, and words.
 *
 * @module
 */

import { UsageError } from './usage-error.ts';

const NUMERIC_DATE = /^\d+(?:\.\d+)?$/;

/** RFC 3339 §5.6. "T" and "Z" may be lower case; a space in place of "T" may not be. */
const RFC_3339 = new RegExp(
  /^(\d{4}-\d\d-\d\d)[Tt]/.source +
    /([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(\.\d+)?/.source +
    /(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/.source,
);

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

const UNITS = [['year', YEAR], ['day', DAY], ['hour', HOUR], ['minute', MINUTE], ['second', 1]] as const;

/** Above this, seconds are taken for milliseconds, here as in the verifier. */
const MAX_SECONDS = 1e11;

/**
 * Reads a NumericDate or an RFC 3339 date-time as seconds.
 *
 * @throws {UsageError} for anything else: a date that does not exist, a time without a zone, milliseconds.
 */
export function parseTime(text: string, flag: string): number {
  const seconds = NUMERIC_DATE.test(text) ? Number(text) : parseRfc3339(text);
  if (seconds === undefined) {
    throw new UsageError(`${flag} expected a NumericDate or an RFC 3339 time: 2024-05-01T12:00:00Z (RFC 3339 §5.6)`);
  }
  if (seconds > MAX_SECONDS) throw new UsageError(`${flag} expected seconds, not milliseconds (RFC 7519 §2)`);
  return seconds;
}

function parseRfc3339(text: string): number | undefined {
  const [, date = '', hour, minute, second, fraction = '', sign, offsetHour, offsetMinute] = RFC_3339.exec(text) ?? [];
  const midnight = Date.parse(`${date}T00:00:00Z`);
  // Dates are read back: the 30th of February would become a day in March.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== date) return undefined;
  const offset = sign === undefined ? 0 : Number(offsetHour) * HOUR + Number(offsetMinute) * MINUTE;
  const local = midnight / 1000 + Number(hour) * HOUR + Number(minute) * MINUTE + Number(second);
  const seconds = sign === '-' ? local + offset : local - offset;
  // RFC 3339 §5.7: a leap second ends a day in UTC. NumericDate counts it as the second that follows.
  if (second === '60' && seconds % DAY !== 0) return undefined;
  return seconds + Number(`0${fraction}`);
}

/** Seconds as RFC 3339 in UTC, or undefined where no calendar reaches. */
export function formatTime(seconds: number): string | undefined {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().replace(/\.000Z$/, 'Z');
}

/**
 * A number of seconds in words, by its two largest units: "2 hours 5 minutes". The sign is dropped.
 *
 * As explanations say it. They are a floor that `assay verify` does not load, so the few lines stand in both.
 */
export function durationInWords(seconds: number): string {
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

/** A time in words, seen from `now`: "2024-05-01T12:00:00Z, in 59 minutes". */
export function timeInWords(seconds: number, now: number): string {
  const time = formatTime(seconds);
  if (time === undefined) return 'beyond any calendar';
  const distance = durationInWords(seconds - now);
  return seconds > now ? `${time}, in ${distance}` : `${time}, ${distance} ago`;
}
