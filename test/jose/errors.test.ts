import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { JwtError, REFUSALS, type RefusalCode } from '../../src/jose/errors.ts';

/** The contract: no code comes, goes or changes its name without an issue. */
const CODES = [
  'access_token_mismatch', 'algorithm_not_allowed', 'audience_not_allowed', 'authorized_party_not_allowed',
  'check_failed', 'claim_invalid', 'claim_missing', 'critical_header_unsupported', 'duplicate_member',
  'email_not_verified', 'header_invalid', 'hosted_domain_not_allowed', 'invalid_base64url', 'invalid_json',
  'invalid_utf8', 'issuer_not_allowed', 'key_not_found', 'key_unusable', 'keys_unavailable', 'lifetime_too_long',
  'malformed_compact', 'nonce_mismatch', 'signature_invalid', 'subject_mismatch', 'token_expired',
  'token_issued_in_future', 'token_not_yet_valid', 'token_too_long', 'token_too_old', 'type_not_allowed',
];

describe('where Error cannot be changed, under --frozen-intrinsics say', () => {
  it('a refusal is made all the same, without a frame, and the depth of other stacks stays', () => {
    const own = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit') ?? {};
    Object.defineProperty(Error, 'stackTraceLimit', { value: 3, writable: false });
    try {
      const error = new JwtError('token_expired');
      expect([error.code, error.stack]).toEqual(['token_expired', `JwtError: ${REFUSALS.token_expired[1]}`]);
      expect(Error.stackTraceLimit).toBe(3);
    } finally {
      Object.defineProperty(Error, 'stackTraceLimit', own);
    }
  });
});

describe('REFUSALS', () => {
  it('has the codes of the contract, and no other', () => {
    expect(Object.keys(REFUSALS).sort()).toEqual(CODES);
    expect(Object.isFrozen(REFUSALS)).toBe(true);
  });

  it.each(Object.entries(REFUSALS))('%s cites a section and says what happened', (_, [rule, meaning]) => {
    expect(rule).toMatch(/^(RFC \d{4}|OIDC Core) §\d+(\.\d+)*( step \d+)?$/);
    expect(meaning).toMatch(/^[a-z].*[^.]$/);
  });
});

describe('JwtError', () => {
  it.each(Object.keys(REFUSALS) as RefusalCode[])('%s carries the rule and the meaning of its code', (code) => {
    const error = new JwtError(code);
    expect([error.code, error.rule, error.message]).toEqual([code, ...REFUSALS[code]]);
  });

  it('is an Error of its own name, and repeats that name in no own member', () => {
    const error = new JwtError('invalid_json');
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('JwtError');
    // As that of a built-in error, which a logger may overwrite.
    expect(Object.getOwnPropertyDescriptor(JwtError.prototype, 'name'))
      .toEqual({ ...Object.getOwnPropertyDescriptor(TypeError.prototype, 'name'), value: 'JwtError' });
    expect(String(error)).toBe('JwtError: not one valid JSON object');
    expect(Object.keys(error)).toEqual(['code', 'rule']);
    expect(Object.keys(JwtError.prototype)).toEqual([]);
  });

  it('takes details in place of the general ones', () => {
    const details = { rule: 'RFC 1 §2', message: 'm', claim: 'exp', skew: 3, check: 'mine' };
    expect({ ...new JwtError('token_expired', details) }).toEqual({
      code: 'token_expired', rule: 'RFC 1 §2', claim: 'exp', skew: 3, check: 'mine',
    });
    expect(new JwtError('token_expired', details).message).toBe('m');
  });

  it('has no member for what does not apply', () => {
    for (const name of ['claim', 'skew', 'check', 'cause']) expect(name in new JwtError('token_expired')).toBe(false);
    expect(new JwtError('token_expired', { skew: 0 }).skew).toBe(0);
  });

  it('collects no stack trace, and leaves the limit as it was', () => {
    const limit = Error.stackTraceLimit;
    try {
      Error.stackTraceLimit = 7;
      const error = new JwtError('key_not_found');
      expect(error.stack).toBe(`JwtError: ${REFUSALS.key_not_found[1]}`);
      expect(Error.stackTraceLimit).toBe(7);
      expect(new Error('other').stack).toContain('\n    at ');
    } finally {
      Error.stackTraceLimit = limit;
    }
  });

  it('asks V8 for no frames at all, rather than for none of those that it finds', () => {
    const own = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit') ?? {};
    const limits: unknown[] = [];
    Object.defineProperty(Error, 'stackTraceLimit', { get: () => 7, set: (frames) => limits.push(frames), configurable: true });
    try {
      expect(new JwtError('key_not_found').code).toBe('key_not_found');
    } finally {
      Object.defineProperty(Error, 'stackTraceLimit', own);
    }
    expect(limits).toEqual([undefined, 7]);
  });

  it('shows in inspection only what it was made of', () => {
    const shown = inspect(new JwtError('token_expired', { claim: 'exp', skew: 3 }), { showHidden: true, depth: null });
    expect(shown.replace(/\s+/g, ' ')).toMatch(/^\[?(\[stack\]: )?.*JwtError: the token has expired/);
    expect(shown).not.toContain('    at ');
  });
});
