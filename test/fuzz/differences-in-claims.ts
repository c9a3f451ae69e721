/**
 * The explained differences that lie in claims.
 *
 * @module
 */

import { createHash } from 'node:crypto';
import { BOTH, SIGNATURE_ALONE, type Difference } from './difference.ts';
import { isObject, own, type Facts } from './facts.ts';
import { ACCESS_TOKEN, AUDIENCE, NOW } from './subjects.ts';

const claim = ({ payload }: Facts, name: string): unknown => own(payload.value, name);
const has = ({ payload }: Facts, name: string): boolean =>
  isObject(payload.value) && Object.hasOwn(payload.value, name);
const audiencesOf = (facts: Facts): readonly unknown[] => [claim(facts, 'aud')].flat();

/** A claim that is a number, asked of; false for anything else. */
const time = (facts: Facts, name: string, is: (value: number) => boolean): boolean => {
  const value = claim(facts, name);
  return typeof value === 'number' && is(value);
};

const isMistyped = (facts: Facts, names: readonly string[], type: string): boolean =>
  names.some((name) => has(facts, name) && typeof claim(facts, name) !== type);

const isAudienceMistyped = (facts: Facts): boolean =>
  has(facts, 'aud') && audiencesOf(facts).some((audience) => typeof audience !== 'string');

const AT_HASH = createHash('sha256').update(ACCESS_TOKEN).digest().subarray(0, 16).toString('base64url');

/** What only Google's preset asks for, so that nobody else can. */
const google = (name: string, code: Difference['codes'][number], rule: string,
  explains: Difference['explains']): Difference => ({
  name: `Google: ${name}`, stricter: 'Assay', than: BOTH, codes: [code], rule,
  explains: (facts) => facts.expected.google && explains(facts),
});

const GOOGLE: readonly Difference[] = [
  google('claim of the wrong type', 'claim_invalid', 'OIDC Core §2, §5.1', (facts) =>
    isMistyped(facts, ['azp', 'email', 'hd', 'nonce', 'at_hash'], 'string')
    || isMistyped(facts, ['email_verified'], 'boolean')),
  google('several audiences and no "azp"', 'claim_missing', 'OIDC Core §3.1.3.7 step 4: our policy', (facts) =>
    audiencesOf(facts).length > 1 && !has(facts, 'azp')),
  google('an audience that we do not know beside ours', 'audience_not_allowed', 'OIDC Core §3.1.3.7 step 3', (facts) =>
    audiencesOf(facts).includes(AUDIENCE) && audiencesOf(facts).some((audience) => audience !== AUDIENCE)),
  google('another authorized party', 'authorized_party_not_allowed', 'OIDC Core §3.1.3.7 step 5', (facts) =>
    claim(facts, 'azp') !== AUDIENCE),
  google('another hosted domain', 'hosted_domain_not_allowed', 'OIDC Core §5.1.2', (facts) =>
    claim(facts, 'hd') !== 'example.com'),
  google('e-mail address not verified', 'email_not_verified', 'OIDC Core §5.1', (facts) =>
    claim(facts, 'email_verified') !== true),
  google('another nonce', 'nonce_mismatch', 'OIDC Core §3.1.3.7 step 11', (facts) => claim(facts, 'nonce') !== 'n-1'),
  google('another access token', 'access_token_mismatch', 'OIDC Core §3.1.3.8', (facts) =>
    claim(facts, 'at_hash') !== AT_HASH),
];

/** Both jose and we ask this, and a signature does not. */
const unread = (name: string, code: Difference['codes'][number], rule: string,
  explains: Difference['explains']): Difference =>
  ({ name, stricter: 'Assay', than: SIGNATURE_ALONE, codes: [code], rule, explains });

/** jose does not ask this, or only within its one tolerance. */
const unasked = (name: string, code: Difference['codes'][number], rule: string,
  explains: Difference['explains']): Difference =>
  ({ name, stricter: 'Assay', than: BOTH, codes: [code], rule, explains });

export const CLAIM_DIFFERENCES: readonly Difference[] = [
  unasked('"sub" or "jti" that is no string', 'claim_invalid', 'RFC 7519 §4.1.2, §4.1.7', (facts) =>
    isMistyped(facts, ['sub', 'jti'], 'string')),
  unasked('an audience beside ours that is no string', 'claim_invalid', 'RFC 7519 §4.1.3', (facts) =>
    audiencesOf(facts).includes(AUDIENCE) && isAudienceMistyped(facts)),
  unread('"iss", "aud" or a time of the wrong type', 'claim_invalid', 'RFC 7519 §4.1', (facts) =>
    isMistyped(facts, ['iss'], 'string') || isMistyped(facts, ['exp', 'nbf', 'iat'], 'number')
    || isAudienceMistyped(facts)),
  unread('required claim missing', 'claim_missing', 'RFC 7519 §4', (facts) =>
    facts.expected.required.some((name) => !has(facts, name))),
  { ...unasked('expired within the tolerance', 'token_expired', 'RFC 7519 §4.1.4: no tolerance unless asked for',
    (facts) => time(facts, 'exp', (exp) => exp <= NOW && NOW - 30 < exp)), than: ['jose'] },
  unread('expired', 'token_expired', 'RFC 7519 §4.1.4', (facts) => time(facts, 'exp', (exp) => exp <= NOW)),
  unread('not valid yet', 'token_not_yet_valid', 'RFC 7519 §4.1.5', (facts) =>
    time(facts, 'nbf', (nbf) => nbf > NOW + 30)),
  unasked('issued in the future', 'token_issued_in_future', 'RFC 7519 §4.1.6: jose asks only beside a "maxTokenAge"',
    (facts) => time(facts, 'iat', (iat) => iat > NOW + 30)),
  { ...unasked('too old within the tolerance', 'token_too_old', 'RFC 7519 §4.1.6', (facts) => time(facts, 'iat',
    (iat) => NOW - iat > (facts.expected.maxAge ?? Infinity) && NOW - iat <= (facts.expected.maxAge ?? 0) + 30)),
  than: ['jose'] },
  unread('too old', 'token_too_old', 'RFC 7519 §4.1.6', (facts) =>
    time(facts, 'iat', (iat) => NOW - iat > (facts.expected.maxAge ?? Infinity))),
  unasked('too long a life', 'lifetime_too_long', 'RFC 8725 §3.10', (facts) => time(facts, 'exp', (exp) =>
    time(facts, 'iat', (iat) => exp - iat > (facts.expected.maxLifetime ?? Infinity)))),
  unread('another issuer', 'issuer_not_allowed', 'RFC 7519 §4.1.1', (facts) =>
    !facts.expected.issuers.some((issuer) => issuer === claim(facts, 'iss'))),
  unread('another audience', 'audience_not_allowed', 'RFC 7519 §4.1.3', (facts) =>
    !audiencesOf(facts).includes(AUDIENCE)),
  unread('another subject', 'subject_mismatch', 'RFC 7519 §4.1.2', (facts) =>
    facts.expected.subject !== undefined && claim(facts, 'sub') !== facts.expected.subject),
  unasked("the caller's own check", 'check_failed', 'RFC 7519 §4.3', (facts) =>
    facts.expected.subject !== undefined && claim(facts, 'scope') !== 'read'),
  ...GOOGLE,
];
