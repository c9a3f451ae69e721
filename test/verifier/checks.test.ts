import { describe, expect, it } from 'vitest';
import { createVerifier } from '../../src/verifier/index.ts';
import { codeOf, mint, NOW, OPTIONS, refusalOf, untyped } from './issuer.ts';

const verify = (checks: object, claims: object = {}) =>
  createVerifier(untyped({ ...OPTIONS, checks })).verifySync(mint(claims));
const code = (checks: object, claims: object = {}) => codeOf(() => verify(checks, claims));

/** Methods of a class are on its prototype. */
class Checks {
  never(): boolean {
    return false;
  }
}

describe('checks', () => {
  it('are asked last, in order, with claims and header, and only true passes', () => {
    const asked: unknown[] = [];
    const first = (claims: object, header: object) => asked.push(claims, header) > 0;
    const { claims, header } = verify({ first, second: () => true });
    expect(asked).toEqual([claims, header]);
    for (const answer of [false, undefined, null, 0, 1, 'true', {}, [], Promise.resolve(true), new Boolean(true)]) {
      expect(refusalOf(() => verify({ fine: () => true, own: () => answer })))
        .toMatchObject({ code: 'check_failed', check: 'own' });
    }
  });

  it('are not asked about a token that another rule refuses', () => {
    const never = (): never => {
      throw new Error('asked');
    };
    expect(code({ never }, { exp: NOW })).toBe('token_expired');
    expect(code({ never }, { aud: 'another' })).toBe('audience_not_allowed');
  });

  it('fail when they throw, whatever, and pass nothing on', () => {
    for (const thrown of [new Error('secret'), new TypeError('secret'), 'secret', undefined]) {
      const throws = (): never => {
        throw thrown;
      };
      const error = refusalOf(() => verify({ throws }));
      expect(error).toMatchObject({ code: 'check_failed', check: 'throws' });
      expect(error.cause).toBeUndefined();
      expect(error.message).not.toContain('secret');
    }
  });

  it('may be asynchronous by mistake: refused, and a rejection ends nothing', async () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown) => rejections.push(reason);
    process.on('unhandledRejection', note);
    expect(code({ late: async () => Promise.reject(new Error('late')) })).toBe('check_failed');
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off('unhandledRejection', note);
    expect(rejections).toEqual([]);
  });

  it('cannot change what they are shown', () => {
    const meddle = (claims: object) => Reflect.set(claims, 'role', 'admin') || Reflect.deleteProperty(claims, 'sub');
    expect(code({ meddle })).toBe('check_failed');
  });

  it.each([
    ['a Map', new Map([['never', () => false]])],
    ['an object of a class', new Checks()],
    ['a symbol', { [Symbol('never')]: () => false }],
    ['a hidden member', Object.defineProperty({}, 'never', { value: () => false, enumerable: false })],
  ])('are never overlooked: %s is refused, or asked', (_, checks) => {
    expect(() => createVerifier(untyped({ ...OPTIONS, checks })).verifySync(mint())).toThrow();
  });
});
