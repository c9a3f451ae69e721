/**
 * What each check demands and why, in our own words, and the file that does it.
 *
 * @module
 */

import type { StepName } from '../../explain/spine-steps.ts';
import type { RefusalCode } from '../../jose/index.ts';

/** A sentence about a rule, and where it is enforced, from the root of the project. */
export interface RuleNote {
  readonly sentence: string;
  readonly file: string;
}

/** About each step of the spine, as long as nothing in it is broken. */
export const STEP_NOTES: Readonly<Record<StepName, RuleNote>> = Object.freeze({
  parseCompact: rule('A token is one string: header, payload and signature, joined by two dots. It is measured before it is read, '
    + 'so that an enormous one costs nothing.', 'src/jose/jws.ts'),
  parseHeader: rule('The header says how the token asks to be checked. It is read strictly: one spelling, one meaning, and nothing '
    + 'critical that we do not understand. What it asks for is not yet believed.', 'src/jose/jws.ts'),
  selectIssuer: rule('Where several authorities are trusted, the issuer is looked up among them, so that nobody\'s key vouches for '
    + 'somebody else. Here there is one, and nothing to choose.', 'src/jose/jwt.ts'),
  selectKeys: rule('The key is found by its ID among the keys that the issuer publishes, and it decides the algorithm. The header '
    + 'only asks.', 'src/jose/key-set.ts'),
  verifySignature: rule('The signature must hold over the characters exactly as they were received, not over a tidied copy. From here '
    + 'on we know who wrote the token.', 'src/jose/jws.ts'),
  parseClaimsSet: rule('Only now is the payload read: canonical base64url, valid UTF-8, one JSON object in which no name stands '
    + 'twice.', 'src/jose/claims.ts'),
  validateClaims: rule('A genuine token need not be for us, or for today. Every claim is asked its rule, in order.', 'src/jose/claims.ts'),
});

const CLAIM_RULES = 'src/jose/claim-rules.ts';
const GOOGLE_RULES = 'src/google/id-token-rules.ts';

/** About each code: what its rule demands, and the file that refuses. */
export const CODE_NOTES: Readonly<Record<RefusalCode, RuleNote>> = Object.freeze({
  token_too_long: rule('A token longer than any honest one is not even looked at.', 'src/jose/jws.ts'),
  malformed_compact: rule('Two dots, no fewer and no more. Five parts would be an encrypted token, which this is not for.',
    'src/jose/jws.ts'),
  invalid_base64url: rule('Only the one canonical spelling of the octets is taken: 64 letters, no padding, spare bits zero. Otherwise '
    + 'one token would have many names.', 'src/jose/base64url.ts'),
  invalid_utf8: rule('JSON in a token is UTF-8. Replacing what is not would make two different names look the same.', 'src/jose/json.ts'),
  invalid_json: rule('One JSON object, nothing before or after it, not too deep, its numbers finite.', 'src/jose/json.ts'),
  duplicate_member: rule('No name may stand twice in an object: two readers would see two different tokens.', 'src/jose/json.ts'),
  header_invalid: rule('"alg" must be there and be a string; so must "kid", "typ" and "cty" where they are there.', 'src/jose/jws.ts'),
  algorithm_not_allowed: rule('The verifier names the algorithms it takes, and the key is for one of them. "none" cannot be named.',
    'src/jose/key-set.ts'),
  critical_header_unsupported: rule('An extension that is marked critical must be understood, or the token refused. We understand none.',
    'src/jose/jws.ts'),
  type_not_allowed: rule('A token of another kind is not for us, whoever has signed it.', 'src/jose/jwt.ts'),
  key_not_found: rule('A token that names a key means that key and no other. If the issuer does not publish it, nobody here can vouch '
    + 'for the token.', 'src/jose/key-set.ts'),
  key_unusable: rule('A key that is weak, private, or meant for something else must not check signatures.', 'src/jose/key-set.ts'),
  keys_unavailable: rule('Without the issuer\'s keys nothing can be said. That is not the token\'s fault: answer 503, not 401.',
    'src/keys/remote-key-set.ts'),
  signature_invalid: rule('One changed bit anywhere, or another key, and the signature no longer holds. There is no "nearly".',
    'src/jose/jws.ts'),
  claim_missing: rule('A claim that we rely on must be there. What is absent cannot be checked, and is no permission.', CLAIM_RULES),
  claim_invalid: rule('Registered claims have a type. A date that is a string would be compared with nothing, and pass.', CLAIM_RULES),
  issuer_not_allowed: rule('The issuer is compared character for character with the one we trust.', CLAIM_RULES),
  audience_not_allowed: rule('The token must be for us. One for another application is no proof of anything to us, even when it is '
    + 'genuine.', CLAIM_RULES),
  authorized_party_not_allowed: rule('The application that asked for the token is one that we accept.', GOOGLE_RULES),
  subject_mismatch: rule('The token is about the person that was expected.', CLAIM_RULES),
  token_expired: rule('The second that "exp" names is the first in which the token is dead.', CLAIM_RULES),
  token_not_yet_valid: rule('Before "nbf" the token does not count; half a minute is forgiven, because clocks differ.', CLAIM_RULES),
  token_issued_in_future: rule('A token from the future has a wrong clock behind it, or a forger.', CLAIM_RULES),
  token_too_old: rule('However long it may live, we take it only so long after it was issued.', CLAIM_RULES),
  lifetime_too_long: rule('More than a day between "iat" and "exp" is no sign-in but an issuer\'s slip.', CLAIM_RULES),
  hosted_domain_not_allowed: rule('The account belongs to an organisation that we accept.', GOOGLE_RULES),
  email_not_verified: rule('Google has verified the e-mail address, and says so by true, not by "true".', GOOGLE_RULES),
  nonce_mismatch: rule('The token was made for this very sign-in, in this very browser.', GOOGLE_RULES),
  access_token_mismatch: rule('The token belongs to the access token that came with it.', GOOGLE_RULES),
  check_failed: rule('Your own checks come last, when everything else is known to be true.', CLAIM_RULES),
});

function rule(sentence: string, file: string): RuleNote {
  return Object.freeze({ sentence, file });
}
