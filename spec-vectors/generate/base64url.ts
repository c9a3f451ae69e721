/**
 * Base64url (RFC 4648 §5, RFC 7515 §2): one spelling for one sequence of octets, in each part of a token.
 *
 * A twisted header or payload is signed as it stands, so that nothing but the decoder can refuse it.
 *
 * @module
 */

import { jwkSet, secret } from './keys.ts';
import { hmac, signer } from './sign.ts';
import {
  RS256, base64url, claims, claimsText, compact, firstSuchThat, header, headerText, jwt, signParts, split,
  withSignature,
} from './token.ts';
import { jwtGroup, must, should, valid, vectorFile, type Group, type Test, type VectorFile } from './vectors.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

interface Twist {
  readonly what: string;
  /** What the encoded part's length leaves when divided by four, where that matters. */
  readonly rest?: 0 | 2 | 3;
  readonly twist: (encoded: string) => string;
  readonly flags?: string;
  readonly level?: typeof should;
}

const insert = (text: string) => (encoded: string) => `${encoded.slice(0, 9)}${text}${encoded.slice(9)}`;
const replaceAt9 = (text: string) => (encoded: string) => `${encoded.slice(0, 9)}${text}${encoded.slice(10)}`;

function setTrailingBits(bits: number): (encoded: string) => string {
  return (encoded) => encoded.slice(0, -1) + ALPHABET.charAt(ALPHABET.indexOf(encoded.slice(-1)) | bits);
}

const TWISTS: readonly Twist[] = [
  { what: 'ends in the "=" that padding would need', rest: 3, twist: (t) => `${t}=` },
  { what: 'ends in the "==" that padding would need', rest: 2, twist: (t) => `${t}==` },
  { what: 'needs no padding and ends in a "="', rest: 0, twist: (t) => `${t}=` },
  { what: 'is followed by "=" and more text', rest: 3, twist: (t) => `${t}=AAAA` },
  { what: 'ends in a percent-encoded "="', rest: 3, twist: (t) => `${t}%3D` },
  { what: 'begins with a space', twist: (t) => ` ${t}` },
  { what: 'ends in a space', twist: (t) => `${t} ` },
  { what: 'ends in a line feed', twist: (t) => `${t}\n` },
  { what: 'is folded by a line break, as MIME would', twist: insert('\r\n') },
  { what: 'has a tab in it', twist: insert('\t') },
  { what: 'has a NUL in it', twist: insert('\0') },
  { what: 'ends in a NUL', twist: (t) => `${t}\0` },
  { what: 'has "+" where base64url has "-"', twist: (t) => t.replace('-', '+') },
  { what: 'has "/" where base64url has "_"', twist: (t) => t.replace('_', '/') },
  { what: 'has a "~" in place of a letter', twist: replaceAt9('~') },
  { what: 'has a character that is not of the alphabet between its letters', twist: insert('*') },
  { what: 'has a no-break space in it', twist: insert('\u00a0') },
  { what: 'has a zero-width space in it', twist: insert('\u200b') },
  { what: 'has a full-width letter in place of an ASCII one', twist: replaceAt9('\uff21') },
  {
    what: 'has each letter replaced by the one 256 code points further, which a copy of the low eight bits would undo',
    twist: (t) => String.fromCharCode(...Array.from(t, (letter) => letter.charCodeAt(0) + 0x100)),
  },
  {
    what: 'has one letter replaced by the one 19,968 code points further',
    twist: (t) => t.slice(0, 9) + String.fromCharCode(t.charCodeAt(9) + 0x4e00) + t.slice(10),
  },
  { what: 'has one letter more, so that its last group is a single letter', rest: 0, twist: (t) => `${t}A` },
  { what: 'has the lowest of four unused bits set', rest: 2, twist: setTrailingBits(1), flags: 'D5', level: should },
  { what: 'has the highest of four unused bits set', rest: 2, twist: setTrailingBits(8), flags: 'D5', level: should },
  { what: 'has the lower of two unused bits set', rest: 3, twist: setTrailingBits(1), flags: 'D5', level: should },
  { what: 'has the higher of two unused bits set', rest: 3, twist: setTrailingBits(2), flags: 'D5', level: should },
];

/** JSON whose encoding has all of "-" and "_", and a length with a given rest, by way of spaces at its end. */
function textWithRest(json: string, rest: number | undefined): string {
  return firstSuchThat(
    (spaces) => json + ' '.repeat(spaces),
    (text) => rest === undefined || base64url(text).length % 4 === rest,
  );
}

const rich = ',"x":">>>>>>??????"';

function refusal(part: string, { what, flags = 'D4', level = must }: Twist, token: string): Test {
  return level('invalid_base64url', `The ${part} ${what}.`, token, flags);
}

function inHeader(twist: Twist): Test {
  const encoded = base64url(textWithRest(headerText(rich), twist.rest));
  return refusal('header', twist, signParts(twist.twist(encoded), base64url(claims())));
}

function inPayload(twist: Twist): Test {
  const encoded = base64url(textWithRest(claimsText(rich), twist.rest));
  return refusal('payload', twist, signParts(base64url(header()), twist.twist(encoded)));
}

/** A signature of 256 octets has 342 letters, rest 2. The other rests need another key or one letter less. */
function inSignature(twist: Twist): Test {
  const token = firstSuchThat((jti) => jwt({ jti: `${jti}` }), (text) => /-.*_|_.*-/.test(split(text).signature));
  return refusal('signature', twist, withSignature(token, twist.twist(split(token).signature)));
}

const ofRsaSignature = TWISTS.filter(({ rest }) => rest === undefined || rest === 2);
const ofHmac = TWISTS.filter(({ rest }) => rest === 3);

function inHmac(twist: Twist): Test {
  const token = compact({ alg: 'HS256', kid: 'hs-1' }, claims(), hmac(secret('hs-1')));
  return refusal('HMAC', twist, withSignature(token, twist.twist(split(token).signature)));
}

function restControls(): Test[] {
  return [0, 2, 3].flatMap((rest) => [
    valid(`The header's letters leave ${rest} when counted by fours.`,
      compact(textWithRest(headerText(rich), rest), claims())),
    valid(`The payload's letters leave ${rest} when counted by fours.`,
      compact(header(), textWithRest(claimsText(rich), rest))),
  ]);
}

function allLetters(): Test {
  const x = String.fromCharCode(...Array.from({ length: 400 }, (_, i) => 0x80 + i));
  const payload = base64url(claims({ x }));
  if (new Set(payload).size !== 64) throw new Error('not all letters');
  return valid('The payload uses all sixty-four letters.', signParts(base64url(header()), payload));
}

function texts(): Group {
  const decoded = (text: string, octets: string, comment: string): Test => (
    { comment, text, octets, result: 'valid', flags: ['Control'] }
  );
  const refused = (text: string, comment: string, flag = 'D4', level = 'MUST'): Test => (
    { comment, text, result: 'invalid', refusal: 'invalid_base64url', level, flags: [flag] }
  );
  const tests = [
    decoded('', '', 'No octets are no letters.'),
    decoded('Zg', '66', 'One octet is two letters: "f" of RFC 4648 §10.'),
    decoded('Zm8', '666f', 'Two octets are three letters: "fo".'),
    decoded('Zm9v', '666f6f', 'Three octets are four letters: "foo".'),
    decoded('Zm9vYg', '666f6f62', 'Four octets: "foob".'),
    decoded('Zm9vYmE', '666f6f6261', 'Five octets: "fooba".'),
    decoded('Zm9vYmFy', '666f6f626172', 'Six octets: "foobar".'),
    decoded('AA', '00', 'A zero octet is not nothing.'),
    decoded('____', 'ffffff', 'All bits set.'),
    decoded('--__', 'fbefff', 'The two letters in which base64url differs from base64.'),
    refused('A', 'One letter carries no octet.'),
    refused('Zm9vY', 'Five letters: the last one carries no octet.'),
    refused('Zg==', 'The padding that base64 would have.'),
    refused('=', 'Nothing but padding.'),
    refused('Zm 9v', 'A space between letters.'),
    refused('+/+/', 'The letters of base64 proper.'),
    refused('Zh', 'The last letter sets a bit that belongs to no octet.', 'D5', 'SHOULD'),
    refused('Zm9', 'The last of three letters sets a bit that belongs to no octet.', 'D5', 'SHOULD'),
    refused('Zm9v\u0141AAA', 'U+0141, whose low eight bits are the letter A.'),
    refused('Zm9v\ud83d\ude00', 'A character beyond the Basic Multilingual Plane.'),
  ];
  return { type: 'base64url', comment: 'The codec alone.', tests };
}

export function base64urlVectors(): VectorFile {
  const es256 = compact({ alg: 'ES256', kid: 'ec-1', typ: 'jwt' }, claims(), signer('ec-1', 'ES256'));
  const flipped = setTrailingBits(1)(split(es256).signature);
  return vectorFile('base64url', 'Base64url without padding', [
    'Every token here is genuinely signed, over the very text that it holds.',
    'What is wrong is the spelling of one part: if that is let pass, one token has many spellings.',
  ], [
    texts(),
    jwtGroup('The header.', TWISTS.map(inHeader)),
    jwtGroup('The payload.', TWISTS.map(inPayload)),
    jwtGroup('The signature, of 256 octets in 342 letters.', [
      ...ofRsaSignature.map(inSignature),
      must('signature_invalid', 'The padding was added to the payload after signing.',
        `${split(jwt()).header}.${split(jwt()).payload}=.${split(jwt()).signature}`, 'D4'),
      must('invalid_base64url', 'The signature is written in hexadecimal between angle brackets.',
        withSignature(jwt(), `<${Buffer.from(RS256('x')).toString('hex')}>`), 'D4'),
    ]),
    jwtGroup('An HMAC, of 32 octets in 43 letters.', ofHmac.map(inHmac),
      { keys: jwkSet('hs-1'), policy: { algorithms: ['HS256'] } }),
    jwtGroup('An ECDSA signature, of 64 octets in 86 letters.', [
      valid('The signature as it was made.', es256),
      should('invalid_base64url', 'The lowest of the four unused bits is set.', withSignature(es256, flipped), 'D5'),
    ], { keys: jwkSet('ec-1'), policy: { algorithms: ['ES256'] } }),
    jwtGroup('Right spellings.', [...restControls(), allLetters()]),
  ]);
}
