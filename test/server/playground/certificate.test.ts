/** The certificate as a layout of an explanation: what stands together, in which order, and whose words it has. */
import { describe, expect, it } from 'vitest';
import type { ExplainedRule, ExplainedStep, Explanation } from '../../../src/explain/explanation.ts';
import { SPINE_STEPS } from '../../../src/explain/spine-steps.ts';
import { JwtError, REFUSALS, type RefusalCode } from '../../../src/jose/index.ts';
import { certificateOf } from '../../../src/server/playground/certificate.ts';
import { CODE_NOTES, STEP_NOTES } from '../../../src/server/playground/rule-book.ts';
import { createTestIssuer } from '../../../src/testing/index.ts';

const step = (name: string, over: Partial<ExplainedStep> = {}): ExplainedStep[] =>
  SPINE_STEPS.filter((words) => words.step === name).map(({ step: own, title, rule }) => ({
    step: own, title, rule, asks: `asks ${own}`, found: `found ${own}`, outcome: 'passed', ...over,
  }));
const rule = (code: RefusalCode, over: Partial<ExplainedRule> = {}): ExplainedRule =>
  ({ code, rule: REFUSALS[code][0], asks: `asks ${code}`, found: `found ${code}`, outcome: 'passed', ...over });
const certify = (over: Partial<Explanation> = {}, jwks: readonly object[] = []) =>
  certificateOf('e30.e30.c2ln', { ok: true, now: 1_800_000_000.75, steps: [], rules: [], findings: [], authentic: true, ...over }, jwks);
const checksOf = (...rules: readonly ExplainedRule[]) => certify({ rules }).checks;
const { jwks: { keys }, kid } = createTestIssuer();

describe('the verdict', () => {
  it('is "accepted" where nothing was found, and nothing else is said', () => {
    const { verdict, headline, at, parts, ...others } = certify({
      jwt: { header: { alg: 'RS256' }, claims: {}, key: { alg: 'RS256' } } as unknown as NonNullable<Explanation['jwt']>,
    });
    expect([verdict, at, parts.length]).toEqual(['accepted', '2027-01-15T08:00:00Z', 3]);
    expect(headline).toContain('RS256');
    expect(others).toEqual({ checks: [], notAsked: [], findings: [], authentic: true });
  });

  it('is "refused" with a code, its section, advice and findings, fit to be shown', () => {
    const advice = { lookedAt: 'a', likelyCause: 'b', nextStep: 'c' };
    const place = { offset: 1, before: 'x', at: 'y', after: 'z' };
    const error = new JwtError('token_expired', { message: 'the token\u202e is old' });
    const certificate = certify({
      ok: false, error, advice, authentic: false,
      findings: [{ kind: 'one', text: 'a\u202eb', place }, { kind: 'two', text: 'c' }],
    });
    expect(certificate).toMatchObject({
      verdict: 'refused', headline: 'The token\\u202e is old.', code: 'token_expired', rule: error.rule, advice, authentic: false,
    });
    expect(certificate.findings).toEqual([{ text: 'a\\u202eb', place }, { text: 'c' }]);
  });

  it('is none where there were no keys to ask', () => {
    const { verdict, headline } = certify({ ok: false, error: new JwtError('keys_unavailable', { message: 'no keys' }) });
    expect([verdict, headline]).toEqual(['undecided', 'No verdict. No keys.']);
  });
});

describe('the parts and the seal', () => {
  it('are read with what the explanation has read', () => {
    const { parts } = certify({ header: {}, claims: { sub: '1' } });
    expect(parts.map(({ members }) => members?.map(({ name }) => name))).toEqual([[], ['sub'], undefined]);
    expect(certify().parts.map(({ text }) => text)).toEqual(['{}', '{}', undefined]);
    expect(certify({ header: { kid } }, keys).seal?.kid).toBe(kid);
  });
});

describe('the steps', () => {
  const names = SPINE_STEPS.map(({ step: name }) => name);

  it('stand first, each with what it is about and a note of its own; the last is told by its rules', () => {
    const { checks } = certify({ steps: names.flatMap((name) => step(name)), rules: [rule('token_expired')] });
    expect(checks.map(({ title, about }) => [title, ...about])).toEqual([
      ['three parts', 'header', 'payload', 'signature'], ['header', 'header'], ['selectIssuer', 'payload.iss'],
      ['key', 'header.alg', 'header.kid', 'key'], ['signature', 'signature', 'seal'], ['claims set', 'payload'],
      ['expiry', 'payload'],
    ]);
    expect(checks[1]).toEqual({
      title: 'header', asks: 'asks parseHeader', found: 'found parseHeader', outcome: 'passed', rule: 'RFC 7515 §4', about: ['header'],
      afterVerdict: false, ...STEP_NOTES.parseHeader,
    });
    expect(checks.map(({ sentence }) => sentence)).toEqual([
      ...names.slice(0, -1).map((name) => STEP_NOTES[name].sentence), CODE_NOTES.token_expired.sentence,
    ]);
  });

  it('are left out where they are not taken, and where one refuses it has the note of the code', () => {
    const { checks } = certify({
      error: new JwtError('key_not_found'),
      steps: [
        ...step('parseHeader', { asks: 'a\u202e', found: 'f\u202e' }), ...step('selectIssuer', { outcome: 'not_asked' }),
        ...step('selectKeys', { outcome: 'failed' }), ...step('verifySignature', { outcome: 'not_reached' }),
        ...step('validateClaims', { outcome: 'not_reached' }),
      ],
    });
    expect(checks.map(({ title, outcome, sentence }) => [title, outcome, sentence])).toEqual([
      ['header', 'passed', STEP_NOTES.parseHeader.sentence], ['key', 'failed', CODE_NOTES.key_not_found.sentence],
      ['signature', 'not_reached', STEP_NOTES.verifySignature.sentence],
    ]);
    expect(checks[0]).toMatchObject({ asks: 'a\\u202e', found: 'f\\u202e' });
    expect(checks[1]?.file).toBe(CODE_NOTES.key_not_found.file);
  });
});

describe('the rules', () => {
  it('of one code stand together, where the first of them does; those that had nothing to ask are told apart', () => {
    const rules = [
      rule('claim_missing', { claim: 'exp' }), rule('token_expired', { claim: 'exp' }), rule('claim_missing', { claim: 'sub' }),
      rule('nonce_mismatch', { outcome: 'not_asked', rule: 'OIDC Core §3.1.3.7' }),
    ];
    const { checks, notAsked } = certify({ rules });
    expect(checks).toEqual([
      {
        title: 'presence', asks: 'asks claim_missing', found: 'found claim_missing', outcome: 'passed', rule: REFUSALS.claim_missing[0],
        about: ['payload.exp', 'payload.sub'], afterVerdict: false, ...CODE_NOTES.claim_missing,
      },
      {
        title: 'expiry', asks: 'asks token_expired', found: 'found token_expired', outcome: 'passed', rule: REFUSALS.token_expired[0],
        about: ['payload.exp'], afterVerdict: false, ...CODE_NOTES.token_expired,
      },
    ]);
    expect(notAsked).toEqual(['asks nonce_mismatch (OIDC Core §3.1.3.7)']);
  });

  it('that are broken speak for themselves, and what was asked after the verdict stands apart', () => {
    const checks = checksOf(
      rule('claim_missing', { claim: 'iat' }), rule('claim_missing', { claim: 'exp', outcome: 'failed' }),
      rule('claim_missing', { claim: 'sub', outcome: 'failed' }), rule('claim_missing', { claim: 'sub', outcome: 'failed' }),
      rule('claim_missing', { claim: 'iss' }), rule('claim_missing', { claim: 'aud' }),
    );
    expect(checks.map(({ outcome, about, afterVerdict }) => [outcome, about.join(), afterVerdict])).toEqual([
      ['passed', 'payload.iat', false], ['failed', 'payload.exp', false], ['failed', 'payload.sub', true],
      ['failed', 'payload.sub', true], ['passed', 'payload.iss,payload.aud', true],
    ]);
  });

  it('that were not reached are shown where they always have something to ask', () => {
    const codes = Object.keys(REFUSALS) as RefusalCode[];
    const unreached = codes.flatMap((code) => [
      rule(code, { outcome: 'not_reached', found: '' }), rule(code, { outcome: 'not_reached', found: '', claim: code }),
    ]);
    expect(checksOf(...unreached).map(({ title, about }) => [title, ...about]).sort()).toEqual([
      ['audience', 'payload.audience_not_allowed'], ['expiry', 'payload.token_expired'], ['issuer', 'payload.issuer_not_allowed'],
      ['length of life', 'payload.lifetime_too_long'], ['presence', 'payload'],
      ['time of issue', 'payload.token_issued_in_future'], ['types', 'payload.claim_invalid'],
    ]);
  });

  it('about types are told in one line, and a broken one in its own words', () => {
    const [types, ...others] = checksOf(
      rule('claim_invalid', { claim: 'iss', rule: 'OIDC Core §2' }), rule('claim_invalid', { claim: 'a\u202e' }),
      rule('claim_invalid', { claim: 'iss' }), rule('claim_invalid', { claim: 'exp', rule: 'RFC 7519 §4.1.4', outcome: 'failed' }),
    );
    expect(types).toMatchObject({
      title: 'types', asks: 'iss, a\\u202e are of their types', found: '', rule: 'RFC 7519 §4.1', file: CODE_NOTES.claim_invalid.file,
    });
    expect(others.map(({ asks, found, rule: section }) => [asks, found, section])).toEqual([
      ['asks claim_invalid', 'found claim_invalid', 'RFC 7519 §4.1.4'],
    ]);
    expect(checksOf(rule('token_expired'), rule('token_expired'))[0]).toMatchObject({
      asks: 'asks token_expired', found: 'found token_expired', rule: REFUSALS.token_expired[0],
    });
  });

  it('of OpenID Connect are enforced in a file of their own', () => {
    const [audience, types, own] = checksOf(
      rule('audience_not_allowed', { rule: 'OIDC Core §3.1.3.7' }), rule('claim_invalid', { rule: 'OIDC Core §2' }),
      rule('issuer_not_allowed', { rule: 'RFC 7519 §4.1.1, OIDC' }),
    );
    expect([audience?.file, types?.file, own?.file]).toEqual([
      'src/google/id-token-rules.ts', CODE_NOTES.claim_invalid.file, CODE_NOTES.issuer_not_allowed.file,
    ]);
  });

  it('have a title of a word or two, and what hides is shown', () => {
    const titles = (Object.keys(REFUSALS) as RefusalCode[]).map((code) => [code, checksOf(rule(code))[0]?.title]);
    expect(Object.fromEntries(titles)).toMatchObject({
      token_not_yet_valid: 'not before', nonce_mismatch: 'nonce', hosted_domain_not_allowed: 'hosted domain not allowed',
    });
    const [check] = checksOf(rule('check_failed', { asks: 'a\u202e', found: 'f\u202e' }));
    expect([check?.asks, check?.found]).toEqual(['a\\u202e', 'f\\u202e']);
  });
});

describe('the note on a token from elsewhere', () => {
  const error = new JwtError('key_not_found');
  const header = { kid: 'theirs' };

  it.each([
    [{ iss: 'https://accounts.google.com' }, '--google --audience YOUR_CLIENT_ID'], [{ iss: 'accounts.google.com' }, '--google '],
    [{ iss: 'https://issuer.example' }, '--issuer ITS_ISSUER'], [{}, '--issuer '],
  ])('says to whom it is to be shown: %j', (claims, option) => {
    expect(certify({ error, header, claims }).foreign).toContain(`assay explain ${option}`);
  });

  it('is not there where the key is one of ours, or something else is wrong', () => {
    expect(certify({ error, header }).foreign).toContain('--issuer ');
    expect(certify({ error, header }, keys).foreign).toBeDefined();
    for (const other of [
      certify({ error, header: { kid } }, keys), certify({ error }), certify({ header }),
      certify({ error: new JwtError('signature_invalid'), header }),
    ]) expect(other).not.toHaveProperty('foreign');
  });
});
