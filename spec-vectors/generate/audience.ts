/**
 * "aud" (RFC 7519 §4.1.3): the verifier must find itself in it.
 *
 * @module
 */

import { ISSUER, NOW, claims, compact, header, jwt } from './token.ts';
import {
  jwtGroup, must, should, valid, vectorFile, type Group, type Policy, type Test, type VectorFile,
} from './vectors.ts';

const other = (comment: string, aud: unknown, flags = 'F8'): Test => must('audience_not_allowed', comment, jwt({ aud }),
  flags);
const badType = (comment: string, aud: unknown, level = must): Test => level('claim_invalid', comment, jwt({ aud }),
  'F8');

function oneAudience(): Group {
  return jwtGroup('The verifier is "client-1".', [
    valid('A string.', jwt({ aud: 'client-1', jti: 'a' })),
    valid('An array of one.', jwt({ aud: ['client-1'] })),
    valid('An array of several, the last of which it is.', jwt({ aud: ['client-3', 'client-2', 'client-1'] })),
    valid('An array in which it is twice.', jwt({ aud: ['client-1', 'client-1'] })),
    must('claim_missing', 'There is no "aud".', jwt({ aud: undefined }), 'F8'),
    must('claim_missing', '"AUD" is there, "aud" is not.', jwt({ aud: undefined, AUD: 'client-1' }), 'F8'),
    must('claim_missing', '"audience" is there, "aud" is not.', jwt({ aud: undefined, audience: 'client-1' }), 'F8'),
    must('claim_missing', '"aud" is in the header only.',
      compact(header({ aud: 'client-1' }), claims({ aud: undefined })), 'F8'),
    other('The empty string.', ''),
    other('An empty array.', []),
    other('An array of the empty string.', ['']),
    other('Another audience.', 'client-2'),
    other('Several others.', ['client-2', 'client-3']),
    other('The beginning of it.', 'client'),
    other('It and more.', 'client-10'),
    other('Something before it.', 'my-client-1'),
    other('One letter of it, in an array.', ['c', 'l', 'i']),
    other('In another case.', 'Client-1'),
    other('With a space behind it.', 'client-1 '),
    other('With a line feed behind it.', 'client-1\n'),
    other('With a NUL behind it.', 'client-1\0'),
    other('With a slash behind it.', 'client-1/'),
    other('With another hyphen (U+2011).', 'client\u20111'),
    other('With a Cyrillic letter in it.', '\u0441lient-1'),
    other('With a zero-width joiner in it.', 'client\u200d-1'),
    other('Two, joined by a comma.', 'client-1,client-2'),
    other('Two, joined by a space.', 'client-1 client-2'),
    other('An array, as JSON in a string.', '["client-1"]'),
    other('A wildcard.', '*'),
    other('A regular expression that fits.', 'client-.*', 'F8 F10'),
    other('Percent-encoded.', 'client%2D1'),
    other('The word "null".', 'null'),
    other('The word "undefined".', 'undefined'),
    badType('null for an audience.', null),
    badType('true for an audience.', true),
    badType('false for an audience.', false),
    badType('Zero for an audience.', 0),
    badType('A number for an audience.', 1),
    badType('An object with the audience for a name.', { 'client-1': true }),
    badType('An object that is like an array.', { 0: 'client-1', length: 1 }),
    badType('An empty object.', {}),
    badType('An array in an array.', [['client-1']]),
    // The audience is in these: whoever looks for it, and no further, has found it.
    badType('An array of the audience and a number.', ['client-1', 1], should),
    badType('An array of null and the audience.', [null, 'client-1'], should),
    badType('An array of the audience and an object.', ['client-1', {}], should),
    badType('An array of null.', [null]),
  ]);
}

function namesGroup(): Group {
  const tests = ['__proto__', 'constructor', 'toString', 'length'].map((aud) => (
    other(`"${aud}", which some languages find on every object or list.`, aud)
  ));
  return jwtGroup('The verifier has two names.', [
    valid('The first one.', jwt({ aud: 'client-1' })),
    valid('The second one.', jwt({ aud: 'https://api.example/' })),
    valid('The second one, in an array with a stranger.', jwt({ aud: ['client-2', 'https://api.example/'] })),
    other('Both names joined by a comma.', 'client-1,https://api.example/'),
    other('The second one without its slash.', 'https://api.example'),
    other('The second one with a path.', 'https://api.example/v1'),
    other('The second one with its port.', 'https://api.example:443/'),
    other('The second one with its host in capitals.', 'https://API.example/'),
    other('The second one with another scheme.', 'http://api.example/'),
    other('The second one as a part of another host.', 'https://api.example.evil.example/'),
    ...tests,
  ], { policy: { audience: ['client-1', 'https://api.example/'] } });
}

/** Names of the verifier's own with characters that mean something in a regular expression. */
function patternGroup(): Group {
  const named = (audience: string): { policy: Policy } => ({ policy: { audience } });
  const refused = (comment: string, aud: string, audience: string): Test => (
    must('audience_not_allowed', comment, jwt({ aud }), 'F10', named(audience))
  );
  return jwtGroup('Names are compared, not searched for.', [
    refused('A dot stands for itself.', 'clientX1', 'client.1'),
    refused('".*" does not stand for everything.', 'client-2', '.*'),
    refused('"*" does not stand for everything.', 'client-2', '*'),
    refused('"^client" is not a beginning.', 'client-2', '^client'),
    refused('A name between slashes is not an expression.', 'client-2', '/client/'),
    refused('A name that would take for ever as an expression.', `${'a'.repeat(40)}!`, '(a+)+$'),
    valid('A name of special characters equals itself.', jwt({ aud: '(a+)+$' }), 'F10 Control', named('(a+)+$')),
    valid('A name beyond ASCII equals itself.', jwt({ aud: 'caf\u00e9 \u{1f511}' }), 'Control',
      named('caf\u00e9 \u{1f511}')),
    must('audience_not_allowed', 'A name beyond ASCII, decomposed.', jwt({ aud: 'cafe\u0301' }), 'F8',
      named('caf\u00e9')),
  ]);
}

function uncheckedGroup(): Group {
  const bad = (comment: string, aud: unknown): Test => should('claim_invalid', comment, jwt({ aud }), 'F8');
  return jwtGroup('The audience is deliberately unchecked. Its type is still that of RFC 7519.', [
    valid('There is no "aud".', jwt({ aud: undefined })),
    valid('Any string.', jwt({ aud: 'client-2' })),
    valid('An empty array.', jwt({ aud: [] })),
    bad('A number where nobody asks.', 1),
    bad('null where nobody asks.', null),
    bad('An array of numbers where nobody asks.', [1, 2]),
  ], { policy: { audience: null } });
}

export function audienceVectors(): VectorFile {
  return vectorFile('audience', 'The audience', [
    `Genuinely signed tokens of ${ISSUER}, valid at ${NOW}, for others than the verifier, or hardly for it.`,
  ], [oneAudience(), namesGroup(), patternGroup(), uncheckedGroup()]);
}
