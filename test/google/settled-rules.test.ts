import { describe, expect, it } from 'vitest';
import { ACCOUNT_TYPES, idTokenRules } from '../../src/google/id-token-rules.ts';
import { createServiceAccountVerifier } from '../../src/google/service-account.ts';
import { brokenRules, type ClaimContext } from '../../src/jose/claims.ts';
import { createKeySet } from '../../src/jose/key-set.ts';
import { createPresetPolicy } from '../../src/jose/policy.ts';
import { innerOf } from '../../src/verifier/verifier.ts';

describe('rules that are settled by claims and policy', () => {
  const policy = createPresetPolicy({
    issuer: 'https://issuer.example', audience: 'api', subject: 'user-1', maxAge: 60, maxLifetime: 3600, checks: { own: () => true },
  }, idTokenRules({ hostedDomains: ['example.com'], authorizedParties: ['api'], requireVerifiedEmail: true }));
  const { ruleGroups, unsettledGroups } = policy;

  it('look at neither the time, nor the call, nor the header, and so need not be asked again', () => {
    const context = new Proxy<ClaimContext>({ expected: policy, header: { alg: 'RS256' }, now: 0 }, {
      get: (target, name) => {
        if (name !== 'expected') throw new Error(`looked at ${String(name)}`);
        return Reflect.get(target, name);
      },
    });
    const claims = { iss: 'https://issuer.example', aud: ['api', 'b'], sub: 'user-1', exp: 9, iat: 1 };
    const settled = ruleGroups.filter((group) => group.settled);
    // Of all of them, the one that such claims break, so that each was asked to its end.
    expect(settled.flatMap((group) => [...brokenRules(group, claims, context).keys()].map(({ code }) => code))).toEqual([
      'audience_not_allowed', 'claim_missing', 'authorized_party_not_allowed', 'hosted_domain_not_allowed', 'email_not_verified',
    ]);
  });

  it('are all but those of time, call, and the caller', () => {
    expect(unsettledGroups.flatMap(({ rules }) => rules).map(({ code }) => code)).toEqual([
      'token_expired', 'token_not_yet_valid', 'token_issued_in_future', 'token_too_old', 'lifetime_too_long', 'nonce_mismatch', 'access_token_mismatch',
      'check_failed',
    ]);
    expect(ruleGroups.filter(({ settled }) => !settled)).toEqual(unsettledGroups);
  });
});

describe('the rules that a trace is shown', () => {
  it('of an ID token are these, in this order', () => {
    const groups = idTokenRules({ hostedDomains: null, authorizedParties: null, requireVerifiedEmail: false });
    expect(groups.flatMap(({ rules }) => rules).map(({ code, claim }) => (code === 'claim_invalid' ? claim : code))).toEqual([
      'azp', 'email', 'email_verified', 'hd', 'nonce', 'at_hash', 'audience_not_allowed', 'claim_missing', 'authorized_party_not_allowed',
      'hosted_domain_not_allowed', 'email_not_verified', 'nonce_mismatch', 'access_token_mismatch',
    ]);
  });

  it('of an account are the types of its claims, which are settled', () => {
    expect(ACCOUNT_TYPES.rules.map(({ code, claim }) => [code, claim])).toEqual([['claim_invalid', 'email'], ['claim_invalid', 'hd']]);
    expect(ACCOUNT_TYPES.settled).toBe(true);
  });

  it('of a service account are the types of its own two claims, which are settled', () => {
    const verifier = createServiceAccountVerifier({ email: 'robot@example.com', audience: 'api', keys: createKeySet({ keys: [] }) });
    const own = innerOf(verifier).trusted.policy.ruleGroups.find(({ rules }) => rules.some(({ claim }) => claim === 'scope'));
    expect(own?.rules.map(({ code, claim }) => [code, claim])).toEqual([['claim_invalid', 'scope'], ['claim_invalid', 'prn']]);
    expect(own?.settled).toBe(true);
  });
});
