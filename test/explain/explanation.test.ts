import { describe, expect, it, vi } from 'vitest';
import { explain } from '../../src/explain/index.ts';
import { SPINE_STEPS } from '../../src/explain/spine-steps.ts';
import { createKeySet, createRemoteKeySet, createVerifier, JwtError, type Verifier } from '../../src/index.ts';
import { createTestIssuer } from '../../src/testing/index.ts';
import { CLAIMS, CLIENT, explained, googleVerifier, KEYS, mint, NOW } from './sample.ts';

const rule = async (token: string, code: string, claim: string, options = {}) =>
  (await explained(token, options)).rules.filter((one) => one.code === code && one.claim === claim);

describe('an explanation', () => {
  it('is the verdict of verify, and the token verified', async () => {
    const verifier = googleVerifier();
    const { ok, jwt, error, authentic, header, claims, now } = await explain(verifier, mint());
    expect({ ok, error, authentic, now }).toEqual({ ok: true, error: undefined, authentic: true, now: NOW });
    expect(jwt).toEqual(await verifier.verify(mint()));
    expect({ header, claims }).toEqual({ header: jwt?.header, claims: CLAIMS });
  });

  it('tells the seven steps in the order of the spine', async () => {
    const { steps } = await explained(mint());
    expect(steps.map(({ step }) => step)).toEqual(['parseCompact', 'parseHeader', 'selectIssuer', 'selectKeys',
      'verifySignature', 'parseClaimsSet', 'validateClaims']);
    expect(SPINE_STEPS.map(({ step }) => step)).toEqual(steps.map(({ step }) => step));
    expect(steps[2]?.outcome).toBe('not_asked');
  });

  it('tells the authority, where there are several', async () => {
    const issuers = [{ issuer: 'https://a.example', audience: CLIENT, keys: KEYS }];
    const verifier = createVerifier({ issuers, clock: () => NOW });
    const good = await explain(verifier, mint({ iss: 'https://a.example' }));
    expect(good.steps[2]).toMatchObject({ outcome: 'passed', found: '"https://a.example"' });
    expect(good.rules.find(({ code }) => code === 'issuer_not_allowed')?.asks).toBe('"iss" is "https://a.example"');
    const bad = await explain(verifier, mint());
    expect(bad.steps[2]).toMatchObject({ outcome: 'failed', rule: 'RFC 7519 §4.1.1' });
    expect(bad.findings.map(({ kind }) => kind)).toEqual(['issuer_unknown']);
  });

  it('asks the rules after a broken one too, but for the checks of the caller', async () => {
    const check = vi.fn(() => false);
    const token = mint({ exp: NOW - 1, aud: 'else' });
    const { rules, error } = await explained(token, { checks: { mine: check } });
    expect(rules.filter(({ outcome }) => outcome === 'failed').map(({ code }) => code))
      .toEqual(['token_expired', 'audience_not_allowed', 'audience_not_allowed']);
    expect(error?.code).toBe('token_expired');
    expect(rules.at(-1)).toMatchObject({ code: 'check_failed', outcome: 'not_reached', asks: 'your own checks mine' });
    expect(check).not.toHaveBeenCalled();
    const alone = await explained(mint(), { checks: { mine: check } });
    expect(alone.rules.at(-1)).toMatchObject({ outcome: 'failed', found: 'the check "mine" did not pass' });
  });

  it('believes nothing in the payload before the signature has held', async () => {
    const { rules, authentic, claims } = await explained(mint().replace(/[^.]*$/, 'AAAA'));
    expect(rules.length).toBeGreaterThan(20);
    expect(rules.every(({ outcome }) => outcome === 'not_reached')).toBe(true);
    expect({ authentic, claims }).toEqual({ authentic: false, claims: CLAIMS });
  });

  it.each([undefined, null, 7, {}, ['a'], Symbol('x')])('is given for %s, which is no token', async (value) => {
    const { error, findings } = await explain(googleVerifier(), value as string);
    expect(error?.code).toBe('malformed_compact');
    expect(findings.map(({ kind }) => kind)).toEqual(['not_a_string']);
  });

  it('is given for every text near a token', async () => {
    const token = mint();
    const verifier = googleVerifier();
    for (let i = 1; i < token.length; i += 7) {
      for (const text of [token.slice(0, i), token.slice(i), `${token.slice(0, i)}\ud83d${token.slice(i)}`]) {
        expect((await explain(verifier, text)).error).toBeInstanceOf(JwtError);
      }
    }
  });
});

describe('a rule is not asked', () => {
  it.each<[string, string, object, object]>([
    ['token_too_old', 'iat', {}, { maxAge: 600 }],
    ['subject_mismatch', 'sub', {}, { subject: '1101' }],
    ['authorized_party_not_allowed', 'azp', { azp: 'x' }, { authorizedParty: 'x' }],
    ['hosted_domain_not_allowed', 'hd', { hd: 'a.example' }, { hostedDomain: 'a.example' }],
    ['email_not_verified', 'email_verified', { email_verified: true }, { requireVerifiedEmail: true }],
  ])('%s, unless the option is there', async (code, claim, claims, option) => {
    expect(await rule(mint(claims), code, claim)).toMatchObject([{ outcome: 'not_asked' }]);
    expect(await rule(mint(claims), code, claim, option)).toMatchObject([{ outcome: 'passed' }]);
  });

  it('nonce, unless the call has one', async () => {
    const outcome = async (call: object) =>
      (await explain(googleVerifier(), mint({ nonce: 'n' }), call)).rules.find(({ code }) => code === 'nonce_mismatch');
    expect(await outcome({})).toMatchObject({ outcome: 'not_asked' });
    expect(await outcome({ nonce: 'n' })).toMatchObject({ outcome: 'passed' });
    expect(await outcome({ nonce: 'm' })).toMatchObject({ outcome: 'failed' });
  });

  it.each<[string, string, object]>([
    ['token_not_yet_valid', 'nbf', { nbf: NOW }], ['claim_invalid', 'jti', { jti: 'x' }],
  ])('%s, unless the claim is there', async (code, claim, claims) => {
    expect(await rule(mint(), code, claim)).toMatchObject([{ outcome: 'not_asked' }]);
    expect(await rule(mint(claims), code, claim)).toMatchObject([{ outcome: 'passed' }]);
  });

  it('issuer and audience, where they are deliberately unchecked', async () => {
    const verifier = createVerifier({ issuer: null, audience: null, keys: KEYS, clock: () => NOW });
    const { rules } = await explain(verifier, mint());
    const codes = ['issuer_not_allowed', 'audience_not_allowed', 'check_failed'];
    expect(rules.filter(({ code }) => codes.includes(code)).map(({ outcome }) => outcome))
      .toEqual(['not_asked', 'not_asked', 'not_asked']);
  });
});

describe('keys over the network', () => {
  const issuer = createTestIssuer({ issuer: 'https://issuer.example', audience: 'api', clock: () => NOW });
  const made = () => createVerifier({
    issuer: 'https://issuer.example', audience: 'api', clock: () => NOW,
    keys: createRemoteKeySet('https://issuer.example/certs', { fetch: issuer.fetch }),
  });

  it('are waited for, and each step is told once', async () => {
    const { ok, steps, rules } = await explain(made(), issuer.mint());
    expect(ok).toBe(true);
    expect(steps).toHaveLength(7);
    expect(new Set(rules.map(({ asks }) => asks)).size).toBe(rules.length);
  });

  it('that cannot be had leave the token undecided', async () => {
    const verifier = createVerifier({
      issuer: 'https://issuer.example', audience: 'api', clock: () => NOW,
      keys: createRemoteKeySet('https://issuer.example/certs', { fetch: () => Promise.reject(new Error('down')) }),
    });
    const { error, steps } = await explain(verifier, issuer.mint(), { forceKeyRefresh: true });
    expect(error?.code).toBe('keys_unavailable');
    expect(steps.find(({ outcome }) => outcome === 'failed')?.step).toBe('selectKeys');
  });
});

describe('a mistake of the caller is a TypeError', () => {
  it.each([{}, null, undefined, 'x', { verify() {} }])('%j is no verifier', async (value) => {
    await expect(explain(value as unknown as Verifier, mint())).rejects.toThrow(TypeError);
  });

  it('as with verify', async () => {
    const verifier = googleVerifier();
    await expect(explain(verifier, mint(), { nonce: '' })).rejects.toThrow(TypeError);
    await expect(explain(verifier, mint(), { nonse: 'x' } as object)).rejects.toThrow('nonse');
    const wrong = createVerifier({ issuer: null, audience: null, keys: createKeySet({ keys: [] }), clock: () => 1e15 });
    await expect(explain(wrong, mint())).rejects.toThrow(TypeError);
  });
});
