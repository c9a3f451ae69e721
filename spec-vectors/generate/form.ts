/**
 * The form of a token (RFC 7515 §7.1, RFC 7519 §7.2): a string of three parts joined by two dots, not too long.
 *
 * @module
 */

import { base64url, claims, claimsText, compact, firstSuchThat, header, jwt, signParts, split } from './token.ts';
import { jwtGroup, must, should, valid, type Group, type Test } from './vectors.ts';

const token = jwt();
const parts = split(token);
const input = `${parts.header}.${parts.payload}`;

function malformed(comment: string, text: unknown, flags = 'D1'): Test {
  return must('malformed_compact', comment, text, flags);
}

function partsGroup(): Group {
  const unsigned = compact({ alg: 'none' }, claims(), () => Buffer.alloc(0));
  const jwe = base64url({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: 'rsa-1' });
  const flattened = JSON.stringify({ protected: parts.header, payload: parts.payload, signature: parts.signature });
  const polyglot = JSON.stringify({ x: token, payload: parts.payload, signature: `${parts.signature}.` });
  const general = JSON.stringify({
    payload: parts.payload,
    signatures: [{ protected: parts.header, signature: parts.signature }],
  });
  return jwtGroup('A genuine token, and what is put around it or left out.', [
    malformed('The empty string.', ''),
    malformed('One part: the header alone.', parts.header),
    malformed('Two parts: the signature and its dot are missing.', input),
    malformed('Four parts: an empty one at the end.', `${token}.`),
    malformed('Four parts: an empty one at the beginning.', `.${token}`),
    malformed('Four parts: something behind the signature.', `${token}.AAAA`),
    malformed('Four parts: the payload twice.', `${parts.header}.${parts.payload}.${parts.payload}.${parts.signature}`),
    malformed('Five parts: a JWE with an unsigned token inside.',
      `${jwe}.AAAA.AAAAAAAAAAAAAAAA.${base64url(unsigned)}.AAAAAAAAAAAAAAAAAAAAAA`, 'D3'),
    malformed('Five parts: a JWE with direct encryption, its key part empty.',
      `${jwe}..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA`, 'D3'),
    malformed('Six parts: two tokens joined by a dot.', `${token}.${token}`),
    malformed('Two dots and four letters, and another dot.', 'AA.AA..'),
    malformed('Full-width dots.', token.replaceAll('.', '\uff0e')),
    malformed('Percent-encoded dots.', token.replaceAll('.', '%2E')),
    malformed('Commas for dots.', token.replaceAll('.', ',')),
    malformed('The flattened JSON serialization.', flattened),
    malformed('The general JSON serialization.', general),
    must('malformed_compact', 'A JSON serialization that hides a compact token in a member, to be two things at once.',
      polyglot, 'D1'),
    must('invalid_json', 'Two dots and nothing else.', '..', 'D1'),
    must('invalid_base64url', 'The token with the scheme of its Authorization header.', `Bearer ${token}`, 'D1'),
    must('invalid_base64url', 'The token in quotation marks.', `"${token}"`, 'D1'),
    must('invalid_base64url', 'The token with a byte order mark before it.', `\ufeff${token}`, 'D1'),
    must('invalid_base64url', 'The token with a tilde behind it, as in selective disclosure.', `${token}~`, 'D1'),
    must('invalid_base64url', 'The token with a comma and a word behind it.', `${token},x`, 'D1'),
    must('signature_invalid', 'The payload is detached: its part is empty.', `${parts.header}..${parts.signature}`,
      'D1'),
    must('header_invalid', 'The payload comes first: as a header it has no "alg".',
      `${parts.payload}.${parts.header}.${parts.signature}`, 'D1'),
    must('signature_invalid', 'The signature is empty.', `${input}.`, 'D2'),
    must('signature_invalid', 'The signature is a single zero octet.', `${input}.AA`, 'D2'),
    must('signature_invalid', 'The signature is the word null.', `${input}.null`, 'D2'),
  ]);
}

function notAString(): Group {
  const bad = (comment: string, value: unknown): Test => malformed(comment, value, 'D13');
  return jwtGroup('Something that is not a string. In a language with static types this cannot be asked.', [
    bad('A number for a token.', 1),
    bad('null for a token.', null),
    bad('true for a token.', true),
    bad('An empty array for a token.', []),
    bad('An array that holds a genuine token, which would become the token as text.', [token]),
    bad('An array of the three parts.', [parts.header, parts.payload, parts.signature]),
    bad('An object with a genuine token in a member.', { token }),
    bad('The flattened JSON serialization, parsed.',
      { protected: parts.header, payload: parts.payload, signature: parts.signature }),
    bad('An object that pretends to be a string.', { length: token.length, toString: token, 0: 'e' }),
  ]);
}

/** A genuine token of exactly so many characters. */
export function tokenOfLength(length: number): string {
  const short = length - 2 - 342;
  return firstSuchThat((attempt) => {
    const head = base64url(header({ x: 'x'.repeat(attempt % 4) }));
    const room = Math.floor(((short - head.length) * 3) / 4);
    const body = claimsText(',"x":"');
    return signParts(head, base64url(claimsText(`,"x":"${'x'.repeat(room - body.length - 1 - (attempt >> 2))}"`)));
  }, (text) => text.length === length);
}

function lengthGroups(): Group[] {
  const tooLong = (comment: string, text: string, flags = 'H1'): Test => should('token_too_long', comment, text, flags);
  return [
    jwtGroup('Length: 10,000 characters, as no maximum is given.', [
      valid('Exactly 10,000 characters.', tokenOfLength(10_000), 'H1 Control'),
      tooLong('10,001 characters, and right in all else.', tokenOfLength(10_001)),
      tooLong('A key ID of 9,000 characters and what comes with it.',
        compact(header({ kid: 'k'.repeat(9000) }), claims())),
      tooLong('20,000 letters without a dot.', 'A'.repeat(20_000)),
      tooLong('20,000 dots.', '.'.repeat(20_000)),
      tooLong('A genuine token, 10,000 spaces, and nothing more.', token + ' '.repeat(10_000)),
      malformed('9,999 dots.', '.'.repeat(9999), 'H1'),
      must('malformed_compact', '9,999 letters without a dot.', 'A'.repeat(9999), 'H1'),
      should('key_not_found', 'A key ID of 6,000 characters.', compact(header({ kid: 'k'.repeat(6000) }), claims()),
        'H1 C3'),
      must('signature_invalid', 'A signature of 7,000 octets.', `${input}.${base64url(Buffer.alloc(7000, 1))}`,
        'H1 B5'),
    ]),
    jwtGroup('Length: a small maximum.', [
      valid('Exactly the maximum.', tokenOfLength(700), 'H1 Control'),
      tooLong('One more than the maximum.', tokenOfLength(701)),
    ], { policy: { maxTokenLength: 700 } }),
    jwtGroup('Length: a large maximum.', [
      valid('15,000 characters where 20,000 are allowed.', tokenOfLength(15_000), 'H1 Control'),
    ], { policy: { maxTokenLength: 20_000 } }),
  ];
}

export function formGroups(): Group[] {
  return [partsGroup(), notAString(), ...lengthGroups()];
}
