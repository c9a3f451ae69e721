/**
 * Tokens as an attacker makes them: changed in a place that means something.
 *
 * @module
 */

import { createHmac } from 'node:crypto';
import { publicPem } from '../../spec-vectors/generate/keys.ts';
import { misusedFor } from './misuse.ts';
import { membersOf, mutateMembers, mutateText, textOf } from './mutate-json.ts';
import type { Random } from './random.ts';
import { base64url, EXPECTATIONS, signAs, SIGNERS, type Subject } from './subjects.ts';

/** A token, and whether its signature was made by the signer's key: then it may be good, whatever else it is. */
export interface MutatedToken {
  readonly token: string;
  readonly signed: boolean;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const STRANGERS: readonly string[] = ['=', '+', '/', '.', ' ', '\n', '\r', '\t', '\0', '%3D', '\u00A0', '\uFEFF',
  '\uFF21', '\uD800', '\u{1F600}'];

/** Those whose signatures a seed repeats. */
const REPEATABLE = SIGNERS.filter(({ alg }) => alg === 'RS256' || alg === 'EdDSA');

type Forgery = (token: string, random: Random, subject: Subject) => string;

const partsOf = (token: string): readonly [string, string, string] => {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return [header, payload, signature];
};

const splice = (text: string, at: number, count: number, inserted = ''): string =>
  `${text.slice(0, at)}${inserted}${text.slice(at + count)}`;

/** Replaces one of the three parts. */
function withPart(token: string, index: number, change: (part: string) => string): string {
  return partsOf(token).map((part, i) => (i === index ? change(part) : part)).join('.');
}

/** Decodes a part, changes its octets, and encodes it again, canonically. */
const reencoded = (token: string, index: number, change: (octets: Buffer) => Uint8Array): string =>
  withPart(token, index, (part) => base64url(change(Buffer.from(part, 'base64url'))));

const CHARACTERS: readonly Forgery[] = [
  (token, random) => splice(token, random.below(token.length), 1, random.pick([...ALPHABET])),
  (token, random) => splice(token, random.below(token.length), 1, random.pick(STRANGERS)),
  (token, random) => splice(token, random.below(token.length + 1), 0, random.pick([...ALPHABET, ...STRANGERS])),
  (token, random) => splice(token, random.below(token.length), 1 + random.below(8)),
  (token, random) => {
    const at = random.below(token.length);
    return splice(token, at, 1, String.fromCharCode(token.charCodeAt(at) + random.pick([0x100, 0x4e00, 0x80, 0xff00])));
  },
  (token, random) => {
    const at = random.below(token.length - 1);
    return splice(token, at, 2, `${token.charAt(at + 1)}${token.charAt(at)}`);
  },
  (token, random) => {
    const [at, from] = [random.below(token.length), random.below(token.length)];
    return splice(token, at, 0, token.slice(from, from + random.below(64)));
  },
];

const ENCODINGS: readonly Forgery[] = [
  (token, random) => withPart(token, random.below(3), (part) => part + '='.repeat(1 + random.below(3))),
  (token, random) => withPart(token, random.below(3),
    (part) => part.replace(/[-_]/, (letter) => (letter === '-' ? '+' : '/'))),
  // The last letter of a part may have bits that carry nothing.
  (token, random) => withPart(token, random.below(3), (part) => {
    const last = ALPHABET.indexOf(part.at(-1) ?? 'A');
    return part.slice(0, -1) + ALPHABET.charAt(last ^ (1 << random.below(6)));
  }),
  (token, random) => withPart(token, random.below(3),
    (part) => part.replace(/(.{10})/g, `$1${random.pick(['\n', ' ', '\r\n'])}`)),
  (token, random) => withPart(token, random.below(3),
    (part) => part.replaceAll(/[-_a-f]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)),
  (token, random) => withPart(token, random.below(3), (part) => Buffer.from(part, 'base64url').toString('base64')),
  (token, random) => withPart(token, random.below(3), (part) => Buffer.from(part, 'base64url').toString('hex')),
  (token, random) => withPart(token, random.below(3), (part) => base64url(part)),
];

const DOTS: readonly Forgery[] = [
  (token, random) => splice(token, random.below(token.length), 0, '.'),
  (token) => `.${token}`, (token) => `${token}.`, (token) => token.replace('.', '..'),
  (token) => token.replace('.', ''),
  (token) => token.replaceAll('.', ''), (token) => `${token}.${token}`, (token) => token.split('.').reverse().join('.'),
  (token, random) => withPart(token, random.below(3), () => ''),
  (token) => `${token}..`, (token) => '.'.repeat(token.length), () => '', () => '..',
  (token) => token.replaceAll('.', '\u3002'),
  (token, random) => token.repeat(2 + random.below(20)), (token) => `Bearer ${token}`, (token) => JSON.stringify(token),
];

const SIGNATURES: readonly Forgery[] = [
  (token, random) => reencoded(token, 2, (octets) => octets
    .map((octet, i) => (i === 0 ? octet ^ (1 << random.below(8)) : octet))),
  (token, random) => reencoded(token, 2, (octets) => random.octets(octets.length)),
  (token, random) => reencoded(token, 2, (octets) => random.octets(random.below(octets.length * 2))),
  (token) => reencoded(token, 2, (octets) => Buffer.alloc(octets.length)),
  (token) => reencoded(token, 2, (octets) => Buffer.alloc(octets.length, 0xff)),
  (token) => reencoded(token, 2, (octets) => Buffer.concat([Buffer.alloc(1), octets])),
  (token) => reencoded(token, 2, (octets) => Buffer.concat([octets, Buffer.alloc(1)])),
  (token) => reencoded(token, 2, (octets) => octets.subarray(1)),
  (token) => reencoded(token, 2, (octets) => octets.subarray(0, -1)),
  (token) => reencoded(token, 2, (octets) => Buffer.concat([octets, octets])),
  (token) => reencoded(token, 2, (octets) => Buffer.concat([octets.subarray(octets.length / 2),
    octets.subarray(0, octets.length / 2)])),
  (token, random) => {
    const [header, payload] = partsOf(token);
    return `${header}.${payload}.${base64url(random.pick(REPEATABLE).sign(`${header}.${payload}.`))}`;
  },
  // RFC 8725 §2.1: the public key taken for a secret.
  (token, random) => {
    const payload = partsOf(token)[1];
    const header = { alg: 'HS256', kid: random.pick(['rsa-1', 'ec-1', 'ed-1']), typ: 'JWT' };
    const input = `${base64url(JSON.stringify(header))}.${payload}`;
    return `${input}.${createHmac('sha256', publicPem('rsa-1')).update(input).digest('base64url')}`;
  },
];

/** Header or claims changed, and the old signature kept. */
const UNSIGNED: readonly Forgery[] = [
  (token, random, subject) => withPart(token, 0, () => base64url(textOf(mutateMembers(headerOf(subject), random)))),
  (token, random, subject) => withPart(token, 1, () =>
    base64url(textOf(mutateMembers(membersOf(subject.expectation.claims), random)))),
  (token, random) => reencoded(token, random.below(2),
    (octets) => Buffer.from(mutateText(octets.toString(), random) as string)),
  (token, random, subject) => {
    const header = { alg: random.pick(['none', 'None', 'NONE', '', 'HS256', 'RS256', 'ES256']),
      kid: subject.signer.kid };
    return withPart(withPart(token, 0, () => base64url(JSON.stringify(header))), 2, (part) => random.pick(['', part]));
  },
];

const MISUSED: readonly Forgery[] = [(_, random, subject) => random.pick(misusedFor(subject))];

const FORGERIES = [CHARACTERS, ENCODINGS, DOTS, SIGNATURES, UNSIGNED, MISUSED];

const headerOf = ({ signer, expectation }: Subject) =>
  membersOf({ alg: signer.alg, kid: signer.kid, typ: expectation.typ });

/** A token that nobody signed as it stands, unless the change was none. */
export function forge(subject: Subject, random: Random): MutatedToken {
  let token = subject.token;
  // A token may be repeated, and repeated again: longer ones show nothing that this length does not.
  do token = random.pick(random.pick(FORGERIES))(token === '' ? subject.token : token, random, subject);
  while (random.oneIn(6) && token.length < 100_000);
  return { token, signed: false };
}

/** A token with another header or other claims, signed by the signer itself. */
export function resign(subject: Subject, random: Random): MutatedToken {
  const changed = random.below(4);
  // The very header that another expectation accepts may be known already.
  const type = changed === 1 && random.oneIn(2) ? random.pick(EXPECTATIONS).typ : subject.expectation.typ;
  const genuineHeader = membersOf({ alg: subject.signer.alg, kid: subject.signer.kid, typ: type });
  const header = changed === 0 ? mutateMembers(genuineHeader, random) : genuineHeader;
  const genuine = membersOf(subject.expectation.claims);
  const claims = changed === 0 || type !== subject.expectation.typ ? genuine : mutateMembers(genuine, random);
  const [headerText, claimsText] = [textOf(header), textOf(claims)];
  const twisted = random.below(8);
  return {
    token: signAs(
      subject.signer,
      twisted === 0 ? mutateText(headerText, random) : headerText,
      twisted === 1 ? mutateText(claimsText, random) : claimsText,
    ),
    signed: true,
  };
}
