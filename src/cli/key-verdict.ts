/**
 * What each key of a set is worth to a verifier: usable, or why not.
 *
 * @module
 */

import { JwtError } from '../jose/errors.ts';
import { firstAlgorithm, type JwsAlgorithm } from '../jose/jwa.ts';
import { thumbprint, type VerificationKey } from '../jose/jwk.ts';
import type { SkippedKey } from '../jose/key-set-input.ts';
import { selectKeys, type KeyLookup, type KeySet } from '../jose/key-set.ts';
import { formatTime } from './time.ts';

/** A key, or what could not become one, as JSON. */
export interface KeyReport {
  readonly usable: boolean;
  readonly kid?: string;
  readonly kty?: string;
  readonly crv?: string;
  readonly bits?: number;
  readonly alg?: string;
  readonly use?: string;
  readonly key_ops?: readonly string[];
  /** RFC 7638, by SHA-256. Not of symmetric keys: it would help to guess one (RFC 7638 §7). */
  readonly thumbprint?: string;
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly code?: string;
  readonly rule?: string;
  readonly reason?: string;
}

/**
 * Reports on every member of a set, in the order of the set.
 *
 * @param now seconds; certificates serve only within their dates
 */
export function reportKeys(set: KeySet, now: number): readonly KeyReport[] {
  const reports = set.keys.map((key) => reportKey(key, judge(key, set, now)));
  // In ascending order, so that each finds its place as it was in the set.
  for (const left of set.skipped) reports.splice(left.index, 0, reportSkipped(left));
  return reports;
}

/** Asks what a verifier would ask: of the key alone, then among its neighbours, where its ID may mean another too. */
function judge(key: VerificationKey, set: KeySet, now: number): JwtError | undefined {
  // A key that names no algorithm is tried with the first of its type. An "alg" that is no algorithm is for selectKeys to refuse.
  const alg = (key.alg ?? firstAlgorithm(key) ?? '') as JwsAlgorithm;
  const alone: KeyLookup = { find: () => [key] };
  try {
    const hint = key.kid === undefined ? { alg } : { alg, kid: key.kid };
    for (const lookup of [alone, set]) selectKeys(lookup, hint, [alg], now);
    return undefined;
  } catch (error) {
    if (!(error instanceof JwtError)) throw error;
    if (error.code !== 'algorithm_not_allowed') return error;
    const message = 'its "alg" is not an algorithm of such a key';
    return new JwtError('key_unusable', { message, rule: 'RFC 7517 §4.4' });
  }
}

function reportKey(key: VerificationKey, refusal: JwtError | undefined): KeyReport {
  const { kid, kty, crv, bits, alg, use, keyOps, validity, keyObject } = key;
  const report = {
    usable: refusal === undefined,
    kid,
    kty,
    crv,
    bits,
    alg,
    use,
    key_ops: keyOps,
    thumbprint: kty === 'oct' ? undefined : thumbprint(keyObject.export({ format: 'jwk' })),
    notBefore: validity && formatTime(validity.notBefore),
    notAfter: validity && formatTime(validity.notAfter),
    ...(refusal && reasonOf(refusal)),
  };
  return Object.fromEntries(Object.entries(report).filter(([, value]) => value !== undefined)) as unknown as KeyReport;
}

function reportSkipped({ kid, error }: SkippedKey): KeyReport {
  return { usable: false, ...(kid === undefined ? {} : { kid }), ...reasonOf(error) };
}

function reasonOf({ code, rule, message }: JwtError): Pick<KeyReport, 'code' | 'rule' | 'reason'> {
  return { code, rule, reason: message };
}
