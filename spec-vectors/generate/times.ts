/**
 * "exp", "nbf", "iat" (RFC 7519 §4.1.4 to §4.1.6): their types, and their boundaries to the second.
 *
 * @module
 */

import { NOW, claims, claimsText, compact, header, jwt } from './token.ts';
import { jwtGroup, must, should, valid, vectorFile, type Group, type Test, type VectorFile } from './vectors.ts';

const expired = (comment: string, exp: number, flags = 'F7'): Test => must('token_expired', comment, jwt({ exp }),
  flags);
const early = (comment: string, nbf: number, flags = 'F7'): Test => must('token_not_yet_valid', comment, jwt({ nbf }),
  flags);
const future = (comment: string, iat: number, flags = 'F7'): Test => should('token_issued_in_future', comment,
  jwt({ iat }), flags);
const good = (comment: string, members: Record<string, unknown>, flags = 'F7 Control'): Test => valid(comment,
  jwt(members), flags);

/** Values that are no numbers, though some languages make numbers of them. */
const NOT_NUMBERS: ReadonlyArray<readonly [what: string, value: (seconds: number) => unknown]> = [
  ['the digits in a string', (seconds) => `${seconds}`],
  ['the digits and more in a string', (seconds) => `${seconds}s`],
  ['a word', () => 'never'],
  ['the empty string', () => ''],
  ['a date of ISO 8601', (seconds) => new Date(seconds * 1000).toISOString()],
  ['an array that holds the number', (seconds) => [seconds]],
  ['an empty array', () => []],
  ['an object', (seconds) => ({ seconds })],
  ['true', () => true],
  ['false', () => false],
  ['null', () => null],
];

function typesGroups(): Group[] {
  return [['exp', NOW + 3600, 'F1'], ['nbf', NOW - 60, 'F5'], ['iat', NOW - 60, 'F6']].map(([claim, seconds, flag]) => (
    jwtGroup(`"${claim}" is not a number.`, NOT_NUMBERS.map(([what, value]) => (
      must('claim_invalid', `"${claim}" is ${what}.`, jwt({ [String(claim)]: value(Number(seconds)) }), String(flag))
    )))
  ));
}

function extremesGroup(): Group {
  const text = (inserted: string, without: string): string => compact(header(),
    claimsText(inserted, { [without]: undefined }));
  return jwtGroup('Times that are missing, zero, negative, or beyond measure.', [
    should('claim_missing', 'There is no "exp".', jwt({ exp: undefined }), 'F4'),
    should('claim_missing', '"EXP" and "expires" are there, "exp" is not.',
      jwt({ exp: undefined, EXP: NOW + 3600, expires: NOW + 3600 }), 'F4'),
    expired('"exp" is zero.', 0, 'F2'),
    must('token_expired', '"exp" is minus zero.', text(',"exp":-0', 'exp'), 'F2'),
    must('token_expired', '"exp" is zero with an exponent.', text(',"exp":0e9', 'exp'), 'F2'),
    expired('"exp" is minus one.', -1, 'F2'),
    expired('"exp" is the present time, negated.', -NOW, 'F2'),
    expired('"exp" is as small as a 32-bit number can be.', -2147483648, 'F2'),
    must('token_expired', '"exp" underflows to zero.', text(',"exp":1e-999', 'exp'), 'F2'),
    should('invalid_json', '"exp" becomes infinite.', text(',"exp":1e999', 'exp'), 'F3'),
    should('invalid_json', '"nbf" becomes minus infinity.', text(',"nbf":-1e999', 'nbf'), 'F5 F3'),
    should('invalid_json', '"iat" becomes minus infinity.', text(',"iat":-1e999', 'iat'), 'F6 F3'),
    early('"nbf" is in milliseconds.', (NOW - 60) * 1000, 'F5 F3'),
    future('"iat" is in milliseconds.', (NOW - 60) * 1000, 'F6 F3'),
    early('"nbf" is a year ahead.', NOW + 31_536_000, 'F5'),
    early('"nbf" is after "exp".', NOW + 7200, 'F5'),
    future('"iat" is a year ahead.', NOW + 31_536_000, 'F6'),
    good('There are neither "nbf" nor "iat".', { iat: undefined }, 'Control'),
    good('"nbf" is zero, "iat" too.', { nbf: 0, iat: 0 }, 'Control'),
    good('"nbf" and "iat" are before 1970.', { nbf: -1, iat: -1e9 }, 'Control'),
    good('"exp" beyond the year 2038.', { exp: 2 ** 31 + 3600 }, 'Control'),
    good('"exp" in the year 9999: nothing here limits the lifetime.', { exp: 253402300799 }, 'Control'),
    good('"exp" in milliseconds: nothing here limits the lifetime.', { exp: (NOW + 3600) * 1000 }, 'F3 Control'),
    valid('"exp" beyond 2^53.', text(',"exp":9007199254740993', 'exp'), 'F3 Control'),
    valid('"exp" with an exponent.', text(',"exp":1.7000036E+9', 'exp'), 'Control'),
    valid('"exp" with a long fraction.', text(',"exp":1700003600.123456789', 'exp'), 'Control'),
  ]);
}

function boundaryGroups(): Group[] {
  return [
    jwtGroup('No leeway. A token lives from the second of "nbf" up to, not including, that of "exp".', [
      good('One second before "exp".', { exp: NOW + 1 }),
      good('A quarter of a second before "exp".', { exp: NOW + 0.25 }),
      expired('The very second of "exp".', NOW, 'F4 F7'),
      expired('A quarter of a second after "exp".', NOW - 0.25),
      expired('One second after "exp".', NOW - 1),
      good('The very second of "nbf".', { nbf: NOW }),
      good('A quarter of a second after "nbf".', { nbf: NOW - 0.25 }),
      early('A quarter of a second before "nbf".', NOW + 0.25),
      early('One second before "nbf".', NOW + 1),
      good('The very second of "iat".', { iat: NOW }),
      future('A quarter of a second before "iat".', NOW + 0.25),
      future('One second before "iat".', NOW + 1),
      good('All three times in their last and first second.', { exp: NOW + 1, nbf: NOW, iat: NOW }),
    ]),
    jwtGroup('No leeway, and the time of verification has a fraction of one half.', [
      good('Half a second before "exp".', { exp: NOW + 1 }),
      good('A quarter of a second before "exp", in the same second.', { exp: NOW + 0.75 }),
      expired('The very instant of "exp".', NOW + 0.5),
      expired('Half a second after "exp": the clock is not to be rounded down.', NOW),
      good('The very instant of "nbf".', { nbf: NOW + 0.5 }),
      early('A quarter of a second before "nbf", in the same second.', NOW + 0.75),
      early('Half a second before "nbf": the clock is not to be rounded up.', NOW + 1),
    ], { now: NOW + 0.5 }),
    jwtGroup('A leeway of 60 seconds for all three.', [
      good('59 seconds after "exp".', { exp: NOW - 59 }),
      good('59.75 seconds after "exp".', { exp: NOW - 59.75 }),
      expired('60 seconds after "exp".', NOW - 60),
      expired('61 seconds after "exp".', NOW - 61),
      good('60 seconds before "nbf".', { nbf: NOW + 60 }),
      early('60.25 seconds before "nbf".', NOW + 60.25),
      early('61 seconds before "nbf".', NOW + 61),
      good('60 seconds before "iat".', { iat: NOW + 60 }),
      future('61 seconds before "iat".', NOW + 61),
    ], { policy: { leeway: 60 } }),
    jwtGroup('A leeway for each: 10 seconds for "exp", 20 for "nbf", 40 for "iat".', [
      good('9 seconds after "exp".', { exp: NOW - 9 }),
      expired('10 seconds after "exp".', NOW - 10),
      good('20 seconds before "nbf".', { nbf: NOW + 20 }),
      early('21 seconds before "nbf".', NOW + 21),
      good('40 seconds before "iat".', { iat: NOW + 40 }),
      future('41 seconds before "iat".', NOW + 41),
    ], { policy: { leeway: { exp: 10, nbf: 20, iat: 40 } } }),
    jwtGroup('No leeway is given: none for "exp", 30 seconds for "nbf" and "iat".', [
      good('One second before "exp".', { exp: NOW + 1 }),
      expired('The very second of "exp".', NOW),
      good('30 seconds before "nbf".', { nbf: NOW + 30 }),
      early('31 seconds before "nbf".', NOW + 31),
      good('30 seconds before "iat".', { iat: NOW + 30 }),
      future('31 seconds before "iat".', NOW + 31),
    ], { policy: { leeway: undefined } }),
    jwtGroup('A leeway of 300 seconds, the most that makes sense.', [
      good('299 seconds after "exp".', { exp: NOW - 299 }),
      expired('300 seconds after "exp".', NOW - 300),
      early('301 seconds before "nbf".', NOW + 301),
    ], { policy: { leeway: 300 } }),
  ];
}

function ageGroups(): Group[] {
  const old = (comment: string, iat: number): Test => should('token_too_old', comment, jwt({ iat }), 'F7');
  const long = (comment: string, exp: number, flags = 'F3'): Test => should('lifetime_too_long', comment,
    jwt({ iat: NOW, exp }), flags);
  return [
    jwtGroup('A token must be no older than 600 seconds.', [
      good('600 seconds old.', { iat: NOW - 600 }),
      old('600.25 seconds old.', NOW - 600.25),
      old('601 seconds old.', NOW - 601),
      old('Issued in 1970.', 0),
      should('claim_missing', 'There is no "iat" to tell its age by.', jwt({ iat: undefined }), 'F6'),
      good('A second old.', { iat: NOW - 1 }),
    ], { policy: { maxAge: 600 } }),
    jwtGroup('A token must be no older than 600 seconds, with a leeway of 30.', [
      good('630 seconds old.', { iat: NOW - 630 }),
      old('631 seconds old.', NOW - 631),
    ], { policy: { maxAge: 600, leeway: 30 } }),
    jwtGroup('From "iat" to "exp" there must be no more than 3,600 seconds.', [
      good('3,600 seconds.', { iat: NOW, exp: NOW + 3600 }),
      long('3,601 seconds.', NOW + 3601),
      long('3,600.25 seconds.', NOW + 3600.25),
      long('Ten years.', NOW + 315_360_000),
      long('"exp" in milliseconds.', (NOW + 3600) * 1000),
      long('"exp" beyond 2^53.', 2 ** 60),
      should('lifetime_too_long', 'Issued long ago, expiring in a second: too long all the same.',
        jwt({ iat: NOW - 4000, exp: NOW + 1 }), 'F3'),
      should('claim_missing', 'There is no "iat" to count from.', jwt({ iat: undefined }), 'F6'),
    ], { policy: { maxLifetime: 3600 } }),
    jwtGroup('From "iat" to "exp" there must be no more than 3,600 seconds, whatever the leeway.', [
      long('3,601 seconds.', NOW + 3601, 'F3 F7'),
    ], { policy: { maxLifetime: 3600, leeway: 60 } }),
  ];
}

function orderGroup(): Group {
  return jwtGroup('Wrong in two ways.', [
    must('claim_invalid', 'Expired, and "nbf" is a string.', jwt({ exp: NOW - 1, nbf: 'x' }), 'Order F5'),
    must('token_expired', 'Expired, and not valid yet.', jwt({ exp: NOW - 1, nbf: NOW + 1 }), 'Order'),
    must('token_not_yet_valid', 'Not valid yet, and issued in the future.', jwt({ nbf: NOW + 1, iat: NOW + 1 }),
      'Order'),
    must('token_expired', 'Expired, and of another issuer.', jwt({ exp: NOW - 1, iss: 'https://evil.example' }),
      'Order'),
    should('claim_missing', 'Of another issuer, and without "exp".',
      compact(header(), claims({ exp: undefined, iss: 'https://evil.example' })), 'Order'),
  ]);
}

export function timesVectors(): VectorFile {
  return vectorFile('times', 'Times', [
    `Genuinely signed tokens, verified at ${NOW} (2023-11-14T22:13:20Z) or where the group says.`,
    'A leeway is added to "exp" and taken from "nbf" and "iat"; the boundaries are exact.',
  ], [...typesGroups(), extremesGroup(), ...boundaryGroups(), ...ageGroups(), orderGroup()]);
}
