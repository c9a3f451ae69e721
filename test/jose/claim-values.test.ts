import { describe, expect, it } from 'vitest';
import { audiencesOf } from '../../src/jose/claims.ts';
import type { PolicyOptions } from '../../src/jose/policy.ts';
import { refusalOf } from './refusal.ts';
import { CLAIMS, NOW } from './tokens.ts';
import { outcome, validate } from './validate.ts';

describe('times, to the second', () => {
  it.each<[string, object, Partial<PolicyOptions>, string, number?]>([
    ['a second before exp', { exp: NOW + 1 }, {}, 'accepted'],
    ['just before exp', { exp: NOW + 0.001 }, {}, 'accepted'],
    ['in the second of exp', { exp: NOW }, {}, 'token_expired', 0],
    ['a second after exp', { exp: NOW - 1 }, {}, 'token_expired', 1],
    ['exp with leeway, a second before', { exp: NOW - 9 }, { leeway: { exp: 10 } }, 'accepted'],
    ['exp with leeway, at it', { exp: NOW - 10 }, { leeway: { exp: 10 } }, 'token_expired', 10],
    ['exp of zero', { exp: 0 }, {}, 'token_expired', NOW],
    ['exp before 1970', { exp: -5 }, {}, 'token_expired', NOW + 5],
    ['other leeways do not serve exp', { exp: NOW }, { leeway: { nbf: 300, iat: 300 } }, 'token_expired', 0],
    ['nbf now', { nbf: NOW }, { leeway: 0 }, 'accepted'],
    ['nbf in a second', { nbf: NOW + 1 }, { leeway: 0 }, 'token_not_yet_valid', 1],
    ['nbf in a fraction of it', { nbf: NOW + 0.5 }, { leeway: 0 }, 'token_not_yet_valid', 0.5],
    ['nbf within the default leeway', { nbf: NOW + 30 }, {}, 'accepted'],
    ['nbf a second beyond', { nbf: NOW + 31 }, {}, 'token_not_yet_valid', 31],
    ['nbf at its own leeway', { nbf: NOW + 5 }, { leeway: { nbf: 5, iat: 0 } }, 'accepted'],
    ['nbf beyond it', { nbf: NOW + 6 }, { leeway: { nbf: 5, iat: 300, exp: 300 } }, 'token_not_yet_valid', 6],
    ['iat now', { iat: NOW }, { leeway: 0 }, 'accepted'],
    ['iat in a second', { iat: NOW + 1 }, { leeway: 0 }, 'token_issued_in_future', 1],
    ['iat within the default leeway', { iat: NOW + 30 }, {}, 'accepted'],
    ['iat a second beyond', { iat: NOW + 31 }, {}, 'token_issued_in_future', 31],
    ['iat at its own leeway', { iat: NOW + 5 }, { leeway: { iat: 5, nbf: 0 } }, 'accepted'],
    ['iat beyond it', { iat: NOW + 6 }, { leeway: { iat: 5, nbf: 300, exp: 300 } }, 'token_issued_in_future', 6],
    ['iat in milliseconds', { iat: NOW * 1000 }, {}, 'token_issued_in_future', NOW * 999],
    ['as old as may be', { iat: NOW - 60 }, { maxAge: 60 }, 'accepted'],
    ['a second older', { iat: NOW - 61 }, { maxAge: 60 }, 'token_too_old', 1],
    ['as old as may be, with leeway', { iat: NOW - 65 }, { maxAge: 60, leeway: { exp: 5 } }, 'accepted'],
    ['older than that', { iat: NOW - 66 }, { maxAge: 60, leeway: { exp: 5, iat: 300 } }, 'token_too_old', 6],
    ['no age at all', { iat: NOW - 1 }, { maxAge: 0 }, 'token_too_old', 1],
    ['any age, where none is asked', { iat: 0 }, {}, 'accepted'],
    ['as long a life as may be', { iat: NOW - 60, exp: NOW + 60 }, { maxLifetime: 120 }, 'accepted'],
    ['a second longer', { iat: NOW - 60, exp: NOW + 61 }, { maxLifetime: 120 }, 'lifetime_too_long'],
    [
      'longer, though leeway be given', { iat: NOW - 60, exp: NOW + 61 }, { maxLifetime: 120, leeway: 300 },
      'lifetime_too_long',
    ],
    ['exp in milliseconds', { exp: NOW * 1000 }, { maxLifetime: 86_400 }, 'lifetime_too_long'],
    ['any life, where none is asked', { exp: 1e300 }, {}, 'accepted'],
  ])('%s', (_, claims, options, code, skew) => {
    expect(outcome(claims, options)).toBe(code);
    if (code !== 'accepted') expect(refusalOf(() => validate(claims, options)).skew).toBe(skew);
  });

  it.each([
    ['token_expired', { exp: NOW }, 'exp', 'RFC 7519 §4.1.4'],
    ['token_not_yet_valid', { nbf: NOW + 99 }, 'nbf', 'RFC 7519 §4.1.5'],
    ['token_issued_in_future', { iat: NOW + 99 }, 'iat', 'RFC 7519 §4.1.6'],
    ['token_too_old', { iat: 0 }, 'iat', 'RFC 7519 §4.1.6'],
    ['lifetime_too_long', { exp: 1e300 }, 'exp', 'RFC 7519 §4.1.4'],
  ])('%s names the claim and the rule', (code, claims, claim, rule) => {
    const error = refusalOf(() => validate(claims, { maxAge: 3600, maxLifetime: 7200 }));
    expect(error).toMatchObject({ code, claim, rule });
  });

  it('follow the time they are given', () => {
    expect(outcome({}, {}, CLAIMS.exp - 1)).toBe('accepted');
    expect(outcome({}, {}, CLAIMS.exp)).toBe('token_expired');
    expect(outcome({}, {}, CLAIMS.iat - 30)).toBe('accepted');
    expect(outcome({}, {}, CLAIMS.iat - 31)).toBe('token_issued_in_future');
  });
});

describe('issuer, audience and subject', () => {
  const iss = CLAIMS.iss;

  it.each<[unknown, Partial<PolicyOptions>, boolean]>([
    [iss, {}, true], [iss, { issuer: ['x', iss] }, true], ['y', { issuer: null }, true], [`${iss}/`, {}, false],
    [`${iss}.evil`, {}, false],
    [iss.slice(0, -1), {}, false], [iss.toUpperCase(), {}, false], [iss.replace('https', 'http'), {}, false],
    [`${iss}\0`, {}, false],
    ['', {}, false], [` ${iss}`, {}, false], ['é', { issuer: 'e\u0301' }, false],
  ])('iss %o with %o: %s (RFC 7519 §4.1.1)', (value, options, good) => {
    expect(outcome({ iss: value }, options)).toBe(good ? 'accepted' : 'issuer_not_allowed');
  });

  it.each<[unknown, Partial<PolicyOptions>, boolean]>([
    ['api', {}, true], [['api'], {}, true], [['x', 'api'], {}, true], ['b', { audience: ['a', 'b'] }, true],
    [['x'], { audience: null }, true],
    ['x', {}, false], ['', {}, false], [[], {}, false], [[''], {}, false], ['ap', {}, false], ['api2', {}, false],
    ['API', {}, false],
    ['api ', {}, false], ['x,api', {}, false], ['x api', {}, false], [['x', 'y'], { audience: ['a', 'b'] }, false],
  ])('aud %o with %o: %s (RFC 7519 §4.1.3)', (value, options, good) => {
    expect(outcome({ aud: value }, options)).toBe(good ? 'accepted' : 'audience_not_allowed');
  });

  it.each<[string, Partial<PolicyOptions>, boolean]>([
    ['x', {}, true], ['x', { subject: 'x' }, true], ['X', { subject: 'x' }, false], ['', { subject: 'x' }, false],
  ])('sub %o with %o: %s (RFC 7519 §4.1.2)', (value, options, good) => {
    expect(outcome({ sub: value }, options)).toBe(good ? 'accepted' : 'subject_mismatch');
  });

  it.each([
    ['issuer_not_allowed', { iss: 'secret-value' }, 'iss', 'RFC 7519 §4.1.1'],
    ['audience_not_allowed', { aud: ['secret-value'] }, 'aud', 'RFC 7519 §4.1.3'],
    ['subject_mismatch', { sub: 'secret-value' }, 'sub', 'RFC 7519 §4.1.2'],
  ])('%s names the claim and its section, and does not quote it', (code, claims, claim, rule) => {
    const error = refusalOf(() => validate(claims, { subject: 'user-1' }));
    expect(error).toMatchObject({ code, claim, rule });
    expect(JSON.stringify(error) + error.message).not.toContain('secret-value');
  });

  it('audiencesOf reads one string as a list of one, and its own member only', () => {
    expect([audiencesOf({ aud: 'a' }), audiencesOf({ aud: ['a', 'b'] }), audiencesOf({})]).toEqual(
      [['a'], ['a', 'b'], []],
    );
    expect(audiencesOf(Object.create({ aud: 'a' }))).toEqual([]);
  });

  it('audiencesOf leaves out what is no string: its type has been asked for, but under an observer the rules go on', () => {
    expect(audiencesOf({ aud: ['a', 7, null, ['b']] as unknown as string[] })).toEqual(['a']);
  });
});
