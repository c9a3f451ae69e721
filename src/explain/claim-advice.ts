/**
 * Advice for one claim, where the code's own would be too general.
 *
 * @module
 */

type ClaimRow = readonly [lookedAt: string, likelyCause: string, nextStep: string];

/** `code claim` -> the three texts of an advice. */
export const CLAIM_ADVICE: ReadonlyMap<string, ClaimRow> = new Map<string, ClaimRow>([
  ['claim_missing exp', [
    'Whether the token says when it ends.',
    'A signer that makes tokens without an end. Whoever steals one has it for ever.',
    'Have the signer set "exp". There is no option to do without.',
  ]],
  ['claim_missing iss', [
    'Whether the token says who issued it.',
    'A token signed by hand or by a library that sets no issuer.',
    'Have the signer set "iss". If one key signs for one issuer only, issuer: null leaves it unchecked, in writing.',
  ]],
  ['claim_missing aud', [
    'Whether the token says whom it is for.',
    'An access token where an ID token was meant, or an issuer with no audience configured (Keycloak, Cognito).',
    'Have the issuer set "aud" to your API. A token for nobody in particular is good at every door.',
  ]],
  ['claim_missing iat', [
    'Whether the token says when it was issued, which maxAge, maxLifetime and Google\'s rules need.',
    'A signer that leaves "iat" out: it is optional in RFC 7519.',
    'Have the signer set "iat" to the time of signing, in seconds.',
  ]],
  ['claim_missing sub', [
    'Whether the token says whom it is about.',
    'A token for a machine and not for a user, or not an ID token.',
    'Ask for an ID token (scope "openid"); its "sub" is the account.',
  ]],
  ['claim_missing azp', [
    'Whether a token for several audiences says who asked for it.',
    'A token made for several applications at once, without the authorized party.',
    'Ask for a token with your audience alone. OpenID Connect wants "azp" beside several.',
  ]],
  ['claim_invalid exp', [
    'Whether "exp" is a JSON number.',
    'A date as text ("2024-05-01T12:00:00Z"), or a number in quotes.',
    'Write seconds since 1970 as a bare number: Math.floor(Date.now() / 1000) + 3600.',
  ]],
  ['claim_invalid nbf', [
    'Whether "nbf" is a JSON number.',
    'A start written as text, or null for "at once".',
    'Write seconds since 1970 without quotes, or leave "nbf" out.',
  ]],
  ['claim_invalid iat', [
    'Whether "iat" is a JSON number.',
    'The time of issue written as a date or in quotes.',
    'Write Math.floor(Date.now() / 1000), a number.',
  ]],
  ['claim_invalid aud', [
    'Whether "aud" is a string or an array of strings.',
    'Something else was written for "nobody": null, an object, or a list with something in it that is no string.',
    'Write "aud": "my-api" or "aud": ["my-api"], and nothing else.',
  ]],
  ['claim_invalid email_verified', [
    'Whether "email_verified" is true or false.',
    'The text "true", as Google\'s tokeninfo endpoint and some other issuers write it.',
    'Use the ID token itself and not the answer of tokeninfo; elsewhere have the issuer write a JSON boolean.',
  ]],
]);
