import { describe, expect, it, vi } from 'vitest';
import { createVerifier } from '../../src/verifier/index.ts';
import { codeOf, mint, NOW, OPTIONS, untyped } from './issuer.ts';

describe('the clock of a verifier', () => {
  it('is read once per verification, whatever comes of it', async () => {
    const clock = vi.fn(() => NOW);
    const verifier = createVerifier({ ...OPTIONS, clock, maxAge: 3600, maxLifetime: 7200 });
    expect(clock).not.toHaveBeenCalled();
    verifier.verifySync(mint({ nbf: NOW }));
    expect(clock).toHaveBeenCalledTimes(1);
    await verifier.verify(mint());
    expect(clock).toHaveBeenCalledTimes(2);
    verifier.tryVerifySync(mint({ exp: NOW }));
    expect(clock).toHaveBeenCalledTimes(3);
    await verifier.tryVerify(mint({ exp: NOW }));
    expect(clock).toHaveBeenCalledTimes(4);
  });

  it('is what decides, and nothing else', () => {
    let now = NOW;
    const verifier = createVerifier({ ...OPTIONS, clock: () => now });
    const token = mint();
    expect(verifier.verifySync(token).claims.exp).toBe(NOW + 3600);
    now = NOW + 3599.999;
    expect(verifier.verifySync(token).claims.exp).toBe(NOW + 3600);
    now = NOW + 3600;
    expect(codeOf(() => verifier.verifySync(token))).toBe('token_expired');
    now = NOW - 90.001;
    expect(codeOf(() => verifier.verifySync(token))).toBe('token_issued_in_future');
    now = NOW - 90;
    expect(verifier.verifySync(token).claims.iat).toBe(NOW - 60);
  });

  it('is the one of the system by default, in seconds', () => {
    vi.useFakeTimers({ now: (NOW + 3599) * 1000 });
    try {
      const { clock: _, ...options } = OPTIONS;
      const verifier = createVerifier(options);
      const token = mint();
      expect(verifier.verifySync(token).claims.sub).toBe('user-1');
      vi.setSystemTime((NOW + 3600) * 1000);
      expect(codeOf(() => verifier.verifySync(token))).toBe('token_expired');
    } finally {
      vi.useRealTimers();
    }
  });

  it.each([
    ['milliseconds', NOW * 1000], ['just over the limit', 1e11 + 1], ['NaN', NaN], ['Infinity', Infinity],
    ['-Infinity', -Infinity], ['undefined', undefined], ['null', null], ['a string', String(NOW)],
    ['a Date', new Date(NOW * 1000)],
    ['a bigint', BigInt(NOW)], ['a Number object', Object(NOW)], ['a Promise', Promise.resolve(NOW)],
    ['an array', [NOW]],
  ])('must not return %s', async (_, now) => {
    const verifier = createVerifier(untyped({ ...OPTIONS, clock: () => now }));
    for (const token of [mint(), 'no token']) {
      expect(() => verifier.verifySync(token)).toThrow(TypeError);
      expect(() => verifier.tryVerifySync(token)).toThrow(TypeError);
      await expect(verifier.verify(token)).rejects.toThrow(TypeError);
      await expect(verifier.tryVerify(token)).rejects.toThrow(TypeError);
    }
  });

  it.each(['Error', 'RangeError', 'a string'])('may throw %s, and that is a TypeError', async (thrown) => {
    const clock = (): never => {
      throw { 'Error': new Error('x'), 'RangeError': new RangeError('x') }[thrown] ?? thrown;
    };
    const verifier = createVerifier({ ...OPTIONS, clock });
    expect(() => verifier.verifySync(mint())).toThrow(TypeError);
    await expect(verifier.verify(mint())).rejects.toThrow(TypeError);
  });
});
