import { describe, expect, it } from 'vitest';
import { createGoogleVerifier } from '../../src/google/index.ts';
import { createVerifier } from '../../src/verifier/index.ts';
import { innerOf } from '../../src/verifier/verifier.ts';
import { AUDIENCE, ISSUER, mint, OPTIONS, refusalOf, untyped } from './issuer.ts';

const { keys, clock } = OPTIONS;

/** The message of the TypeError that a function throws. */
function mistakeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
  throw new Error('expected a TypeError, got a value');
}

const create = (options: object) => () => createVerifier(untyped(options));
const several = (issuers: unknown) => create({ issuers, clock });
const verifier = createVerifier(OPTIONS);
const google = createGoogleVerifier({ audience: AUDIENCE, keys, clock });

describe('a mistake is named', () => {
  it.each([undefined, null, 7, 'verifier', {}, { verify: verifier.verify }])('what is no verifier: %o', (other) => {
    expect(mistakeOf(() => innerOf(other as never))).toBe('"verifier" expected what createVerifier, or a preset, returns');
  });

  it.each<[name: string, run: () => unknown]>([
    ['createVerifier', create({ ...OPTIONS, audiance: 'x' })],
    ['"clock"', create({ ...OPTIONS, clock: 1 })],
    ['"keys"', create({ ...OPTIONS, keys: { keys: [] } })],
    ['issuers: unknown option', several([{ issuer: ISSUER, audience: AUDIENCE, keys, leeway: 1 }])],
    ['"issuers: issuer"', several([{ issuer: null, audience: AUDIENCE, keys }])],
    ['"issuers"', several([])],
    ['"issuer" and "issuers"', create({ issuers: [], issuer: ISSUER })],
    ['"audience" and "issuers"', create({ issuers: [], audience: AUDIENCE })],
    ['"keys" and "issuers"', create({ issuers: [], keys })],
    ['verify: unknown option', () => verifier.verifySync(mint(), untyped({ nonce: 'n' }))],
    ['tryVerify: unknown option', () => verifier.tryVerifySync(mint(), untyped({ nonce: 'n' }))],
    ['"onRefused" expected', () => verifier.tryVerifySync(mint(), untyped({ onRefused: 1 }))],
    ['"nonce"', () => google.verifySync(mint(), { nonce: '' })],
    ['"accessToken"', () => google.verifySync(mint(), { accessToken: '' })],
  ])('%s', (name, run) => {
    expect(mistakeOf(run)).toContain(name);
  });

  it('"forceKeyRefresh", which only the asynchronous variants know', async () => {
    await expect(verifier.verify(mint(), untyped({ forceKeyRefresh: 1 }))).rejects.toThrow('"forceKeyRefresh" expected');
    expect(mistakeOf(() => verifier.verifySync(mint(), untyped({ forceKeyRefresh: true })))).toContain('forceKeyRefresh');
  });

  it('what a function of the caller threw is the cause where it was handed nothing of the token, or the refusal', () => {
    const cause = new Error('mine');
    const throwing = (): never => {
      throw cause;
    };
    const broken = createVerifier({ ...OPTIONS, clock: throwing });
    expect(() => broken.verifySync(mint())).toThrow(expect.objectContaining({ name: 'TypeError', cause }));
    expect(() => verifier.tryVerifySync('', { onRefused: throwing })).toThrow(
      expect.objectContaining({ name: 'TypeError', cause }),
    );
  });
});

it('a refusal for the issuer, before any key is looked for, names the claim and the section', () => {
  const { verifySync } = createVerifier({ issuers: [{ issuer: ISSUER, audience: AUDIENCE, keys }], clock });
  const refusal = (claims: object) => refusalOf(() => verifySync(mint(claims)));
  expect(refusal({ iss: undefined })).toMatchObject({ code: 'claim_missing', claim: 'iss', rule: 'RFC 7519 §4.1.1' });
  expect(refusal({ iss: 1 })).toMatchObject({ code: 'claim_invalid', claim: 'iss', rule: 'RFC 7519 §4.1.1' });
  expect(refusal({ iss: 'x' })).toMatchObject({ code: 'issuer_not_allowed', claim: 'iss', rule: 'RFC 7519 §4.1.1' });
});
