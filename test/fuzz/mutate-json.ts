/**
 * JSON as an attacker spells it: members as raw text, so that duplicates, escapes and bad values can be written.
 *
 * @module
 */

import type { Random } from './random.ts';
import { AUDIENCE, ISSUER, NOW } from './subjects.ts';

/** A member of an object: its name and its value, both as JSON text. */
export type RawMember = readonly [name: string, value: string];

/** Values that have confused someone. */
const VALUES: readonly string[] = [
  'null', 'true', 'false', '0', '-0', '-1', '1', '1.5', '1e999', '-1e999', '1E400', '9007199254740993', '1e-400', '01',
  '+1', '.5', 'NaN',
  'Infinity', 'undefined', '""', '"x"', '"0"', '[]', '{}', '[null]', '[[]]', '[[["x"]]]', '{"a":{"a":{}}}', '"\\ud800"',
  '"\\u0000"',
  '"\\ud83d\\ude00"', '"\u00e9"', '"\\x"', '{"__proto__":{"x":1}}', '{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '["x","x"]',
  '{"toString":1}',
  `"${ISSUER}"`, `["${ISSUER}"]`, `"${ISSUER}/"`, `"${AUDIENCE}"`, `["${AUDIENCE}"]`, `["other","${AUDIENCE}"]`,
  '"other"', '"JWT"', '"jwt"',
  '"at+jwt"', '"application/jwt"', '"\u212abc"', '"none"', '"None"', '"RS256"', '"HS256"', '"ES256"', '"PS256"',
  '"EdDSA"', '"RS1"', '"rsa-1"',
  '"rsa-2"', '"hs-1"', '"constructor"', '"__proto__"', '["b64"]', '["exp"]', '"https://evil.example/jwks"',
  `"${'x'.repeat(300)}"`, '"oct"', '"RSA"', `["${AUDIENCE}",1]`, `["${AUDIENCE}","${AUDIENCE}"]`,
  '['.repeat(40) + ']'.repeat(40), '{"a":'.repeat(30) + '1' + '}'.repeat(30),
];

/** Names that mean something somewhere. */
const NAMES: readonly string[] = [
  'alg', 'kid', 'typ', 'cty', 'crit', 'b64', 'jku', 'jwk', 'x5u', 'x5c', 'x5t', 'zip', 'enc', 'iss', 'sub', 'aud',
  'exp', 'nbf', 'iat', 'jti',
  'azp', 'hd', 'nonce', 'email', 'email_verified', 'at_hash', 'scope', 'keys', 'kty', 'crv', 'n', 'e', 'd', 'x', 'y',
  'k', 'use', 'key_ops',
  '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'then', '', 'a',
];

/** Times at and beside every boundary that a policy of the corpus draws. */
const TIMES: readonly number[] = [0, 30, 60, 300, 3600, 7200, 86_400, 1e9]
  .flatMap((distance) => [-distance - 1, -distance, -distance + 0.5, distance - 0.5, distance, distance + 1])
  .map((distance) => NOW + distance);

const TIME_CLAIMS = ['"exp"', '"nbf"', '"iat"'];

/** The members of an object, as text. */
export function membersOf(object: object): RawMember[] {
  return Object.entries(object).map(([name, value]) => [JSON.stringify(name), JSON.stringify(value)] as const);
}

export function textOf(members: readonly RawMember[]): string {
  return `{${members.map(([name, value]) => `${name}:${value}`).join(',')}}`;
}

type MembersMutation = (members: RawMember[], at: number, random: Random) => RawMember[];

const nameOf = (members: readonly RawMember[], at: number): string => members[at]?.[0] ?? '"a"';

const MEMBER_MUTATIONS: readonly MembersMutation[] = [
  (members, at, random) => members.with(at, [nameOf(members, at), random.pick(VALUES)]),
  (members, at) => members.toSpliced(at, 1),
  (members, _, random) => [...members, [JSON.stringify(random.pick(NAMES)), random.pick(VALUES)]],
  (members, at, random) => [...members, [nameOf(members, at), random.pick(VALUES)]],
  (members, at) => [...members, ...members.slice(at, at + 1)],
  (members, at) => [...members.slice(at), ...members.slice(0, at)],
  (members, at, random) => members.with(at, [JSON.stringify(random.pick(NAMES)), members[at]?.[1] ?? 'null']),
  (members, at, random) => {
    // The same name to a JSON reader, another to one who compares octets.
    const name = nameOf(members, at).replace(/[a-z]/, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`);
    return random.oneIn(2) ? members.with(at, [name, members[at]?.[1] ?? '1']) : [...members,
      [name, random.pick(VALUES)]];
  },
  (members, _, random) => {
    const name = random.pick(TIME_CLAIMS);
    return [...members.filter(([other]) => other !== name), [name, JSON.stringify(random.pick(TIMES))]];
  },
  (members, at) => members.with(at, [nameOf(members, at), `[${members[at]?.[1] ?? 1}]`]),
  // A string that ends or begins like the right one.
  (members, at, random) => members.with(at, [nameOf(members, at),
    (members[at]?.[1] ?? '1').replace(/^"/, `"${random.pick(['evil-', 'evil.', ' '])}`)]),
  (members, at, random) => members.with(at, [nameOf(members, at),
    (members[at]?.[1] ?? '1').replace(/"$/, `${random.pick(['-evil', '.evil', ' '])}"`)]),
];

/** Changes one member, or several. */
export function mutateMembers(members: readonly RawMember[], random: Random): RawMember[] {
  let mutated = [...members];
  do {
    if (mutated.length === 0) return mutated;
    mutated = random.pick(MEMBER_MUTATIONS)(mutated, random.below(mutated.length), random);
  } while (random.oneIn(3));
  return mutated;
}

const TEXT_MUTATIONS: readonly ((text: string, random: Random) => string | Uint8Array)[] = [
  (text) => `\uFEFF${text}`,
  (text) => ` \t\r\n${text.replaceAll(':', ' : ')}\n`,
  (text) => `${text}${text}`,
  (text) => `${text},`,
  (text) => `[${text}]`,
  (text) => `${text.slice(0, -1)},}`,
  (text) => `${text} //`,
  (text) => JSON.stringify(text),
  (text, random) => text.slice(0, random.below(text.length)),
  (text, random) => text.slice(random.below(text.length)),
  (text) => text.replaceAll('"', "'"),
  (text) => Buffer.from(text, 'utf16le'),
  (text) => `${text}\0`,
  (text) => `${text.slice(0, -1)},"deep":${'['.repeat(5000)}${']'.repeat(5000)}}`,
  (text) => text.replace('"', '"\\u000'),
  () => '',
  (text, random) => {
    const octets = Buffer.from(text, 'utf8');
    octets[random.below(octets.length)] = random.below(256);
    return octets;
  },
  (text, random) => {
    const at = random.below(text.length);
    const bad = random.pick(['ff', 'c080', 'eda080', 'f4908080', 'c3', 'e28099', '00', '1f', '7f']);
    return Buffer.concat([Buffer.from(text.slice(0, at)), Buffer.from(bad, 'hex'), Buffer.from(text.slice(at))]);
  },
];

/** Changes the text itself, which need not be JSON, nor UTF-8, any longer. */
export function mutateText(text: string, random: Random): string | Uint8Array {
  return random.pick(TEXT_MUTATIONS)(text, random);
}

/** Changes something at any depth of a JSON value that is not text: a member, an element, or the whole. */
export function mutateValue(value: unknown, random: Random): unknown {
  if (random.oneIn(8)) return valueFrom(random.pick(VALUES));
  if (Array.isArray(value)) {
    const at = random.below(value.length + 1);
    if (at === value.length) return [...value, valueFrom(random.pick(VALUES))];
    if (random.oneIn(5)) return value.toSpliced(at, 1);
    if (random.oneIn(5)) return [...value, value[at]];
    return value.with(at, mutateValue(value[at], random));
  }
  if (typeof value === 'object' && value !== null) {
    const names = Object.keys(value);
    const name = random.oneIn(4) || names.length === 0 ? random.pick(NAMES) : random.pick(names);
    if (random.oneIn(5)) return Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
    const changed = mutateValue(Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined, random);
    return Object.fromEntries([...Object.entries(value), [name, changed]]);
  }
  if (typeof value === 'string' && value !== '') return mutateString(value, random);
  return valueFrom(random.pick(VALUES));
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function mutateString(text: string, random: Random): unknown {
  const at = random.below(text.length);
  const inserted = random.pick([random.pick([...ALPHABET]), '=', '+', '/', ' ', '\n', '\0', '\uFF21', 'AA', '-----']);
  return random.pick([
    `${text.slice(0, at)}${inserted}${text.slice(at + 1)}`, `${text.slice(0, at)}${inserted}${text.slice(at)}`,
    text.slice(0, at),
    text.slice(at), `${text}${text}`, `A${text}`, `${text}=`, text.toUpperCase(), [text], { [text.slice(0, 9)]: text },
  ]);
}

function valueFrom(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
