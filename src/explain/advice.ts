/**
 * What to do about a refusal: for each code what was looked at, the likely cause, and the next step.
 *
 * Fixed text. What is special to one token is found by the diagnosis.
 *
 * @module
 */

import type { RefusalCode } from '../jose/errors.ts';
import { CLAIM_ADVICE } from './claim-advice.ts';
import { settledBy } from './finding-advice.ts';

/** Three answers for whoever holds the refused token. */
export interface Advice {
  readonly lookedAt: string;
  readonly likelyCause: string;
  readonly nextStep: string;
}

type Row = readonly [lookedAt: string, likelyCause: string, nextStep: string];

/** Does not compile when a code is missing. No two rows share a text: a test sees to it. */
const ADVICE: Readonly<Record<RefusalCode, Row>> = Object.freeze({
  token_too_long: [
    'How many characters the token has, before anything in it.',
    'Several tokens, a whole cookie or a file was sent. Or the issuer puts every group of a user into its tokens.',
    'Look at what arrives. If the issuer\'s tokens are truly that long, set maxTokenLength a little above them.',
  ],
  malformed_compact: [
    'Whether it is a string of exactly three parts joined by two dots.',
    'It is no signed JWT: an opaque access token, an encrypted JWT (five parts), an API key, "undefined", half a copy.',
    'Send the JWT itself, whole, and find the place in your code that sends something else.',
  ],
  invalid_base64url: [
    'Every character of the part concerned, and the spare bits of its last one.',
    'It was changed on its way: a line break, "=" padding, the "+" and "/" of ordinary Base64, a URL\'s %-encoding.',
    'Go to the place that is shown, copy the token again from its source, and encode as base64url without padding.',
  ],
  invalid_utf8: [
    'The octets of a decoded part, which must be UTF-8.',
    'The signer wrote its JSON in ISO 8859-1 or UTF-16, or the part is binary and no JSON at all.',
    'Have the signer encode its JSON as UTF-8. Nothing can be mended here: those octets are what was signed.',
  ],
  invalid_json: [
    'The decoded text of a part: one JSON object, at most 32 deep, finite numbers, no byte order mark.',
    'A part that is empty, plain text, an array, JSON encoded twice, or NaN out of a lenient serializer.',
    'Decode that part and give it to any JSON parser; then mend the program that writes it.',
  ],
  duplicate_member: [
    'The names of all members of the JSON object, at every depth.',
    'A signer that joins strings into JSON, or middleware that adds a claim which is there already; or an attack.',
    'Have the signer write each name once. Two readers would take two different values: treat it as hostile till then.',
  ],
  header_invalid: [
    'The types of "alg", "kid", "typ" and "cty" in the JOSE Header.',
    'A signer made at home: "alg" left out, or a key ID that is a number.',
    'Make each of the four a JSON string where it is there at all; "alg" always must be.',
  ],
  algorithm_not_allowed: [
    '"alg" in the header, against the algorithms allowed here and the one that the key is for.',
    'The issuer signs with an algorithm you did not configure. Or someone tries "none", or a public key as a secret.',
    'If the issuer documents that algorithm, allow it by name (algorithms, --alg), with its key. Never ask the token.',
  ],
  critical_header_unsupported: [
    'Whether the header has "crit" or "b64".',
    'The token needs an extension: an unencoded payload, or one agreed upon in a closed system.',
    'Ask the issuer for tokens without it. What is critical cannot be skipped; that is all "crit" says.',
  ],
  type_not_allowed: [
    '"typ" and "cty" in the header, against the types accepted here.',
    'Another kind of token from the same issuer: an access token (at+jwt), a logout token, a token within a token.',
    'Send the kind that is meant here. If that is this kind, say so: typ: "at+jwt", or --typ at+jwt.',
  ],
  key_not_found: [
    'The key ID ("kid") in the header, among the IDs of the keys at hand.',
    'The issuer has rotated its keys since these were had, or the token is another project\'s and so is its key.',
    'Compare "iss" with whose keys these are. If they agree, have the keys anew (a fresh file, forceKeyRefresh).',
  ],
  key_unusable: [
    'The key that the token means: its use, operations, size, and the dates of its certificate.',
    'A key for encryption, a certificate out of its dates, a secret shorter than its hash, two keys with one ID.',
    'Run "assay keys" on the set: it says what each key is good for. Then mend the set, or give the right key.',
  ],
  keys_unavailable: [
    'The address at which the issuer publishes its keys.',
    'No way there from this machine (proxy, firewall, DNS), the server is down, or the address is not that of keys.',
    'Run "assay keys URL" on this very machine. Nothing was decided about the token: it may be good.',
  ],
  signature_invalid: [
    'The signature, over the exact characters before the second dot, with the key that was chosen.',
    'A claim edited after signing, a signature cut or replaced on the way, or another key under the same ID.',
    'Try a fresh token straight from the issuer. If that one fails too, these keys belong to someone else.',
  ],
  claim_missing: [
    'Whether every claim that must be there is there, whatever its value.',
    'A token of another kind, or an issuer that was not told to include this claim.',
    'Have the issuer include the claim. Only if you never read it, take it off requiredClaims.',
  ],
  claim_invalid: [
    'The JSON type of the claim.',
    'A signer with types of its own: a list for one string, or null where the claim should have been left out.',
    'Have the signer write the type that the rule names. Nothing is converted here: others would convert differently.',
  ],
  issuer_not_allowed: [
    '"iss", compared character for character with every issuer configured.',
    'Another spelling (https:// or a slash at the end), another tenant or environment, or a stranger\'s token.',
    'If it is from whom you trust, configure "iss" exactly as the token has it; otherwise get a token from there. '
      + 'Envoy and ESPv2 say "Jwt issuer is not configured" then; on Cloud Run, IAM in front of you may say it too.',
  ],
  audience_not_allowed: [
    '"aud", among the names by which this verifier goes.',
    'The token was made for another application: another client ID, another API, another environment.',
    'Ask for a token with your own audience. Add the other one here only if that application is yours as well.',
  ],
  authorized_party_not_allowed: [
    '"azp", among the clients that authorizedParty names.',
    'Another client asked for this token: your Android or iOS app where the web client was expected, say.',
    'Add that client ID to authorizedParty if it is yours, or sign in through a client that is listed.',
  ],
  subject_mismatch: [
    '"sub", against the one subject expected.',
    'Someone else is signed in: a second account in the browser, or another service account.',
    'Sign in as the account expected, or take the subject option away if any account will do.',
  ],
  token_expired: [
    '"exp", against the clock of this verifier.',
    'An old token, kept in a cache, a tab or a test file; if it is off by seconds or minutes, a clock.',
    'Get a fresh token. If fresh ones fail too, set the clocks by NTP, and allow a few seconds of leeway.',
  ],
  token_not_yet_valid: [
    '"nbf", against the clock here.',
    'This machine\'s clock is slow, or the token was made for later on purpose.',
    'Check the time of both machines. What remains between good clocks is for leeway.nbf, 30 seconds by default.',
  ],
  token_issued_in_future: [
    '"iat", against this machine\'s time.',
    'The issuer\'s clock is ahead of this one; or "iat" is in milliseconds.',
    'Synchronize whichever clock is wrong; leeway.iat (30 seconds by default) covers the rest.',
  ],
  token_too_old: [
    'How long ago "iat" was, against maxAge.',
    'A token that is still valid but was issued, or its user signed in, longer ago than you allow.',
    'Have the user sign in again. If that happens too often, maxAge is shorter than your sessions.',
  ],
  lifetime_too_long: [
    'The time from "iat" to "exp", against maxLifetime.',
    'An issuer configured for long-lived tokens, or one that writes "exp" in milliseconds.',
    'Shorten the lifetime at the issuer; raise maxLifetime only if a stolen token may live that long.',
  ],
  hosted_domain_not_allowed: [
    '"hd", among the organisations that hostedDomain names.',
    'The user chose a private Google account, which has no "hd", or one of another organisation.',
    'Have them choose the account of your organisation. The e-mail\'s domain does not replace "hd".',
  ],
  email_not_verified: [
    '"email_verified", which must be true.',
    'Google has not seen that the user reads this address, or the token was asked for without the scope "email".',
    'Have the user verify the address with Google, or stop relying on it: the identity is "sub".',
  ],
  nonce_mismatch: [
    '"nonce", against the one made for this sign-in.',
    'The answer of another attempt: two tabs, the back button, a page reloaded, a lost cookie; or a replayed token.',
    'Start the sign-in over. If it fails every time, the nonce does not survive from the start to the answer.',
  ],
  access_token_mismatch: [
    '"at_hash", against the hash of the access token beside it.',
    'The two tokens are from two answers, or the ID token came without "at_hash".',
    'Take both from the same answer of the token endpoint, and pass the access token unchanged.',
  ],
  check_failed: [
    'What one of your own checks makes of header and claims.',
    'The claims are not what it wants, it threw, or it returned something other than true: a Promise, for one.',
    'Run that check with the claims below. It must be synchronous and return true.',
  ],
});

/**
 * The advice for a code, and where it depends on the claim, for that claim.
 *
 * @param kinds of what was found in the token: what they settle takes the place of the general cause and step.
 */
export function adviceFor(code: RefusalCode, claim?: string, kinds: readonly string[] = []): Advice {
  const own = claim === undefined ? undefined : CLAIM_ADVICE.get(`${code} ${claim}`);
  const [lookedAt, likelyCause, nextStep] = own ?? ADVICE[code];
  const settled = settledBy(kinds);
  return { lookedAt, likelyCause: settled?.likelyCause ?? likelyCause, nextStep: settled?.nextStep ?? nextStep };
}

/** Every code, in the order of the contract, with the claims for which there is advice of its own. */
export function listAdvice(): readonly (Advice & { readonly code: RefusalCode; readonly claim?: string })[] {
  const codes = Object.keys(ADVICE) as RefusalCode[];
  return codes.flatMap((code) => {
    const claims = [...CLAIM_ADVICE.keys()].map((key) => key.split(' ')).filter(([of]) => of === code);
    const special = claims.map(([, claim = '']) => ({ code, claim, ...adviceFor(code, claim) }));
    return [{ code, ...adviceFor(code) }, ...special];
  });
}
