/**
 * What each flag is about. The ids A1 to F13 are those of our catalogue of attacks.
 *
 * @module
 */

export interface Note {
  readonly bugType: string;
  readonly description: string;
  readonly rule: string;
  readonly cves?: readonly string[];
  readonly links?: readonly string[];
}

const OIDC_CORE = 'https://openid.net/specs/openid-connect-core-1_0.html';
const GOOGLE_GUIDE = 'https://developers.google.com/identity/openid-connect/openid-connect#validatinganidtoken';

function note(bugType: string, rule: string, description: string, ...cves: readonly string[]): Note {
  return { bugType, description, rule, ...(cves.length === 0 ? {} : { cves }), links: linksFor(rule) };
}

function linksFor(rule: string): string[] {
  const rfcs = [...rule.matchAll(/RFC (\d+)/g)].map(([, number]) => `https://www.rfc-editor.org/rfc/rfc${number}`);
  return [
    ...new Set(rfcs), ...(rule.includes('OIDC') ? [OIDC_CORE] : []), ...(rule.includes('Google') ? [GOOGLE_GUIDE] : []),
  ];
}

export const NOTES: Readonly<Record<string, Note>> = {
  Control: note('BASIC', 'RFC 7519 §7.2', 'Unusual but right. Whoever refuses it is too strict.'),
  Order: note('EDGE_CASE', 'RFC 7519 §7.2',
    'Wrong in two ways. The refusal that is named is the one that comes first.'),

  A1: note('AUTH_BYPASS', 'RFC 8725 §3.2',
    'An unsecured token ("alg": "none", in whatever spelling) where a signature is demanded.',
    'CVE-2015-2951', 'CVE-2022-23540', 'CVE-2026-28802'),
  A2: note('KEY_CONFUSION', 'RFC 8725 §2.1',
    'An HMAC whose secret is some spelling of the public key, which everybody knows.',
    'CVE-2016-10555', 'CVE-2022-29217', 'CVE-2023-48223', 'CVE-2024-33663', 'CVE-2026-34950', 'CVE-2026-48526',
    'CVE-2026-22817', 'CVE-2026-44699', 'CVE-2026-11800'),
  A3: note('WEAK_KEY', 'RFC 7518 §3.2', 'An HMAC key that is empty, or shorter than the hash.',
    'CVE-2026-44351', 'CVE-2026-45363', 'CVE-2026-49852', 'CVE-2019-20933', 'CVE-2020-28637'),
  A4: note('MODIFIED_PARAMETER', 'RFC 7515 §4.1.1', 'An "alg" that is missing, not a string, or not spelt exactly.'),
  A5: note('KEY_CONFUSION', 'RFC 8725 §3.1',
    'The signature is genuine, but of an algorithm that the verifier or the key does not allow.'),
  A6: note('KEY_CONFUSION', 'RFC 8725 §3.1', 'The key brings its own "alg", and the verifier forgets its own list.',
    'CVE-2026-48523'),
  A7: note('AUTH_BYPASS', 'RFC 7518 §3.4',
    'ECDSA signatures out of range ("psychic" ones), of a wrong length, or in DER.'),
  A8: note('WEAK_KEY', 'RFC 7518 §6.2.1', 'An elliptic-curve key that is no point of the curve it names.'),
  A9: note('EDGE_CASE', 'RFC 7518 §3.2',
    'An HMAC that agrees only in part: a comparison that stops early, or at the shorter length, lets it pass.'),
  A10: note('MALLEABILITY', 'RFC 8032 §5.1.7',
    'Ed25519: S out of range, keys of small order, and the two names of one algorithm.'),

  B1: note('AUTH_BYPASS', 'RFC 8017 §8.2.2',
    'Garbage in the PKCS #1 padding or behind the digest, as in Bleichenbacher\'s forgery of 2006.',
    'CVE-2006-4339', 'CVE-2022-24771', 'CVE-2022-24772', 'CVE-2022-24773', 'CVE-2026-33894', 'CVE-2026-85393'),
  B2: note('LENIENT_PARSER', 'RFC 8017 §9.2', 'A DigestInfo that is not its one DER encoding.', 'CVE-2022-24771',
    'CVE-2022-24772'),
  B3: note('LENIENT_PARSER', 'RFC 8017 §9.2', 'A DigestInfo without the NULL; RFC 8017 lets a verifier take it.'),
  B4: note('MALLEABILITY', 'RFC 8017 §5.2.2', 'A signature that is no number below the modulus, or a trivial one.'),
  B5: note('MALLEABILITY', 'RFC 8017 §8.2.2',
    'A signature that is not exactly as long as the modulus; or is, and begins with a zero octet.'),
  B6: note('WRONG_PRIMITIVE', 'RFC 7518 §3.3',
    'A genuine signature of the right key, with another padding or another hash.'),
  B7: note('WEAK_KEY', 'RFC 7518 §3.3', 'An RSA key shorter than 2048 bits.'),
  B8: note('WEAK_KEY', 'RFC 8017 §3.1', 'A public exponent that is 0, 1, even, small or huge.'),
  B9: note('LENIENT_PARSER', 'RFC 7518 §2',
    'A modulus or exponent that is not written minimally, in canonical base64url.'),
  B10: note('DENIAL_OF_SERVICE', 'RFC 8725 §2.4', 'A modulus so long that one verification takes long.'),
  B11: note('WEAK_KEY', 'RFC 8725 §3.5', 'A modulus that bears the fingerprint of ROCA: it can be factored.',
    'CVE-2017-15361'),
  B12: note('KEY_CONFUSION', 'RFC 7517 §9.2', 'A private or symmetric key where public keys are published.'),
  B13: note('WEAK_KEY', 'RFC 8017 §3.1', 'A modulus that is even, prime, or has a small factor.'),

  C1: note('AUTH_BYPASS', 'RFC 8725 §3.10', 'The token brings its own key ("jwk", "x5c").', 'CVE-2018-0114',
    'CVE-2026-27962', 'CVE-2026-34240'),
  C2: note('AUTH_BYPASS', 'RFC 8725 §3.10', 'The token says where to fetch its key ("jku", "x5u").', 'CVE-2026-48522'),
  C3: note('AUTH_BYPASS', 'RFC 8725 §3.10', 'A key ID that is an injection into a path, a query, a command or a log.'),
  C4: note('MODIFIED_PARAMETER', 'RFC 7515 §4.1.4', 'A key ID that is not a string.'),
  C5: note('KEY_CONFUSION', 'RFC 7515 §4.1.4', 'A key ID that every object of some languages has as a member.'),
  C6: note('KEY_CONFUSION', 'RFC 7515 §4.1.4', 'The key ID names another key, no key, or two.'),
  C7: note('KEY_CONFUSION', 'RFC 8725 §3.8', 'A key of one issuer vouches for another issuer.'),
  C8: note('KEY_CONFUSION', 'RFC 7517 §4.2', 'A key whose "use", "key_ops" or "kty" says that it is not for this.'),
  C9: note('LENIENT_PARSER', 'RFC 7517 §5',
    'A key set of a wrong shape, or with members that cannot be used beside one that can.'),
  Dates: note('KEY_CONFUSION', 'RFC 5280 §4.1.2.5', 'A certificate outside its dates.'),
  Lines: note('LENIENT_PARSER', 'RFC 7468 §3', 'A PEM that is not lines of base64 between two boundaries.'),

  D1: note('LENIENT_PARSER', 'RFC 7519 §7.2', 'Not three parts joined by dots, or something around them.'),
  D2: note('AUTH_BYPASS', 'RFC 7515 §5.2', 'An empty signature.', 'CVE-2020-28042'),
  D3: note('AUTH_BYPASS', 'RFC 7519 §7.2', 'An encrypted token (JWE) where a signed one is demanded.',
    'CVE-2026-29000'),
  D4: note('LENIENT_PARSER', 'RFC 7515 §2',
    'Base64url with padding, whitespace, or characters that are not of its alphabet.'),
  D5: note('MALLEABILITY', 'RFC 4648 §3.5', 'Unused trailing bits that are not zero: two spellings of one token.'),
  D6: note('LENIENT_PARSER', 'RFC 7515 §4, RFC 7519 §4', 'A JSON object with two members of one name.'),
  D7: note('LENIENT_PARSER', 'RFC 7515 §5.2, RFC 7519 §7.2',
    'Octets that are not UTF-8: two tokens may show the same text.'),
  D8: note('LENIENT_PARSER', 'RFC 8259 §2', 'Almost JSON.'),
  D9: note('LENIENT_PARSER', 'RFC 7519 §7.2', 'Valid JSON that is not an object, or nothing at all.'),
  D10: note('CLAIM_BYPASS', 'RFC 7519 §4', 'Members that some languages would find on every object, or inherit.',
    'CVE-2024-34273'),
  D11: note('EDGE_CASE', 'RFC 8259 §8.2', 'Lone surrogates, deep nesting, numbers out of range.'),
  D12: note('EDGE_CASE', 'RFC 7515 §4', 'A "zip" member in a JWS: unknown there, and to be ignored.'),
  D13: note('LENIENT_PARSER', 'RFC 7519 §7.2', 'A token that is not a string.'),

  E1: note('AUTH_BYPASS', 'RFC 7515 §4.1.11', 'A critical extension that the verifier does not know.', 'CVE-2025-59420',
    'CVE-2026-32597'),
  E2: note('LENIENT_PARSER', 'RFC 7515 §4.1.11', 'A "crit" that is malformed.'),
  E3: note('AUTH_BYPASS', 'RFC 7797 §7', 'An unencoded payload ("b64": false), which a JWT must not have.',
    'CVE-2026-48525'),
  E4: note('CLAIM_BYPASS', 'RFC 8725 §3.11', 'A token of another type, made for another purpose.'),

  F1: note('CLAIM_BYPASS', 'RFC 7519 §4.1.4', 'An "exp" that is not a number, and so perhaps never compared.',
    'CVE-2026-25537', 'CVE-2026-44459'),
  F2: note('CLAIM_BYPASS', 'RFC 7519 §4.1.4', 'An "exp" of zero or less, which some languages take for absent.',
    'CVE-2026-44459'),
  F3: note('CLAIM_BYPASS', 'RFC 7519 §2', 'A time beyond all measure: infinite, in milliseconds, or years ahead.'),
  F4: note('CLAIM_BYPASS', 'RFC 7519 §4.1.4', 'An "exp" that is missing, or is this very second.'),
  F5: note('CLAIM_BYPASS', 'RFC 7519 §4.1.5', 'An "nbf" in the future, or not a number.'),
  F6: note('CLAIM_BYPASS', 'RFC 7519 §4.1.6', 'An "iat" in the future, or not a number.'),
  F7: note('EDGE_CASE', 'RFC 7519 §4.1.4', 'Times to the second, with and without leeway.'),
  F8: note('CLAIM_BYPASS', 'RFC 7519 §4.1.3', 'An audience that only resembles the one that is meant.',
    'CVE-2020-26160', 'CVE-2025-62610'),
  F9: note('CLAIM_BYPASS', 'RFC 7519 §4.1.1', 'An issuer that only resembles the one that is trusted.',
    'CVE-2024-53861'),
  F10: note('DENIAL_OF_SERVICE', 'RFC 7519 §4.1.3',
    'A name with characters that mean something in a regular expression.', 'CVE-2026-35041'),
  F11: note('CLAIM_BYPASS', 'RFC 7519 §4.1.2, OIDC Core §3.1.3.7',
    'A claim of a wrong type, missing, or of another session.'),
  F12: note('CLAIM_BYPASS', 'OIDC Core §3.1.3.7, Google guide',
    'What Google demands of whoever accepts its ID tokens.'),
  F13: note('AUTH_BYPASS', 'RFC 7515 §5.2',
    'Forged, and wrong in a claim too: the signature must be what is found wrong.', 'CVE-2021-22573'),

  H1: note('DENIAL_OF_SERVICE', 'RFC 8259 §9', 'A token that is too long, or of far too many parts.', 'CVE-2025-30204',
    'CVE-2025-27144'),
};
