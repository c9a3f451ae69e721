/**
 * Whether a question can be put to a library at all, judged before the library is asked and without knowing the answer.
 *
 * @module
 */

import type { LeewayOption, Question, VectorPolicy } from '../vectors.ts';
import type { Adapter, Feature } from './adapter.ts';
import { hasCertificates, isUnusualPem, membersOf } from './keys.ts';
import { glance, member, textOf } from './reading.ts';

type Leeway = Required<LeewayOption>;

/** As spec-vectors/README.md says for a policy that names none. */
const DEFAULT_LEEWAY: Leeway = { exp: 0, nbf: 30, iat: 30 };
const DEFAULT_MAX_LENGTH = 10_000;

/** What a question asks for that not every library has. */
export function featuresOf({ type, token, keys, policy }: Question): Feature[] {
  if (type === 'thumbprint' || type === 'base64url') return [type];
  const { header, claims } = glance(token);
  const typ = member(header, 'typ');
  const present: Array<readonly [Feature, boolean]> = [
    ['jws', type === 'jws'],
    ['issuers', policy.issuers !== undefined],
    ['issuerList', Array.isArray(policy.issuer) && policy.issuer.length > 1],
    ['google', policy.google !== undefined],
    ['hostedDomain', policy.google?.hostedDomain !== undefined],
    ['authorizedParty', policy.google?.authorizedParty !== undefined],
    ['verifiedEmail', policy.google?.requireVerifiedEmail === true],
    ['nonce', policy.nonce !== undefined],
    ['accessToken', policy.accessToken !== undefined],
    ['requiredClaims', policy.requiredClaims !== undefined],
    ['typ', policy.typ !== undefined],
    ['typList', Array.isArray(policy.typ) && policy.typ.length > 1],
    ['typDefault', type === 'jwt' && policy.typ === undefined && typ !== undefined && !isJwtType(typ)],
    ['subject', policy.subject !== undefined],
    ['maxAge', policy.maxAge !== undefined],
    ['maxLifetime', policy.maxLifetime !== undefined],
    ['lengthCap', textOf(token).length > (policy.maxTokenLength ?? DEFAULT_MAX_LENGTH)],
    ['certificates', hasCertificates(keys)],
    ['pemText', isUnusualPem(keys)],
    ['tokenWithoutKid', header !== undefined && member(header, 'kid') === undefined],
    ['tokenWithoutIat', type === 'jwt' && claims !== undefined && member(claims, 'iat') === undefined],
    ['symmetricKeySet', isSymmetric(policy) && membersOf(keys).length > 1],
    ['publicKeyForHmac', isSymmetric(policy) && membersOf(keys).some((jwk) => member(jwk, 'kty') !== 'oct')],
  ];
  return present.filter(([, is]) => is).map(([feature]) => feature);
}

function isSymmetric({ algorithms = [] }: VectorPolicy): boolean {
  return algorithms.some((alg) => alg.startsWith('HS'));
}

/** RFC 7515 §4.1.9: media types are compared without regard to case, a leading "application/" dropped. */
function isJwtType(typ: unknown): boolean {
  return typeof typ === 'string' && typ.toLowerCase().replace(/^application\//, '') === 'jwt';
}

/** Why the question cannot be put to this library, or undefined if it can. */
export function whyNotApplicable(adapter: Adapter, question: Question): string | undefined {
  for (const feature of featuresOf(question)) {
    const lack = adapter.lacks[feature];
    if (lack !== undefined) return lack;
  }
  if (question.type === 'thumbprint' || question.type === 'base64url') return undefined;
  const allowed = algorithmsFor(adapter, question.policy);
  const alg = member(glance(question.token).header, 'alg');
  const asked = question.policy.algorithms ?? ['RS256'];
  // It was asked to allow what it has not got; what it has never heard of and must refuse is another matter.
  if (allowed.length === 0 || (asked.some((name) => name === alg) && !allowed.some((name) => name === alg))) {
    return `has no ${allowed.length === 0 ? asked.join(', ') : String(alg)}`;
  }
  return question.type === 'jwt' ? whyTimesCannotBeAsked(adapter, question) : undefined;
}

/** What is allowed, of what the library has. */
export function algorithmsFor(adapter: Adapter, policy: VectorPolicy): string[] {
  return (policy.algorithms ?? ['RS256']).filter((alg) => adapter.algorithms.includes(alg));
}

export function leewayOf({ leeway }: VectorPolicy): Leeway {
  return typeof leeway === 'number' ? { exp: leeway, nbf: leeway, iat: leeway } : { ...DEFAULT_LEEWAY, ...leeway };
}

/** The one number that a library with one tolerance is given. */
export function toleranceFor(adapter: Adapter, policy: VectorPolicy): number {
  return typeof adapter.leeway === 'number' ? adapter.leeway : leewayOf(policy).exp;
}

/** A tolerance that cannot be set as asked matters only to a token whose times lie between the two. */
function whyTimesCannotBeAsked(adapter: Adapter, { token, policy, now }: Question): string | undefined {
  if (adapter.leeway === 'each' || now === undefined) return undefined;
  const wanted = leewayOf(policy);
  const has = toleranceFor(adapter, policy);
  const { claims } = glance(token);
  const differs = (name: keyof Leeway): boolean => {
    const time = member(claims, name);
    if (typeof time !== 'number') return false;
    const passes = (leeway: number): boolean => (name === 'exp' ? now < time + leeway : time - leeway <= now);
    return passes(wanted[name]) !== passes(has);
  };
  const claim = (['exp', 'nbf', 'iat'] as const).find(differs);
  if (claim === undefined) return undefined;
  return typeof adapter.leeway === 'number'
    ? `its tolerance is fixed at ${adapter.leeway} s`
    : `has one tolerance for all times, here given that of "exp"; ${claim} needs its own`;
}
