/**
 * What went wrong with the text of a token: what it is instead of one, and where its base64url breaks (RFC 4648 §5).
 *
 * @module
 */

import { note, type Evidence, type Finding, type Place } from './evidence.ts';
import { plain } from './plain-text.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const PARTS = ['header', 'payload', 'signature'] as const;

/** Shapes that are sent in place of a token, and what they are. The first that fits is told. */
const INSTEAD: readonly (readonly [shape: RegExp, kind: string, text: string])[] = [
  [/^$/, 'empty', 'There is nothing: the header or the field it was read from was empty.'],
  [/Jwt issuer is not configured/i, 'gateway_answer',
    'This is no token but an answer. Envoy and ESPv2 give it when "iss" is in no provider of their configuration. On '
      + 'Cloud Run without --allow-unauthenticated it may be IAM, in front of you, that wants a Google ID token: then '
      + 'your gateway never saw the request. Send a token for IAM in X-Serverless-Authorization, or allow '
      + 'unauthenticated calls and let the gateway decide.'],
  [/^\s*(?:undefined|null|\[object Object\]|NaN|true|false)\s*$/, 'no_token',
    'A variable that held no token was turned into text.'],
  [/^\s*(?:Authorization:\s*)?Bearer[\s:]/i, 'bearer_prefix',
    'The scheme "Bearer" was left in front. The token is what comes after it.'],
  [/^\s*["'`][^]*["'`]\s*$/, 'quotes', 'There are quotes around it. They belong to JSON or the shell, not the token.'],
  [/^\s*[{[]/, 'json', 'This is JSON: perhaps the whole answer of a token endpoint, whose "id_token" is the token.'],
  [/^\s*https?:/i, 'address', 'This is an address. The token may be one of its parameters.'],
  [/^\s*-----BEGIN/, 'pem', 'This is PEM: a key or a certificate, not a token.'],
  [/^ya29\./, 'google_access_token',
    'This is an access token of Google\'s, opaque to everyone else. What proves a sign-in is the ID token beside it.'],
  [/^1\/\//, 'google_refresh_token', 'This is a refresh token of Google\'s. Keep it secret, and send the ID token.'],
  [/^AIza[\w-]{35}$/, 'google_api_key', 'This is an API key of Google\'s. It names a project, not a user.'],
];

/** What stands there instead of a token, and how the form breaks. */
export function formMistakes({ token, error }: Evidence): readonly Finding[] {
  if (typeof token !== 'string') return [note('not_a_string', `What was given is not text but ${typeName(token)}.`)];
  // The payload is decoded after the signature, which fails over a payload that was changed on its way: look at it all the same.
  if (error.code === 'signature_invalid') return wrongCharacters(token);
  if (!['malformed_compact', 'invalid_base64url', 'token_too_long'].includes(error.code)) return [];
  const instead = INSTEAD.find(([shape]) => shape.test(token.slice(0, 2000)));
  return [
    ...(instead === undefined ? [] : [note(instead[1], instead[2])]),
    ...(error.code === 'malformed_compact' && instead === undefined ? [partsFound(token)] : []),
    ...(error.code === 'invalid_base64url' ? wrongCharacters(token) : []),
  ];
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value;
}

function partsFound(token: string): Finding {
  const count = token.split('.').length;
  const kind = 'part_count';
  if (count === 5) return note(kind, 'It has five parts: an encrypted token (JWE, RFC 7516), for its recipient only.');
  if (token.includes('...') || token.includes('\u2026')) {
    return note('shortened', 'It holds an ellipsis: it was shortened to be shown, by a log or a debugger.');
  }
  const reason = count === 2 && token.startsWith('ey')
    ? 'the signature, or the last part of a copy, is gone'
    : count === 1 ? 'an opaque token, or something else' : 'perhaps a version or a prefix was put to it';
  return note(kind, `It has ${count === 1 ? 'one part' : `${count} parts`}: ${reason}.`);
}

/** One finding for the first mistake in each part. */
function wrongCharacters(token: string): readonly Finding[] {
  const findings: Finding[] = [];
  let start = 0;
  for (const [index, part] of token.split('.', 3).entries()) {
    const mistake = mistakeIn(part);
    if (mistake !== undefined) {
      const name = PARTS[index] ?? 'text';
      const place = placeAt(token, start + mistake.at);
      const text = `Offset ${place.offset}, character ${mistake.at + 1} of the ${name}: ${mistake.text}.`;
      findings.push({ kind: mistake.kind, text, place });
    }
    start += part.length + 1;
  }
  return findings;
}

interface Mistake {
  readonly kind: string;
  readonly at: number;
  readonly text: string;
}

function mistakeIn(part: string): Mistake | undefined {
  const at = part.search(/[^\w-]/);
  if (at !== -1) return { at, ...strangerIn(part, at) };
  const last = part.length - 1;
  // RFC 4648 §4: four letters carry three octets; two or three carry one or two.
  if (part.length % 4 === 1) return { kind: 'odd_length', at: last, text: 'a letter was lost or added: one is over' };
  const spare = part.length % 4 === 2 ? 15 : part.length % 4 === 3 ? 3 : 0;
  // RFC 4648 §3.5
  if ((LETTERS.indexOf(part.charAt(last)) & spare) === 0) return undefined;
  const meant = LETTERS.charAt(LETTERS.indexOf(part.charAt(last)) & ~spare);
  return { kind: 'trailing_bits', at: last, text: `its spare bits are not zero; "${meant}" would be canonical` };
}

function strangerIn(part: string, at: number): Omit<Mistake, 'at'> {
  const letter = String.fromCodePoint(part.codePointAt(at) ?? 0);
  if (/^%[\dA-Fa-f]{2}/.test(part.slice(at, at + 3))) {
    return note('percent', 'percent-encoding: the token was taken out of a URL undecoded');
  }
  if (letter === '=') return note('padding', 'padding, which base64url in a token does without (RFC 7515 §2)');
  if (letter === '+' || letter === '/') {
    return note('base64', `"${letter}" is ordinary Base64; base64url has "${letter === '+' ? '-' : '_'}" there`);
  }
  if (/[\r\n]/.test(letter)) return note('line_break', 'a line break, from a terminal, a file or an e-mail');
  if (/\s/.test(letter)) return note('space', 'a space or a tab, from copying');
  if (letter === '\u2026') return note('shortened', 'an ellipsis: the token was shortened to be shown');
  if (/["'`]/.test(letter)) return note('quotes', 'a quote, which belongs to JSON or to the shell');
  const point = (letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return note('stranger', `U+${point} is none of the 64 letters`);
}

function placeAt(token: string, offset: number): Place {
  const end = offset + String.fromCodePoint(token.codePointAt(offset) ?? 0).length;
  return {
    offset,
    before: plain(token.slice(Math.max(0, offset - 24), offset)),
    at: plain(token.slice(offset, end)),
    after: plain(token.slice(end, end + 24)),
  };
}
