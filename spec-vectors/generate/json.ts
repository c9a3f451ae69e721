/**
 * JSON (RFC 8259) as header and claims set must be: an object, in UTF-8, with unique names, within bounds.
 *
 * @module
 */

import { grammarGroups } from './json-grammar.ts';
import {
  ISSUER, NOW, base64url, claims, claimsText, compact, header, headerText, signParts, type Part,
} from './token.ts';
import { jwtGroup, must, should, valid, vectorFile, type Group, type Test, type VectorFile } from './vectors.ts';

const inClaims = (payload: Part): string => compact(header(), payload);
const inHeader = (part: Part): string => compact(part, claims());
const withClaims = (members: string): string => inClaims(claimsText(`,${members}`));
const withParameters = (members: string): string => inHeader(headerText(`,${members}`));

/** A text and octets, as they are. */
function octets(...parts: ReadonlyArray<string | readonly number[]>): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
}

function duplicate(comment: string, token: string): Test {
  return should('duplicate_member', comment, token, 'D6');
}

function duplicateGroup(): Group {
  const rest = JSON.stringify(claims()).slice(1);
  return jwtGroup('Two members of one name (RFC 7515 §4 and RFC 7519 §4 let a verifier take the last instead).', [
    duplicate('"alg" twice, with one value.', withParameters('"alg":"RS256"')),
    duplicate('"alg" is "none" first and "RS256" last.', inHeader('{"alg":"none","alg":"RS256","kid":"rsa-1"}')),
    duplicate('"alg" is "RS256" first and "none" last.', inHeader('{"alg":"RS256","alg":"none","kid":"rsa-1"}')),
    duplicate('"alg" twice, once spelt with an escape.', inHeader('{"\\u0061lg":"none","alg":"RS256","kid":"rsa-1"}')),
    duplicate('"kid" twice: another key first.', inHeader('{"alg":"RS256","kid":"rsa-2","kid":"rsa-1"}')),
    duplicate('"typ" twice.', withParameters('"typ":"at+jwt","typ":"JWT"')),
    duplicate('An unknown Header Parameter twice.', withParameters('"x":1,"x":2')),
    duplicate('A duplicate inside an object in the header.', withParameters('"jwk":{"kty":"RSA","kty":"oct"}')),
    duplicate('"__proto__" twice in the header.', withParameters('"__proto__":1,"__proto__":2')),
    duplicate('"iss" twice: the right one last.', inClaims(`{"iss":"https://evil.example",${rest}`)),
    duplicate('"iss" twice: the right one first.', withClaims('"iss":"https://evil.example"')),
    duplicate('"aud" twice.', withClaims('"aud":"client-1"')),
    duplicate('"exp" twice: long past first.', inClaims(`{"exp":1,${rest}`)),
    duplicate('"exp" twice: long past last.', withClaims('"exp":1')),
    duplicate('"sub" twice, with two users.', withClaims('"sub":"user-2"')),
    duplicate('"sub" twice, the second in escapes throughout.', withClaims('"\\u0073\\u0075\\u0062":"user-2"')),
    duplicate('Both spellings of a name use escapes, in two cases of hexadecimal.',
      withClaims('"\\u00e9":1,"\\u00E9":2')),
    duplicate('An escaped solidus is a solidus.', withClaims('"a\\/b":1,"a/b":2')),
    duplicate('A surrogate pair in escapes, and the character itself.', withClaims('"\\ud83d\\ude00":1,"\u{1f600}":2')),
    duplicate('A quotation mark in two escapes.', withClaims('"a\\"b":1,"a\\u0022b":2')),
    duplicate('The empty name twice.', withClaims('"":1,"":2')),
    duplicate('"__proto__" twice in the claims set.', withClaims('"__proto__":{},"__proto__":{}')),
    duplicate('Three times one name.', withClaims('"a":1,"a":1,"a":1')),
    duplicate('A duplicate in an object within.', withClaims('"o":{"role":"user","role":"admin"}')),
    duplicate('A duplicate in an object in an array.', withClaims('"o":[0,{"a":1,"b":2,"a":3}]')),
    duplicate('A duplicate whose first value is an object that has members itself.', withClaims('"o":{"a":1},"o":2')),
    duplicate('A duplicate whose first value is dropped, with a duplicate inside it.',
      withClaims('"o":{"a":1,"a":2},"o":{}')),
    duplicate('A duplicate thirty objects deep.',
      withClaims(`"d":${'{"d":'.repeat(29)}{"a":1,"a":2}${'}'.repeat(29)}`)),
    valid('One name in several objects is no duplicate.',
      withClaims('"o":{"exp":1,"iss":2},"p":[{"exp":3},{"exp":4}]')),
    valid('Names that differ in case are two names.', withClaims('"EXP":1,"Exp":2,"ISS":"x"')),
    valid('Names that look alike but differ in normalisation are two names.', withClaims('"\u00e9":1,"e\u0301":2')),
    valid('Names that differ in whitespace are two names.', withClaims('"a":1," a":2,"a ":3')),
    valid('Text that looks like members, inside a string.', withClaims('"x":"{\\"a\\":1,\\"a\\":2}:::"')),
    valid('Strings that end in backslashes, and colons after them.',
      withClaims('"x\\\\":"\\\\","y:\\\\\\"":":\\\\\\\\"')),
    valid('A value that equals a name is no name.', withClaims('"a":"b","b":"a","c":["a","b","c"]')),
  ]);
}

function utf8Group(): Group {
  const open = claimsText(',"x":"').slice(0, -1);
  const openHeader = headerText(',"x":"').slice(0, -1);
  const openSub = `${claimsText('', { sub: undefined }).slice(0, -1)},"sub":"user-`;
  const bad = (comment: string, token: string): Test => must('invalid_utf8', comment, token, 'D7');
  const badString = (comment: string, ...sequence: number[]): Test => bad(comment,
    inClaims(octets(open, sequence, '"}')));
  return jwtGroup('Octets that are not UTF-8 (RFC 3629).', [
    badString('A lone FF.', 0xff),
    badString('A lone continuation octet.', 0x80),
    badString('The letter e with acute accent in Latin-1.', 0xe9),
    badString('A first octet of two, followed by ASCII.', 0xc3, 0x28),
    badString('A three-octet character, cut after two.', 0xe2, 0x82),
    badString('A four-octet character, cut after three.', 0xf0, 0x9f, 0x98),
    badString('A solidus in two octets: overlong.', 0xc0, 0xaf),
    badString('NUL in two octets, as Java writes it.', 0xc0, 0x80),
    badString('A solidus in three octets: overlong.', 0xe0, 0x80, 0xaf),
    badString('A solidus in four octets: overlong.', 0xf0, 0x80, 0x80, 0xaf),
    badString('A quotation mark in two octets, which would end the string.', 0xc0, 0xa2),
    badString('A surrogate pair in six octets (CESU-8).', 0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80),
    badString('A lone high surrogate in three octets.', 0xed, 0xa0, 0x80),
    badString('A lone low surrogate in three octets.', 0xed, 0xb0, 0x80),
    badString('A code point above U+10FFFF.', 0xf4, 0x90, 0x80, 0x80),
    badString('A first octet F5, which no character has.', 0xf5, 0x80, 0x80, 0x80),
    badString('A sequence of five octets, as UTF-8 once had.', 0xf8, 0x88, 0x80, 0x80, 0x80),
    bad('A user whose name a lenient decoder shows like the next one\'s.', inClaims(octets(openSub, [0xfe], '"}'))),
    bad('A user whose name a lenient decoder shows like the last one\'s.', inClaims(octets(openSub, [0xff], '"}'))),
    bad('The letter p of "exp" in two octets: overlong, in a name.',
      inClaims(octets(claimsText('', { exp: undefined }).slice(0, -1), ',"ex', [0xc1, 0xb0], `":${NOW + 3600}}`))),
    bad('A lone FF behind the object.', inClaims(octets(claimsText(''), [0xff]))),
    bad('The claims set in UTF-16 with a byte order mark.',
      inClaims(Buffer.from(`\ufeff${claimsText('')}`, 'utf16le'))),
    bad('A lone FF in an unknown Header Parameter.', inHeader(octets(openHeader, [0xff], '"}'))),
    bad('A lone continuation octet at the end of "kid".',
      inHeader(octets('{"alg":"RS256","kid":"rsa-1', [0x80], '"}'))),
    bad('A NUL in two octets in the middle of "alg".',
      inHeader(octets('{"alg":"RS', [0xc0, 0x80], '256","kid":"rsa-1"}'))),
    bad('A surrogate pair in six octets in the header.',
      inHeader(octets(openHeader, [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80], '"}'))),
    must('invalid_json', 'The claims set in UTF-16 without a byte order mark: UTF-8, but full of NULs.',
      inClaims(Buffer.from(claimsText(''), 'utf16le')), 'D7 D8'),
    must('invalid_json', 'The header in UTF-16, big-endian, without a byte order mark.',
      inHeader(Buffer.from(headerText(''), 'utf16le').swap16()), 'D7 D8'),
    should('invalid_json', 'A byte order mark before the claims set.', inClaims(`\ufeff${claimsText('')}`), 'D8'),
    should('invalid_json', 'A byte order mark before the header.', inHeader(`\ufeff${headerText('')}`), 'D8'),
    must('invalid_json', 'A byte order mark behind the claims set.', inClaims(`${claimsText('')}\ufeff`), 'D8'),
    valid('Characters of two, three and four octets.', withClaims('"x":"\u00e9\u20ac\u{1f600}"')),
    valid('The last code point, and noncharacters.', withClaims('"x":"\u{10ffff}\ufffe\uffff"')),
    valid('U+FFFD itself, rightly encoded.', withClaims('"x":"\ufffd"')),
    valid('A byte order mark inside a string is a character.', withClaims('"x":"\ufeff"')),
    valid('U+2028, U+2029 and DEL stand in strings as they are.', withClaims('"x":"\u2028\u2029\u007f"')),
    valid('Characters beyond ASCII in the header.', withParameters('"x":"\u65e5\u672c\u8a9e \u{1f511}"')),
  ]);
}

function shapeGroup(): Group {
  const notAnObject = (comment: string, token: string): Test => must('invalid_json', comment, token, 'D9');
  const text = claimsText('');
  return jwtGroup('Valid JSON that is not an object, or nothing.', [
    notAnObject('The claims set in an array.', inClaims(`[${text}]`)),
    notAnObject('An empty array for claims.', inClaims('[]')),
    notAnObject('The claims set in a string.', inClaims(JSON.stringify(text))),
    notAnObject('A number for claims.', inClaims('1')),
    notAnObject('null for claims.', inClaims('null')),
    notAnObject('true for claims.', inClaims('true')),
    notAnObject('An empty payload.', signParts(base64url(header()), '')),
    notAnObject('A payload of whitespace only.', inClaims('  \n')),
    notAnObject('A form-encoded payload.', inClaims('iss=https://issuer.example&aud=client-1&exp=1700003600')),
    notAnObject('The header in an array.', inHeader(`[${headerText('')}]`)),
    notAnObject('The header in a string.', inHeader(JSON.stringify(headerText('')))),
    notAnObject('A number for a header.', inHeader('256')),
    notAnObject('null for a header.', inHeader('null')),
    notAnObject('An empty header.', signParts('', base64url(claims()))),
    must('header_invalid', 'An empty object for a header: "alg" is missing.', inHeader('{}'), 'D9 A4'),
    should('claim_missing', 'An empty object for claims.', inClaims('{}'), 'D9 F4'),
  ]);
}

function prototypeGroup(): Group {
  const inherited = JSON.stringify(claims());
  return jwtGroup('Names that some languages find on every object.', [
    should('claim_missing', 'All claims are members of "__proto__".', inClaims(`{"__proto__":${inherited}}`), 'D10'),
    should('claim_missing', 'All claims are members of "constructor.prototype".',
      inClaims(`{"constructor":{"prototype":${inherited}}}`), 'D10'),
    must('claim_missing', 'Only "iss" is a member of "__proto__".',
      inClaims(`{"__proto__":{"iss":"${ISSUER}"},${JSON.stringify(claims({ iss: undefined })).slice(1)}`), 'D10'),
    must('header_invalid', '"alg" is a member of "__proto__".', inHeader('{"__proto__":{"alg":"RS256"},"kid":"rsa-1"}'),
      'D10'),
    must('token_expired', 'The token is expired; "__proto__" has a better "exp".',
      inClaims(`{"__proto__":{"exp":${NOW + 3600}},${JSON.stringify(claims({ exp: NOW - 1 })).slice(1)}`), 'D10'),
    valid('"__proto__" beside the claims is data.', withClaims('"__proto__":{"exp":1,"iss":"x"}'), 'D10'),
    valid('"__proto__" with null for a value.', withClaims('"__proto__":null'), 'D10'),
    valid('"__proto__" in the header lends no "crit".', withParameters('"__proto__":{"crit":["x"],"alg":"none"}'),
      'D10'),
    valid('"constructor", "hasOwnProperty", "toString", "toJSON" and "valueOf" as claims.',
      withClaims('"constructor":1,"hasOwnProperty":false,"toString":null,"toJSON":"x","valueOf":{}'), 'D10'),
    valid('"hasOwnProperty" and "then" as Header Parameters.', withParameters('"hasOwnProperty":null,"then":1'), 'D10'),
  ]);
}

const objects = (depth: number): string => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`;
const arrays = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

function boundsGroup(): Group {
  const beyond = (comment: string, token: string): Test => should('invalid_json', comment, token, 'D11');
  const unclosed = inClaims(`${claimsText(',"x":').slice(0, -1)}${'['.repeat(6000)}`);
  return jwtGroup('Limits that RFC 8259 §9 leaves to the reader, or I-JSON sets. The top object is at depth 1.', [
    valid('Objects 32 levels deep.', withClaims(`"x":${objects(31)}`), 'D11'),
    beyond('Objects 33 levels deep.', withClaims(`"x":${objects(32)}`)),
    valid('Arrays 32 levels deep.', withClaims(`"x":${arrays(31)}`), 'D11'),
    beyond('Arrays 33 levels deep.', withClaims(`"x":${arrays(32)}`)),
    beyond('Arrays 33 levels deep in the header.', withParameters(`"x":${arrays(32)}`)),
    valid('A hundred brackets in a string are no depth.', withClaims(`"x":"${'[{'.repeat(100)}"`), 'D11'),
    valid('A hundred objects side by side are no depth.', withClaims(`"x":[${'{},'.repeat(99)}{}]`), 'D11'),
    beyond('Arrays 3,000 levels deep: a recursive reader runs out of stack.', withClaims(`"x":${arrays(3000)}`)),
    must('invalid_json', '6,000 arrays that are opened and never closed.', unclosed, 'D11 D8'),
    beyond('A number that becomes infinite.', withClaims('"x":1e999')),
    beyond('A number that becomes infinite, written without exponent.', withClaims(`"x":${'9'.repeat(400)}`)),
    beyond('A number that becomes minus infinity, in an array.', withClaims('"x":[-1e999]')),
    beyond('A number that becomes infinite, in the header.', withParameters('"x":1e999')),
    valid('The largest double, one that underflows to zero, and minus zero.',
      withClaims('"x":[1.7976931348623157e308,1e-999,-0,-0.0e5]'), 'D11'),
    valid('An integer beyond 2^53.', withClaims('"x":18446744073709551616'), 'D11'),
    beyond('A lone high surrogate in a value.', withClaims('"x":"\\ud800"')),
    beyond('A lone low surrogate in a value.', withClaims('"x":"\\udc00"')),
    beyond('Two surrogates the wrong way round.', withClaims('"x":"\\ude00\\ud83d"')),
    beyond('A high surrogate followed by a letter.', withClaims('"x":"\\ud83dx"')),
    beyond('A lone surrogate in a name.', withClaims('"\\ud800":1')),
    beyond('A lone surrogate in "sub".', inClaims(claimsText(',"sub":"user-\\udfff"', { sub: undefined }))),
    beyond('A lone surrogate in the header.', withParameters('"x":"\\ud800"')),
    valid('A surrogate pair in escapes is one character.', withClaims('"x":"\\ud83d\\ude00\\uD83D\\uDE00"'), 'D11'),
    valid('An escaped backslash before "ud800" is no escape.', withClaims('"x":"\\\\ud800"'), 'D11'),
    valid('A NUL in escapes, in a value and in a name.', withClaims('"x\\u0000":"\\u0000"'), 'D11'),
  ]);
}

export function jsonVectors(): VectorFile {
  return vectorFile('json', 'JSON objects', [
    'Every token here is genuinely signed, over octets that are not quite a JSON object, or are an unusual one.',
    'What two readers read differently is a gap between the one who checks and the one who acts.',
  ], [duplicateGroup(), utf8Group(), ...grammarGroups(), shapeGroup(), prototypeGroup(), boundsGroup()]);
}
