/**
 * Google's Extensible Service Proxy, as a policy: from an OpenAPI document and a request's facts to a decision and an
 * answer.
 *
 * Pure: no clock but the verifiers', no network, no process.
 *
 * @module
 */

export { loadOpenApi } from './openapi.ts';
export type { LoadOptions } from './openapi.ts';
export { DEFAULT_LOCATIONS, keySourceOf, policyForAllPaths } from './policy.ts';
export type { AuthProvider, EspPolicy, JwtLocation, KeySource, Operation, SingleIssuer } from './policy.ts';
export { audienceSpellings } from './audience.ts';
export { readRawHeaders } from './request.ts';
export type { EspRequest } from './request.ts';
export { parseRequestPath } from './request-path.ts';
export type { RequestPath } from './request-path.ts';
export { createDecider } from './decide.ts';
export type { Decider, DeciderOptions, Decision, EspCode, EspRefusal, VerifiedToken } from './decide.ts';
export { redactQuery } from './token-location.ts';
export { ESP_ALGORITHMS, ESP_LEEWAY } from './verifiers.ts';
export type { EspVerifierOptions, ProviderKeys } from './verifiers.ts';
export { signatureHeld, wordsFor } from './words.ts';
export type { EspVocabulary, EspWords } from './words.ts';
export { formatRefusal } from './response.ts';
export type { EspResponse, ResponseOptions, ResponseVocabulary } from './response.ts';
export { createHeaderGuard, formatUserInfo, parseClaimHeaders, USER_INFO_HEADER } from './user-info.ts';
export type { ClaimHeader, UserInfo, UserInfoOptions } from './user-info.ts';
