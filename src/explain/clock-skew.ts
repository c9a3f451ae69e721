/**
 * Times that miss: by how much, and whether a clock, a time zone, a unit or an old token is behind it
 * (RFC 7519 §4.1.4 to §4.1.6).
 *
 * @module
 */

import type { JwtClaimsSet } from '../jose/claims.ts';
import { member } from '../jose/json.ts';
import { note, type Evidence, type Finding } from './evidence.ts';
import { distance, instant } from './instants.ts';

/** Seconds by which clocks that nobody sets may differ, and the most that leeway may make up for. */
const CLOCK_SKEW = 300;

/** Above this, a number was meant as milliseconds, here as in the verifier. */
const MAX_SECONDS = 1e11;

const HOUR = 3600;
const MAX_OFFSET = 14 * HOUR;

const TIME_CODES: ReadonlySet<string> = new Set([
  'token_expired', 'token_not_yet_valid', 'token_issued_in_future', 'lifetime_too_long', 'claim_invalid',
]);

/** What the token's times say about the clocks. */
export function clockSkew(evidence: Evidence): readonly Finding[] {
  if (!TIME_CODES.has(evidence.error.code)) return [];
  const units = wrongUnits(evidence);
  return units.length > 0 ? units : missedTime(evidence);
}

function wrongUnits({ claims = {} }: Evidence): readonly Finding[] {
  return ['exp', 'nbf', 'iat'].flatMap((claim) => {
    const value = member(claims, claim);
    if (typeof value === 'string') return [note('time_as_text', `"${claim}" is text where a number belongs.`)];
    if (typeof value !== 'number' || value <= MAX_SECONDS) return [];
    const seconds = Math.floor(value / 1000);
    const text = `"${claim}" is ${value}: milliseconds. A NumericDate is in seconds, ${seconds} (${instant(seconds)}).`;
    return [note('milliseconds', text)];
  });
}

function missedTime({ error, claims = {}, now, policy }: Evidence): readonly Finding[] {
  const { code, skew } = error;
  if (skew === undefined) return [];
  const measured = distance(skew);
  const wholeHours = skew > CLOCK_SKEW && skew <= MAX_OFFSET + CLOCK_SKEW
    && Math.abs(skew - Math.round(skew / HOUR) * HOUR) <= 60;
  if (code === 'token_expired' && skew <= CLOCK_SKEW) return [justExpired(skew, policy.leeway.exp, measured)];
  if (code === 'token_expired') return [longExpired(claims, measured, wholeHours)];
  if (wholeHours) {
    const text = `It misses by ${measured}, nearly whole hours: a local time may have been taken for UTC.`;
    return [note('local_time', text)];
  }
  const claim = error.claim ?? 'iat';
  const leeway = claim === 'nbf' ? policy.leeway.nbf : policy.leeway.iat;
  const clocks = `By this clock it is ${instant(now)}; by "${claim}" it was ${measured} later when it was signed.`;
  const remedy = skew <= CLOCK_SKEW
    ? `Clock skew measured: ${measured}; ${leeway} s are allowed. leeway: { ${claim}: ${Math.ceil(skew)} } accepts it.`
    : 'That is more than leeway may ever be: one of the two clocks must be set.';
  return [note('clock_skew', `${clocks} ${remedy}`)];
}

function justExpired(skew: number, leeway: number, measured: string): Finding {
  const enough = Math.floor(skew) + 1;
  const remedy = enough <= CLOCK_SKEW ? ` leeway: { exp: ${enough} } would accept it.` : '';
  const text = `It ended ${measured} ago, within what two clocks may differ by; ${leeway} s are allowed.${remedy}`;
  return note('clock_skew', text);
}

/** Of old tokens one in thirty misses by whole hours: only if fresh ones do too is it the time zone. */
function longExpired(claims: JwtClaimsSet, measured: string, wholeHours: boolean): Finding {
  const [iat, exp] = [member(claims, 'iat'), member(claims, 'exp')];
  const knows = typeof iat === 'number' && typeof exp === 'number' && exp > iat;
  const lived = knows ? `It was good for ${distance(exp - iat)}, and ` : 'It ';
  const verdict = wholeHours
    ? 'An old token; or, if fresh ones miss by just as much, a local time taken for UTC.'
    : 'no clock is that wrong unnoticed. This is an old token.';
  return note('old_token', `${lived}ended ${measured} ago${wholeHours ? '.' : ':'} ${verdict}`);
}
