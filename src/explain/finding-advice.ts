/**
 * The likely cause and the next step where something was found that settles them: what the code alone says would then be
 * beside the point, or wrong.
 *
 * @module
 */

/** In the words of {@link FINDING_ADVICE}. */
export interface SettledAdvice {
  readonly kind: string;
  readonly likelyCause: string;
  readonly nextStep: string;
}

type FoundRow = readonly [kinds: string, likelyCause: string, nextStep: string];

/** Several kinds may share a row. In order of precedence: of all that was found, the first row that knows it decides. */
const FOUND: readonly FoundRow[] = [
  // what arrived is no token, or no longer the one that was sent
  ['signature_removed',
    'A Google front end, such as Cloud Run with IAM, checked the token and took its signature away before passing it on.',
    'Send IAM its own token in X-Serverless-Authorization, and this one in Authorization. A fresh token will not help.'],
  ['gateway_answer',
    'An error message was taken for the token: the proxy in front knows no provider with the issuer of the real one.',
    'Add that issuer to the providers of the proxy. On Cloud Run see first whether IAM gave that answer.'],
  ['empty no_token not_a_string',
    'Your code sent a variable before it was set, or read a header, cookie or field of another name.',
    'Look one step earlier: print whether the token is there, not the token, and where it is read from.'],
  ['bearer_prefix',
    'The whole Authorization field was passed on, and not the token in it.',
    'Cut "Bearer " off first, or leave it to createAuthenticator, which reads the field by its grammar.'],
  ['quotes',
    'JSON text was not parsed, or the shell\'s quotes were pasted along.',
    'Parse the JSON (jq -r prints a string bare), or take the quotes away.'],
  ['json address',
    'What contains the token was sent, and not the token.',
    'Take the token out of it: "id_token" or "credential" of the answer, or the parameter of the address.'],
  ['pem',
    'A key was given where the token belongs: two arguments were swapped.',
    'Give the PEM as the keys (--keys FILE), and the token as the token.'],
  ['google_access_token google_refresh_token google_api_key',
    'Google hands out several secrets, and this is another one. None but an ID token is a JWT that says who someone is.',
    'Send the ID token: "credential" of Sign in with Google, "id_token" of an OAuth answer (scope openid).'],
  ['shortened',
    'It was copied from a place that shows the beginning only.',
    'Copy it from the network tab or the variable itself. What the dots stand for cannot be got back.'],
  ['part_count',
    'It was cut or joined on its way, is encrypted, or was never a JWT.',
    'Count the dots where it is made and where it arrives: two, at both ends. Whoever changes that is to be mended.'],
  ['percent',
    'It was put into a URL or a form, and read out without decoding.',
    'Read the parameter with what your framework has for it (URLSearchParams decodes), not by cutting the text.'],
  ['line_break space',
    'It was pasted out of something that breaks lines: a terminal, an e-mail, a YAML file, the output of base64.',
    'Join it to one line (tr -d "[:space:]"), and see that what made it writes no breaks (base64 -w0).'],
  ['padding base64',
    'Its maker encodes with ordinary Base64, or something on the way has encoded it anew.',
    'Encode as base64url without "=" before signing: Buffer.from(x).toString("base64url"). Do not mend tokens on their way.'],
  ['odd_length stranger',
    'A letter was lost, added or replaced: a copy by hand, a wrong character set, or an attempt to get past a list.',
    'Compare it with the token at its source, from the place that is shown on.'],
  ['trailing_bits',
    'The last letter of the part was changed: lenient decoders see no difference, so it would be a second name of one token.',
    'Treat it as altered. If its maker always writes it so, its encoder is broken: have it write the letter that is shown.'],
  // algorithms and signatures
  ['alg_none',
    'The Firebase emulator\'s token, or the oldest forgery there is: whoever writes it needs no key.',
    'Refuse it, as we did; no option allows it. In tests use tokens that are signed: "assay dev-issuer" signs them.'],
  ['signature_gone',
    'The token was cut at its second dot, or comes from an emulator that does not sign.',
    'Send all three parts. A token that never had a signature cannot be verified by anyone.'],
  ['alg_case',
    'A signer that spells the name in its own way.',
    'Have the signer write the name exactly as RFC 7518 does.'],
  ['alg_hmac',
    'A secret is shared between issuer and verifier, which this verifier was not told; or an attack with the public key as the secret.',
    'If you share a secret with the issuer, make a verifier for it alone: algorithms: ["HS256"] with that key. If not, refuse.'],
  ['der_signature',
    'It was signed with OpenSSL or a plain crypto library, whose ECDSA signatures are in DER.',
    'Sign with dsaEncoding: "ieee-p1363" in Node, or with a JWT library.'],
  ['signature_length',
    'The signature is of another length than this key makes: it is not whole, or not this key\'s.',
    'Compare the length of the token at both ends; if it is equal, look for the key that really signed it.'],
  // whose token it is
  ['google_issuer',
    'Another of Google\'s services issued it, with an issuer and keys of its own.',
    'Use what is made for it: createGoogleVerifier, createGoogleIapVerifier, or for Firebase createVerifier with its issuer and keys.'],
  ['issuer_spelling',
    'The right issuer under another name: discovery, documentation and tokens do not always agree on "https://" and the last "/".',
    'Copy "iss" out of the token into the configuration, character by character. Several spellings may be listed.'],
  ['audience_spelling',
    'The right audience, written differently at the two ends.',
    'Copy "aud" out of the token into the configuration, or ask for the token with the name that is configured.'],
  ['other_environment',
    'One end is configured for one environment or tenant, the other end for another.',
    'Compare issuer, audience and key URL at both ends, and take all three from the same environment. Do not accept both in production.'],
  ['other_client',
    'It was asked for with another client ID than the one configured here.',
    'If that client is yours, list both: audience: [one, other]. If you do not know it, its users are not yours: refuse.'],
  ['audience_beside',
    'It was made for you and for others: they hold it too, and could use it here.',
    'Ask for a token with your audience alone, or list the others here if they may act for its user.'],
  ['no_audience',
    'The issuer leaves the list empty for this client.',
    'Configure an audience for that client at the issuer.'],
  ['other_project issuer_unknown',
    'Its issuer is none of yours: a mix-up of configurations, or a token from somewhere else.',
    'Find out who sends it. If you trust that issuer, configure it with its own keys and audience; never with these keys.'],
  ['key_rotated',
    'The keys here and the key of the token are not of the same time; less likely, not of the same project.',
    'Fetch the keys anew, or use createRemoteKeySet, which does so by itself. If it stays so, ask for a fresh token.'],
  ['nested other_kind',
    'The issuer makes several kinds of token for one sign-in, and another one was taken.',
    'Take the one meant for this purpose: the ID token to sign in, the access token for an API that says typ: "at+jwt".'],
  // times
  ['milliseconds time_as_text',
    'The signer\'s language counts milliseconds, or writes dates: Date.now(), new Date(), an ISO string.',
    'Have the signer write whole seconds since 1970: Math.floor(Date.now() / 1000).'],
  ['local_time',
    'A clock, or the code that sets the claim, takes the local time for UTC.',
    'Compare "date -u" on both machines. Seconds since 1970 know no time zone: use them from end to end.'],
  ['old_token',
    'It was kept past its end: in a cache, an open tab, an environment variable, a test file.',
    'Get a new one, and again whenever "exp" is near. A signature does not keep a token fresh.'],
];

/** Kind of a finding -> what it settles. */
export const FINDING_ADVICE: ReadonlyMap<string, SettledAdvice> = new Map(
  FOUND.flatMap(([kinds, likelyCause, nextStep]) =>
    kinds.split(' ').map((kind) => [kind, { kind, likelyCause, nextStep }] as const)),
);

/** What the findings settle; undefined where the code's own advice is as good as any. */
export function settledBy(kinds: readonly string[]): SettledAdvice | undefined {
  const kind = [...FINDING_ADVICE.keys()].find((known) => kinds.includes(known));
  return kind === undefined ? undefined : FINDING_ADVICE.get(kind);
}

/** The advice that findings settle: its rows, each with all the kinds of findings that lead to it. */
export function listFindingAdvice(): readonly (Omit<SettledAdvice, 'kind'> & { readonly kinds: readonly string[] })[] {
  return FOUND.map(([kinds, likelyCause, nextStep]) => ({ kinds: kinds.split(' '), likelyCause, nextStep }));
}
