/**
 * The page "How a token is verified", `lessons.md`: ten steps over the octets of one token, computed as it is written.
 *
 * @module
 */

import {
  EXPONENT, hex, hexEnds, LESSON_CLAIMS, LESSON_JWK, LESSON_NOW, LESSON_TOKEN, MODULUS, PARTS, SIGNATURE, SIGNING_HASH, SIGNING_INPUT,
  SPKI, THUMBPRINT, unfold,
} from './lesson.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The whole page, as Markdown. */
export function lessonsPage(): string {
  const steps = [count, decode, read, header, key, spki, hash, signature, payload, claims];
  return [PREAMBLE, ...steps.map((step, index) => `## ${index + 1}. ${step()}\n`), CLOSING].join('\n');
}

const PREAMBLE = `\
# How a token is verified

Ten short steps over one real token. Every number and octet on this page is computed by
[lessons-page.ts](../../test/explain/lessons-page.ts) from the token and the key below, and a test checks them again by other means. The order
is that of [one function of thirty lines](../jose/jwt.ts), \`verifyWith\`, which \`assay explain\` tells step by step for a token of yours.

![The three parts of the token, and what they decode to](token.svg)

    ${LESSON_TOKEN.match(/.{1,100}/g)?.join('\n    ')}
`;

const CLOSING = `\
![The steps of a verification, and what each may refuse a token with](flow.svg)

## Try it

Save the key as \`key.json\`, change a letter of the token, and see which step catches it; \`assay playground\` does so at the press of a button.

    assay explain --issuer ${LESSON_CLAIMS.iss} --audience ${LESSON_CLAIMS.aud} --keys key.json --at ${LESSON_NOW} -

\`\`\`json
${JSON.stringify(LESSON_JWK)}
\`\`\`

The codes, with causes and remedies, are in [codes.md](codes.md).
`;

function count(): string {
  const second = SIGNING_INPUT.length;
  return `Count, before anything else: [jws.ts](../jose/jws.ts)

The token has ${LESSON_TOKEN.length} characters; more than 10,000 would not be looked at. It has two dots, at offsets ${PARTS.header.length} and ${second}, so
three parts: ${PARTS.header.length} + ${PARTS.payload.length} + ${PARTS.signature.length} characters. No part is believed yet (RFC 7515 §7.1).`;
}

function decode(): string {
  const first = PARTS.header.slice(0, 4);
  const bits = [...first].map((letter) => LETTERS.indexOf(letter).toString(2).padStart(6, '0'));
  const octets = Buffer.from(first, 'base64url');
  const last = PARTS.signature.slice(-1);
  const twin = LETTERS.charAt(LETTERS.indexOf(last) + 1);
  return `One spelling for every octet: [base64url.ts](../jose/base64url.ts)

Four letters carry three octets, six bits a letter (RFC 4648 §5):

    ${[...first].join('       ')}
    ${bits.join('  ')}   six bits each
    ${hex(octets).split(' ').join('        ')}   eight bits each: ${octets.toString('ascii')}

The signature ends in \`${last}\`, ${LETTERS.indexOf(last).toString(2).padStart(6, '0')} in bits, and its last two bits belong to no octet. With \`${twin}\`, ${LETTERS.indexOf(twin).toString(2).padStart(6, '0')},
most decoders see the same ${SIGNATURE.length} octets: a second token that is the first one, for whoever keeps a list of those that are revoked. Here spare
bits must be zero: \`invalid_base64url\`.`;
}

function read(): string {
  const octets = Buffer.from(PARTS.header, 'base64url');
  return `JSON that can be read in one way only: [json.ts](../jose/json.ts)

The header is ${octets.length} octets, ${hex(octets.subarray(0, 6))} …, which are UTF-8:

    ${octets.toString('utf8')}

Had it two members of one name, \`{"alg":"RS256","alg":"none"}\`, one reader would take the first and another the last. Here neither is taken:
\`duplicate_member\`. Nor is a byte order mark, \`1e999\`, or what is not UTF-8 (RFC 8259, RFC 7493).`;
}

function header(): string {
  return `The header asks, and does not decide: [jws.ts](../jose/jws.ts)

It asks for the key \`${LESSON_JWK.kid}\` and the algorithm \`RS256\`. Both are strings, \`typ\` is what is expected here, and there is no \`crit\`, which would
demand what this verifier does not know. A key or an address in the header (\`jwk\`, \`jku\`, \`x5u\`) would not be looked at: whoever forges a
token can write that as well (RFC 7515 §4, RFC 8725 §3.1).`;
}

function key(): string {
  return `The key decides: [key-set.ts](../jose/key-set.ts), [jwa.ts](../jose/jwa.ts)

\`RS256\` is in the verifier's own list; \`none\` never can be. Of the issuer's keys exactly those called \`${LESSON_JWK.kid}\` are asked, and this one is an RSA
key, for signatures, for RS256:

    { "kty": "${LESSON_JWK.kty}", "kid": "${LESSON_JWK.kid}", "alg": "${LESSON_JWK.alg}", "use": "${LESSON_JWK.use}",
      "n": "${LESSON_JWK.n.slice(0, 40)}…", "e": "${LESSON_JWK.e}" }

Had the token asked for \`HS256\`, the public key would not have become its secret: an RSA key makes no HMAC (\`algorithm_not_allowed\`).`;
}

function spki(): string {
  return `From two numbers to a key: [jwk.ts](../jose/jwk.ts), [spki.ts](../jose/spki.ts), [der.ts](../jose/der.ts)

\`e\` is ${hex(EXPONENT)}, that is ${Number(`0x${EXPONENT.toString('hex')}`)}. \`n\` is ${MODULUS.length} octets, ${hexEnds(MODULUS, 4, 2)}: ${MODULUS.length * 8} bits, odd, with no small factor. In DER,
the form that \`node:crypto\` takes, they are a SubjectPublicKeyInfo of ${SPKI.length} octets (RFC 5280 §4.1, RFC 8017 A.1.1):

    ${hex(SPKI.subarray(0, 4))}                                       SEQUENCE of ${SPKI.readUInt16BE(2)} octets
    ${hex(SPKI.subarray(4, 19))}      rsaEncryption, NULL
    ${hex(SPKI.subarray(19, 24))}                                    BIT STRING of ${SPKI.readUInt16BE(21)} octets, none of its bits unused
    ${hex(SPKI.subarray(24, 28))}                                       SEQUENCE of ${SPKI.readUInt16BE(26)} octets
    ${hex(SPKI.subarray(28, 37))} …                      INTEGER n; 00 keeps it positive
    ${hex(SPKI.subarray(289))}                                    INTEGER e

Its thumbprint (RFC 7638) is \`${THUMBPRINT}\`.`;
}

function hash(): string {
  return `What was signed: [jws.ts](../jose/jws.ts)

The first ${SIGNING_INPUT.length} characters, up to the second dot, exactly as they came; never what they decode to. Their SHA-256 is

    ${hex(SIGNING_HASH.subarray(0, 16))}
    ${hex(SIGNING_HASH.subarray(16))}`;
}

function signature(): string {
  const block = unfold(SIGNATURE);
  const flipped = Buffer.from(SIGNATURE);
  flipped[flipped.length - 1] = (flipped[flipped.length - 1] ?? 0) ^ 1;
  const padding = block.indexOf(0, 2) - 2;
  return `The signature, unfolded: [jws.ts](../jose/jws.ts)

The signature is a number of ${SIGNATURE.length} octets. Raised to \`e\`, modulo \`n\`, it becomes (RFC 8017 §8.2.2, §9.2):

    ${hex(block.subarray(0, 2))}                                             the beginning
    ff … ff                                           ${padding} times
    00                                                the end of the padding
    ${hex(block.subarray(3 + padding, block.length - 32))}
                                                      DigestInfo: SHA-256, 32 octets
    ${hex(block.subarray(-32, -16))}
    ${hex(block.subarray(-16))}   the hash of step 7

Only the holder of the private key can make a number that unfolds into this hash. With one bit of the signature changed it unfolds into
\`${hex(unfold(flipped).subarray(0, 8))} …\`: \`signature_invalid\`. \`node:crypto\` does the arithmetic, and compares the whole block.`;
}

function payload(): string {
  const octets = Buffer.from(PARTS.payload, 'base64url');
  return `Only now is the payload read: [claims.ts](../jose/claims.ts)

The ${octets.length} octets of the payload are decoded as strictly as the header was:

    ${octets.toString('utf8')}

Before this line nothing in it had any influence: with several issuers its \`iss\` alone, to choose whose keys are asked (RFC 7519 §7.2).`;
}

function claims(): string {
  const { iat, exp, iss, aud } = LESSON_CLAIMS;
  return `The claims, in order: [claim-rules.ts](../jose/claim-rules.ts), [claims.ts](../jose/claims.ts)

It is ${LESSON_NOW}, the time of the verifier's own clock. All five claims are there, and of the right type; then, of the rules in their order:

| Rule | Here | |
|---|---|---|
| now < \`exp\` | ${LESSON_NOW} < ${exp} | ${exp - LESSON_NOW} seconds are left (RFC 7519 §4.1.4) |
| \`iat\` - 30 ≤ now | ${iat - 30} ≤ ${LESSON_NOW} | issued ${LESSON_NOW - iat} seconds ago (§4.1.6) |
| \`iss\` is configured | \`${iss}\` | character for character (§4.1.1) |
| \`aud\` is configured | \`${aud}\` | the token is for us (§4.1.3) |

In the second ${exp} it is dead: \`token_expired\`. What \`verify\` returns is header, claims and the key that held, [frozen](../jose/jwt.ts) at every
depth; anything else was a \`JwtError\` with the rule that was broken.`;
}
