/**
 * How a verdict is told: as one JSON object, or in words.
 *
 * @module
 */

import type { JwtError } from '../jose/errors.ts';
import type { VerifiedJwt } from '../jose/jwt.ts';
import { EXIT, type ExitStatus } from './exit-status.ts';
import { printable, printableJson } from './printable.ts';
import { painter, type Paint, type Terminal } from './terminal.ts';
import { durationInWords } from './time.ts';

/** A refusal as JSON. Members that do not apply are absent. */
export interface Refusal {
  readonly ok: false;
  readonly code: JwtError['code'];
  readonly rule: string;
  readonly claim?: string;
  /** Seconds. */
  readonly skew?: number;
  readonly check?: string;
}

/** The part of a refusal that scripts may rely on. */
export function toRefusal({ code, rule, claim, skew, check }: JwtError): Refusal {
  return {
    ok: false,
    code,
    rule,
    ...(claim === undefined ? {} : { claim }),
    ...(skew === undefined ? {} : { skew }),
    ...(check === undefined ? {} : { check }),
  };
}

/** An accepted token, on a line of its own. */
export function acceptedAsJson({ header, claims, key }: VerifiedJwt): string {
  return `${printableJson({ ok: true, header, claims, key })}\n`;
}

/** A refused one likewise. */
export function refusedAsJson(error: JwtError): string {
  return `${printableJson(toRefusal(error))}\n`;
}

/** Prints a refusal, and returns the exit status that goes with it. */
export function tellRefusal(error: JwtError, json: boolean, { stdout, env }: Terminal): ExitStatus {
  stdout.write(json ? refusedAsJson(error) : `${refusalInWords(error, painter(stdout, env))}\n`);
  return error.code === 'keys_unavailable' ? EXIT.undecided : EXIT.refused;
}

/** A refusal on one line: its code, its rule, what it means, and where it knows them the claim and the distance. */
export function refusalInWords(error: JwtError, paint: Paint): string {
  const { code, rule, message, claim, skew } = error;
  const verdict = code === 'keys_unavailable' ? paint('yellow', 'undecided') : paint('red', 'refused');
  const details = [
    ...(claim === undefined ? [] : [`claim ${printableJson(claim)}`]),
    ...(skew === undefined ? [] : [`off by ${durationInWords(skew)}`]),
  ].join(', ');
  return `${verdict} ${paint('bold', code)} (${rule}): ${printable(message)}${details === '' ? '' : `; ${details}`}`;
}
