/**
 * What came of a call: for tables, where each row names the refusal it expects.
 *
 * @module
 */

import { expect } from 'vitest';
import { JwtError } from '../../src/jose/errors.ts';

/** The refusal that `run` ends in. Anything else, a success too, fails the test. */
export function refusalOf(run: () => unknown): JwtError {
  let error: unknown;
  try {
    run();
  } catch (thrown) {
    error = thrown;
  }
  expect(error, 'expected a refusal').toBeInstanceOf(JwtError);
  return error as JwtError;
}

/** The code of the refusal, or "accepted". An error that is not a JwtError fails the test. */
export function outcomeOf(run: () => unknown): string {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof JwtError) return thrown.code;
    throw thrown;
  }
  return 'accepted';
}

/** A TypeError whose message says which option or function it is about. For `toThrow`. */
export function mistake(about: string): unknown {
  return expect.objectContaining({ name: 'TypeError', message: expect.stringContaining(about) });
}
