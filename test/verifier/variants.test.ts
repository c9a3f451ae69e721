import { describe, expect, it, vi } from 'vitest';
import { JwtError, createKeySet, type RefusalCode } from '../../src/jose/index.ts';
import { createVerifier, type Verifier } from '../../src/verifier/index.ts';
import { jwkSet } from '../../spec-vectors/generate/keys.ts';
import { mint, NOW, OPTIONS, untyped } from './issuer.ts';

const verifier = createVerifier({ ...OPTIONS, keys: createKeySet(jwkSet('rsa-1', 'rsa-2')),
  checks: { ok: ({ ok }) => ok !== false } });

const TOKENS: readonly (readonly [RefusalCode | 'accepted', unknown])[] = [
  ['accepted', mint()],
  ['accepted', mint({}, 'rsa-2')],
  ['malformed_compact', ''],
  ['malformed_compact', undefined],
  ['token_too_long', 'x'.repeat(10_001)],
  ['invalid_base64url', `${mint()}=`],
  ['header_invalid', 'e30.e30.'],
  ['algorithm_not_allowed', mint({}, 'ec-1')],
  ['type_not_allowed', mint({}, 'rsa-1', { typ: 'at+jwt' })],
  ['key_not_found', mint({}, 'rsa-1', { kid: 'rsa-9' })],
  ['signature_invalid', mint({}, 'rsa-2', { kid: 'rsa-1' })],
  ['claim_missing', mint({ exp: undefined })],
  ['claim_invalid', mint({ exp: 'tomorrow' })],
  ['token_expired', mint({ exp: NOW })],
  ['issuer_not_allowed', mint({ iss: 'https://stranger.example' })],
  ['audience_not_allowed', mint({ aud: 'stranger' })],
  ['check_failed', mint({ ok: false })],
];

/** Every way of asking, in one form: what it answers, or the code it refuses with. */
const WAYS: Readonly<Record<string, (v: Verifier, token: string) => Promise<unknown>>> = {
  verify: (v, token) => v.verify(token).catch(codeOrThrow),
  verifySync: async (v, token) => v.verifySync(token),
  tryVerify: async (v, token) => {
    const refusals: JwtError[] = [];
    const jwt = await v.tryVerify(token, { onRefused: (error) => refusals.push(error) });
    expect(refusals).toHaveLength(jwt === undefined ? 1 : 0);
    return jwt ?? refusals[0]?.code;
  },
  tryVerifySync: async (v, token) => {
    const refusals: JwtError[] = [];
    const jwt = v.tryVerifySync(token, { onRefused: (error) => refusals.push(error) });
    expect(refusals).toHaveLength(jwt === undefined ? 1 : 0);
    return jwt ?? refusals[0]?.code;
  },
};

function codeOrThrow(error: unknown): RefusalCode {
  if (error instanceof JwtError) return error.code;
  throw error;
}

describe.each(Object.entries(WAYS))('%s', (_, ask) => {
  it.each(TOKENS)('answers as the others do: %s', async (expected, token) => {
    const answer = await ask(verifier, untyped(token)).catch(codeOrThrow);
    if (expected === 'accepted') expect(answer).toEqual(verifier.verifySync(untyped(token)));
    else expect(answer).toBe(expected);
  });
});

describe('tryVerify and tryVerifySync', () => {
  it('return undefined for a refused token, without being told whom to tell', async () => {
    expect(verifier.tryVerifySync('no token')).toBeUndefined();
    expect(verifier.tryVerifySync('no token', {})).toBeUndefined();
    expect(await verifier.tryVerify('no token')).toBeUndefined();
    expect(await verifier.tryVerify('no token', {})).toBeUndefined();
  });

  it('tell the very refusal, before they return', async () => {
    const onRefused = vi.fn();
    verifier.tryVerifySync(mint({ exp: NOW - 5 }), { onRefused });
    const [error] = onRefused.mock.lastCall ?? [];
    expect(error).toBeInstanceOf(JwtError);
    expect(error).toMatchObject({ code: 'token_expired', rule: 'RFC 7519 §4.1.4', claim: 'exp', skew: 5 });
    await verifier.tryVerify(mint({ exp: NOW - 7 }), { onRefused });
    expect(onRefused.mock.lastCall).toMatchObject([{ code: 'token_expired', skew: 7 }]);
    expect(onRefused).toHaveBeenCalledTimes(2);
  });

  it('do not hide a mistake of the caller', async () => {
    for (const options of [{ nonce: 'x' }, { onRefused: undefined }, { onRefused: true },
      { onrefused: () => undefined }, null, [], 'x']) {
      expect(() => verifier.tryVerifySync(mint(), untyped(options)), JSON.stringify(options)).toThrow(TypeError);
      await expect(verifier.tryVerify(mint(), untyped(options)), JSON.stringify(options)).rejects.toThrow(TypeError);
    }
  });

  it('let an onRefused that is asynchronous reject, which ends nothing', async () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown): unknown => rejections.push(reason);
    process.on('unhandledRejection', note);
    const onRefused = async (): Promise<void> => Promise.reject(new Error('the log is full'));
    expect(verifier.tryVerifySync('', { onRefused })).toBeUndefined();
    expect(await verifier.tryVerify('', { onRefused })).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off('unhandledRejection', note);
    expect(rejections).toEqual([]);
  });

  it('turn what onRefused throws into a TypeError, never into an accepted token', async () => {
    const onRefused = (): never => {
      throw new RangeError('from the listener');
    };
    expect(() => verifier.tryVerifySync('no token', { onRefused })).toThrow(TypeError);
    await expect(verifier.tryVerify('no token', { onRefused })).rejects.toThrow(TypeError);
  });
});

describe('the options of a call', () => {
  it('are forceKeyRefresh, of the asynchronous variants alone', async () => {
    for (const forceKeyRefresh of [true, false]) {
      expect((await verifier.verify(mint(), { forceKeyRefresh })).claims.sub).toBe('user-1');
      expect((await verifier.tryVerify(mint(), { forceKeyRefresh }))?.claims.sub).toBe('user-1');
      expect(() => verifier.verifySync(mint(), untyped({ forceKeyRefresh }))).toThrow(TypeError);
      expect(() => verifier.tryVerifySync(mint(), untyped({ forceKeyRefresh }))).toThrow(TypeError);
    }
  });

  it('must be known, defined and of their type', async () => {
    const mistakes = [null, [], 'x', 1, { forceKeyRefresh: undefined }, { forceKeyRefresh: 1 }, { nonce: 'x' },
      { trace: () => 1 }, { now: NOW }];
    for (const options of mistakes) {
      await expect(verifier.verify(mint(), untyped(options)), JSON.stringify(options)).rejects.toThrow(TypeError);
      expect(() => verifier.verifySync(mint(), untyped(options)), JSON.stringify(options)).toThrow(TypeError);
    }
  });

  it('may be left out by undefined, as any last parameter', async () => {
    expect(verifier.verifySync(mint(), undefined).claims.sub).toBe('user-1');
    expect((await verifier.tryVerify(mint(), undefined))?.claims.sub).toBe('user-1');
  });
});

it('the methods need no receiver', async () => {
  const { verify, verifySync, tryVerify, tryVerifySync } = verifier;
  expect(verifySync(mint())).toEqual(await verify(mint()));
  expect(tryVerifySync(mint())).toEqual(await tryVerify(mint()));
});
