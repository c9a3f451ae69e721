/**
 * The grammar of JSON (RFC 8259 §2 to §7): what almost is, and what unusually is.
 *
 * @module
 */

import { NOW, claims, claimsText, compact, header, headerText, type Part } from './token.ts';
import { jwtGroup, must, valid, type Group, type Test } from './vectors.ts';

const inClaims = (payload: Part): string => compact(header(), payload);
const inHeader = (part: Part): string => compact(part, claims());

function notJson(comment: string, token: string): Test {
  return must('invalid_json', comment, token, 'D8');
}

/** A value, of a claim that nobody reads, that some reader takes. */
function badValue(comment: string, value: string): Test {
  return notJson(comment, inClaims(claimsText(`,"x":${value}`)));
}

const text = claimsText('');
const inner = text.slice(1, -1);

function structure(): Test[] {
  return [
    notJson('A block comment.', inClaims(claimsText('/* */'))),
    notJson('A line comment.', inClaims(`${text}// comment`)),
    notJson('A comment introduced by a hash.', inClaims(`# comment\n${text}`)),
    notJson('A trailing comma in the object.', inClaims(`{${inner},}`)),
    notJson('A leading comma.', inClaims(`{,${inner}}`)),
    notJson('Two commas.', inClaims(claimsText(',,"x":1'))),
    notJson('A missing comma.', inClaims(claimsText(' "x":1'))),
    notJson('A semicolon for a comma.', inClaims(claimsText(';"x":1'))),
    notJson('A missing colon.', inClaims(claimsText(',"x" 1'))),
    notJson('An equals sign for a colon.', inClaims(claimsText(',"x"=1'))),
    notJson('A name without a value.', inClaims(claimsText(',"x":'))),
    notJson('A name without quotation marks.', inClaims(claimsText(',x:1'))),
    notJson('A number for a name.', inClaims(claimsText(',1:1'))),
    notJson('A name in single quotation marks.', inClaims(claimsText(",'x':1"))),
    notJson('The closing brace is missing.', inClaims(text.slice(0, -1))),
    notJson('One closing brace too many.', inClaims(`${text}}`)),
    notJson('A bracket closes the brace.', inClaims(`${text.slice(0, -1)}]`)),
    notJson('A second object behind the first.', inClaims(`${text}{}`)),
    notJson('A second object on the next line, as in JSON Lines.', inClaims(`${text}\n${text}`)),
    notJson('A record separator before the object, as in JSON text sequences.', inClaims(`\u001e${text}\n`)),
    notJson('A word behind the object.', inClaims(`${text} null`)),
    notJson('A NUL behind the object.', inClaims(`${text}\0`)),
    notJson('A prefix against script inclusion.', inClaims(`)]}'\n${text}`)),
    notJson('A callback around the object (JSONP).', inClaims(`callback(${text})`)),
    notJson('A form feed for whitespace.', inClaims(`${text}\f`)),
    notJson('A vertical tab for whitespace.', inClaims(`\v${text}`)),
    notJson('A no-break space for whitespace.', inClaims(`{\u00a0${inner}}`)),
    notJson('A line separator (U+2028) for whitespace.', inClaims(`{\u2028${inner}}`)),
    notJson('An ideographic space (U+3000) for whitespace.', inClaims(`{${inner}\u3000}`)),
  ];
}

function values(): Test[] {
  return [
    badValue('A trailing comma in an array.', '[1,]'),
    badValue('An array that is never closed.', '[1'),
    badValue('A hole in an array.', '[1,,2]'),
    badValue('NaN for a number.', 'NaN'),
    badValue('Infinity for a number.', 'Infinity'),
    badValue('Minus Infinity for a number.', '-Infinity'),
    badValue('The word undefined.', 'undefined'),
    badValue('True, in the spelling of Python.', 'True'),
    badValue('NULL, in capitals.', 'NULL'),
    badValue('The word nil.', 'nil'),
    badValue('A literal that is cut short.', 'fals'),
    badValue('A literal with a tail.', 'nullx'),
    badValue('A hexadecimal number.', '0x10'),
    badValue('An octal number.', '0o17'),
    badValue('A leading zero.', '01'),
    badValue('A leading zero after a minus.', '-01'),
    badValue('A leading plus.', '+1'),
    badValue('A number without an integer part.', '.5'),
    badValue('A number without a fraction after its point.', '1.'),
    badValue('A number whose exponent has no digits.', '1e'),
    badValue('A number whose exponent is a fraction.', '1e1.5'),
    badValue('Two minus signs.', '--1'),
    badValue('A minus alone.', '-'),
    badValue('Digits grouped by underscores.', '1_000'),
    badValue('A decimal comma.', '1,5'),
    badValue('A suffix for big integers.', '10n'),
    badValue('Full-width digits.', '\uff11\uff12'),
    badValue('A string in single quotation marks.', "'x'"),
    badValue('A string in backquotes.', '`x`'),
    badValue('A string that is never closed.', '"x'),
    badValue('A line feed in a string.', '"a\nb"'),
    badValue('A tab in a string.', '"a\tb"'),
    badValue('A NUL in a string.', '"a\0b"'),
    badValue('The last control character, 1F, in a string.', '"a\u001fb"'),
    badValue('An escape \\x41.', '"\\x41"'),
    badValue('An escape \\u{41}.', '"\\u{41}"'),
    badValue('An escape \\u with three digits.', '"\\u004"'),
    badValue('An escape \\u with a letter that is no digit.', '"\\u004g"'),
    badValue('An escape \\u with a sign.', '"\\u+041"'),
    badValue('An escaped apostrophe.', '"\\\'"'),
    badValue('An octal escape.', '"\\101"'),
    badValue('An escape \\0.', '"\\0"'),
    badValue('An escape \\v.', '"\\v"'),
    badValue('An escaped line break.', '"a\\\nb"'),
    badValue('An escape \\U in capitals.', '"\\U0041"'),
  ];
}

function inTheHeader(): Test[] {
  const head = headerText('');
  return [
    notJson('A trailing comma in the header.', inHeader('{"alg":"RS256","kid":"rsa-1",}')),
    notJson('A block comment in the header.', inHeader('{"alg":"RS256",/* "none" */"kid":"rsa-1"}')),
    notJson('Single quotation marks in the header.', inHeader("{'alg':'RS256','kid':'rsa-1'}")),
    notJson('Names without quotation marks in the header.', inHeader('{alg:"RS256",kid:"rsa-1"}')),
    notJson('A line feed in a string of the header.', inHeader(headerText(',"x":"a\nb"'))),
    notJson('NaN in the header.', inHeader(headerText(',"x":NaN'))),
    notJson('A leading zero in the header.', inHeader(headerText(',"x":01'))),
    notJson('An escape \\x41 in the header.', inHeader(headerText(',"x":"\\x41"'))),
    notJson('The closing brace of the header is missing.', inHeader(head.slice(0, -1))),
    notJson('The header has one closing brace too many.', inHeader(`${head}}`)),
    notJson('A second header behind the first.', inHeader(`${head}{"alg":"none"}`)),
    notJson('A NUL behind the header.', inHeader(`${head}\0`)),
    notJson('A no-break space for whitespace in the header.', inHeader(`${head}\u00a0`)),
    notJson('A header in XML.', inHeader('<header alg="RS256" kid="rsa-1"/>')),
    notJson('A header in YAML.', inHeader('alg: RS256\nkid: rsa-1\n')),
  ];
}

function controls(): Test[] {
  const hundred = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`claim-${i}`, i]));
  const spaced = ` \t\r\n{ \t\r\n"x" \t\r\n: \t\r\n[ 1 , 2 ] \t\r\n, \t\r\n${inner} \t\r\n} \t\r\n`;
  return [
    valid('All four kinds of whitespace, wherever it may be, in the claims set.', inClaims(spaced)),
    valid('All four kinds of whitespace in the header.',
      inHeader('\n{\r\n\t"alg" : "RS256" ,\r\n\t"kid" : "rsa-1"\r\n}\n')),
    valid('Names of Header Parameters in escapes.', inHeader('{"\\u0061\\u006c\\u0067":"RS256","k\\u0069d":"rsa-1"}')),
    valid('Values of Header Parameters in escapes.', inHeader('{"alg":"\\u0052S256","kid":"rsa\\u002d1"}')),
    valid('Names of claims in escapes.',
      inClaims(text.replace('"exp"', '"e\\u0078p"').replace('"iss"', '"\\u0069ss"'))),
    valid('Solidi in escapes, as PHP writes them.', inClaims(text.replaceAll('/', '\\/'))),
    valid('The issuer in escapes.', inClaims(text.replace('https', '\\u0068\\u0074\\u0074\\u0070\\u0073'))),
    valid('All eight short escapes, and hexadecimal digits of either case.',
      inClaims(claimsText(',"x":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00fC\\u00Fc"'))),
    valid('Numbers in every form.',
      inClaims(claimsText(',"x":[0,-0,0.5,-1.5e10,1E5,1e+5,1e-5,10,1.50,123456789.0123456789]'))),
    valid('Expiry with an exponent.', inClaims(claimsText(`,"exp":${(NOW + 3600) / 1000}e3`, { exp: undefined }))),
    valid('Expiry with a fraction of zero.', inClaims(claimsText(`,"exp":${NOW + 3600}.000`, { exp: undefined }))),
    valid('Empty objects, arrays, strings and an empty name.',
      inClaims(claimsText(',"":"","o":{},"a":[],"n":null,"t":true,"f":false'))),
    valid('The members of the header in another order, with unknown ones between.',
      inHeader('{"x":{"alg":"none"},"kid":"rsa-1","y":[null],"alg":"RS256"}')),
    valid('A hundred claims.', inClaims(claims(hundred))),
    valid('A claim whose value is JSON in a string.', inClaims(claims({ x: '{"iss":"https://evil.example"}' }))),
  ];
}

export function grammarGroups(): Group[] {
  return [
    jwtGroup('Almost an object, in the claims set.', structure()),
    jwtGroup('Almost a value, in the claims set.', values()),
    jwtGroup('Almost JSON, in the header.', inTheHeader()),
    jwtGroup('Unusual JSON.', controls()),
  ];
}
