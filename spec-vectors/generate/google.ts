/**
 * Google's ID tokens (OIDC Core §2 and §3.1.3.7, Google's OpenID Connect guide), as a preset of the verifier.
 *
 * @module
 */

import { createHash } from 'node:crypto';
import { certificatePem } from './certificate.ts';
import { jwkSet, publicPem } from './keys.ts';
import { hmac, signer } from './sign.ts';
import { NOW, compact, header, type Members } from './token.ts';
import {
  jwtGroupWithPolicy, must, should, valid, vectorFile, type Group, type Policy, type Test, type VectorFile,
} from './vectors.ts';

const CLIENT = '1234567890-abc.apps.googleusercontent.com';
const SIBLING = '1234567890-def.apps.googleusercontent.com';
const KEYS = jwkSet('rsa-1', 'rsa-2');
/** What an absent leeway means, written out for whoever cannot tell the three apart. */
const LEEWAY = { exp: 0, nbf: 30, iat: 30 };

/** What Google puts into the ID token of a Workspace account. */
function googleClaims(own: Members = {}): Members {
  return {
    iss: 'https://accounts.google.com', azp: CLIENT, aud: CLIENT, sub: '110169484474386276334', hd: 'example.com',
    email: 'user@example.com', email_verified: true, name: 'A. User', iat: NOW - 10, exp: NOW + 3590, ...own,
  };
}

function google(own: Members = {}, head: Members = {}): string {
  return compact(header({ typ: 'JWT', ...head }), googleClaims(own));
}

function group(comment: string, tests: readonly Test[], own: Policy = {}, preset: Policy = {}): Group {
  return jwtGroupWithPolicy(comment, { google: preset, audience: CLIENT, leeway: LEEWAY, ...own }, KEYS, tests);
}

const refused = (refusal: string, comment: string, own: Members, flags = 'F12'): Test => must(refusal, comment,
  google(own), flags);
const strict = (refusal: string, comment: string, own: Members, flags = 'F11'): Test => should(refusal, comment,
  google(own), flags);

function issuerGroup(): Group {
  const stranger = (iss: string): Test => refused('issuer_not_allowed', `"iss" is "${iss}".`, { iss });
  return group('The issuer has two spellings, and no third.', [
    valid('"https://accounts.google.com".', google(), 'F12 Control'),
    valid('"accounts.google.com".', google({ iss: 'accounts.google.com' }), 'F12 Control'),
    ...[
      'http://accounts.google.com', 'https://accounts.google.com/', 'accounts.google.com/',
      'https://Accounts.Google.com',
      'https://accounts.google.com.evil.example', 'https://evil.example/accounts.google.com', 'google.com',
      'https://google.com',
      'https://www.googleapis.com/oauth2/v3/certs', 'https://securetoken.google.com/project',
      'https://cloud.google.com/iap',
      'user@project.iam.gserviceaccount.com',
    ].map(stranger),
    refused('claim_invalid', '"iss" is an array of both spellings.',
      { iss: ['https://accounts.google.com', 'accounts.google.com'] }),
    refused('claim_missing', 'There is no "iss".', { iss: undefined }),
  ]);
}

function audienceGroups(): Group[] {
  return [
    group('One client ID.', [
      valid('An array of it alone.', google({ aud: [CLIENT] }), 'F12 Control'),
      valid('An array of it alone, without "azp".', google({ aud: [CLIENT], azp: undefined }), 'F12 Control'),
      valid('"azp" is another client, as on Android: nobody asked for one.', google({ azp: SIBLING }), 'F12 Control'),
      valid('There is no "azp".', google({ azp: undefined }), 'F12 Control'),
      refused('audience_not_allowed', 'A sibling of the same project.', { aud: SIBLING, azp: SIBLING }),
      refused('audience_not_allowed', '"azp" is the client, "aud" its sibling.', { aud: SIBLING, azp: CLIENT }),
      refused('audience_not_allowed', 'The client ID without its domain.', { aud: '1234567890-abc' }),
      refused('audience_not_allowed', 'An array of the client and a stranger.', { aud: [CLIENT, SIBLING] }),
      refused('audience_not_allowed', 'An empty array.', { aud: [] }),
      refused('claim_missing', 'There is no "aud".', { aud: undefined }),
      refused('claim_invalid', 'An array of the client and a number.', { aud: [CLIENT, 1] }),
      strict('claim_missing', 'An array of the client twice, without "azp".',
        { aud: [CLIENT, CLIENT], azp: undefined }),
      strict('claim_invalid', '"azp" is an array.', { azp: [CLIENT] }),
      strict('claim_invalid', '"azp" is null.', { azp: null }),
    ]),
    group('Two client IDs.', [
      valid('The second one.', google({ aud: SIBLING }), 'F12 Control'),
      valid('An array of both, and "azp".', google({ aud: [CLIENT, SIBLING] }), 'F12 Control'),
      strict('claim_missing', 'An array of both, without "azp".', { aud: [CLIENT, SIBLING], azp: undefined }),
      refused('audience_not_allowed', 'An array of both and a stranger.', { aud: [CLIENT, SIBLING, 'evil'] }),
    ], { audience: [CLIENT, SIBLING] }),
    group('The authorized party must be the client.', [
      valid('It is.', google(), 'F11 Control'),
      valid('It is, and the audience is an array.', google({ aud: [CLIENT] }), 'F11 Control'),
      refused('authorized_party_not_allowed', 'It is a sibling.', { azp: SIBLING }, 'F11'),
      strict('authorized_party_not_allowed', 'It is missing.', { azp: undefined }),
      refused('authorized_party_not_allowed', 'It is the empty string.', { azp: '' }, 'F11'),
      refused('authorized_party_not_allowed', 'It is in capitals.', { azp: CLIENT.toUpperCase() }, 'F11'),
    ], {}, { authorizedParty: CLIENT }),
  ];
}

function domainGroup(): Group {
  const other = (comment: string, hd: unknown): Test => refused('hosted_domain_not_allowed', comment, { hd });
  return group('Only accounts of example.com.', [
    valid('"hd" is the domain.', google(), 'F12 Control'),
    valid('"hd" is the domain, the e-mail address of another one of the organisation.',
      google({ email: 'user@example.net' }), 'F12 Control'),
    other('There is no "hd": a consumer\'s account, whatever its e-mail address says.', undefined),
    other('Another domain.', 'example.org'),
    other('A subdomain.', 'x.example.com'),
    other('The domain as the end of another.', 'evilexample.com'),
    other('The domain as the beginning of another.', 'example.com.evil.example'),
    other('The empty string.', ''),
    other('With a dot behind it.', 'example.com.'),
    strict('claim_invalid', '"hd" is an array that holds it.', { hd: ['example.com'] }),
    strict('claim_invalid', '"hd" is true.', { hd: true }),
    strict('claim_invalid', '"hd" is null.', { hd: null }),
  ], {}, { hostedDomain: 'example.com' });
}

function emailGroups(): Group[] {
  return [
    group('The e-mail address need not be verified.', [
      valid('It is not.', google({ email_verified: false }), 'F12 Control'),
      valid('Nothing is said about it.', google({ email: undefined, email_verified: undefined }), 'F12 Control'),
      strict('claim_invalid', '"email_verified" is the string "true".', { email_verified: 'true' }),
      strict('claim_invalid', '"email_verified" is one.', { email_verified: 1 }),
      strict('claim_invalid', '"email_verified" is null.', { email_verified: null }),
      strict('claim_invalid', '"email" is an array.', { email: ['user@example.com'] }),
    ]),
    group('The e-mail address must be verified.', [
      valid('It is.', google(), 'F12 Control'),
      strict('email_not_verified', 'It is not.', { email_verified: false }),
      strict('email_not_verified', 'Nothing is said about it.', { email_verified: undefined }),
      strict('email_not_verified', '"verified_email" is true instead.',
        { email_verified: undefined, verified_email: true }),
      strict('claim_invalid', '"email_verified" is the string "true" where true is asked for.',
        { email_verified: 'true' }),
    ], {}, { requireVerifiedEmail: true }),
  ];
}

function nonceGroup(): Group {
  const other = (comment: string, nonce: unknown): Test => refused('nonce_mismatch', comment, { nonce }, 'F11');
  return group('The nonce of this sign-in is "n-0S6_WzA2Mj".', [
    valid('It is.', google({ nonce: 'n-0S6_WzA2Mj' }), 'F11 Control'),
    other('There is none.', undefined),
    other('Another one.', 'n-1S6_WzA2Mj'),
    other('In another case.', 'N-0S6_WzA2Mj'),
    other('The empty string.', ''),
    other('It and more.', 'n-0S6_WzA2Mj0'),
    other('The beginning of it.', 'n-0S6_WzA2M'),
    strict('claim_invalid', 'An array that holds it.', { nonce: ['n-0S6_WzA2Mj'] }),
    strict('claim_invalid', 'null for a nonce.', { nonce: null }),
  ], { nonce: 'n-0S6_WzA2Mj' });
}

function accessTokenGroup(): Group {
  const accessToken = 'ya29.A0ARrdaM-example_access_token';
  const digest = createHash('sha256').update(accessToken).digest();
  const half = digest.subarray(0, 16);
  const other = (comment: string, at_hash: unknown): Test => refused('access_token_mismatch', comment, { at_hash },
    'F11');
  return group('The access token that came along must be the one that "at_hash" is of.', [
    valid('It is: the left half of its SHA-256, in base64url.', google({ at_hash: half.toString('base64url') }),
      'F11 Control'),
    other('There is no "at_hash".', undefined),
    other('Of another access token.',
      createHash('sha256').update('another').digest().subarray(0, 16).toString('base64url')),
    other('The whole digest.', digest.toString('base64url')),
    other('The right half.', digest.subarray(16).toString('base64url')),
    other('The left half in hexadecimal.', half.toString('hex')),
    other('The left half in base64 with padding.', half.toString('base64')),
    other('The left half of the SHA-512.',
      createHash('sha512').update(accessToken).digest().subarray(0, 32).toString('base64url')),
    other('The access token itself.', accessToken),
    other('The empty string.', ''),
    strict('claim_invalid', 'An array that holds it.', { at_hash: [half.toString('base64url')] }),
  ], { accessToken });
}

function timesGroup(): Group {
  return group('Times: "iat" and "exp" must be there, no more than a day apart.', [
    valid('A day.', google({ iat: NOW, exp: NOW + 86_400 }), 'F3 Control'),
    strict('lifetime_too_long', 'A day and a second.', { iat: NOW, exp: NOW + 86_401 }, 'F3'),
    strict('lifetime_too_long', '"exp" in milliseconds.', { exp: (NOW + 3590) * 1000 }, 'F3'),
    refused('claim_missing', 'There is no "exp".', { exp: undefined }, 'F4'),
    refused('claim_missing', 'There is no "iat".', { iat: undefined }, 'F6'),
    refused('token_expired', 'The very second of "exp".', { exp: NOW }, 'F4'),
    valid('"iat" is 30 seconds ahead: clocks differ.', google({ iat: NOW + 30 }), 'F6 Control'),
    strict('token_issued_in_future', '"iat" is 31 seconds ahead.', { iat: NOW + 31 }, 'F6'),
    valid('"nbf" is 30 seconds ahead.', google({ nbf: NOW + 30 }), 'F5 Control'),
    refused('token_not_yet_valid', '"nbf" is 31 seconds ahead.', { nbf: NOW + 31 }, 'F5'),
    refused('claim_missing', 'There is no "sub".', { sub: undefined }, 'F11'),
    strict('claim_invalid', '"sub" is a number: it has more digits than a double.', { sub: 110169484474386276334 }),
    refused('claim_missing', 'The e-mail address is there, "sub" is not.', { sub: undefined, email: 'user@gmail.com' },
      'F12'),
    valid('A nonce and a hash that nobody asks for.', google({ nonce: 'x', at_hash: 'x' }), 'F11 Control'),
  ]);
}

function keyGroup(): Group {
  const map = {
    'rsa-1': certificatePem('rsa-1', NOW - 86_400, NOW + 86_400),
    'rsa-2': certificatePem('rsa-2', NOW - 86_400, NOW + 86_400),
  };
  const es256 = { keys: jwkSet('rsa-1', 'ec-1') };
  const by = (key: string, alg: string): string => compact({ alg, kid: key }, googleClaims(), signer(key, alg));
  return group('The key and the algorithm: RS256, and nothing else.', [
    valid('The keys as a map of certificates.', google(), 'F12 Control', { keys: map }),
    should('key_not_found', 'A key ID that the map of certificates does not have.', google({}, { kid: 'rsa-3' }), 'C6',
      { keys: map }),
    should('signature_invalid', 'The other key of the map.', google({}, { kid: 'rsa-2' }), 'C6', { keys: map }),
    should('key_not_found', 'A key ID that Google no longer publishes.', google({}, { kid: 'rsa-3' }), 'C6'),
    must('algorithm_not_allowed', 'Unsecured: what once logged anybody in.',
      compact({ alg: 'none', kid: 'rsa-1' }, googleClaims(), () => Buffer.alloc(0)), 'A1'),
    must('algorithm_not_allowed', 'An HMAC under the public key.',
      compact({ alg: 'HS256', kid: 'rsa-1' }, googleClaims(), hmac(publicPem('rsa-1'))), 'A2'),
    must('algorithm_not_allowed', 'RS512 by the right key.', by('rsa-1', 'RS512'), 'A5'),
    must('algorithm_not_allowed', 'ES256 by a key of the set.', by('ec-1', 'ES256'), 'A5', es256),
    should('type_not_allowed', 'An access token in the form of a JWT.', google({}, { typ: 'at+jwt' }), 'E4'),
    must('signature_invalid', 'Forged, and for another client.',
      compact(header(), googleClaims({ aud: 'x' }), () => Buffer.alloc(256, 1)), 'F13'),
  ]);
}

export function googleVectors(): VectorFile {
  return vectorFile('google', 'Google ID tokens', [
    'Tokens like those of Google, asked of a verifier for Google.',
    'A library without such a preset can be given its parts; the README says which.',
  ], [
    issuerGroup(), ...audienceGroups(), domainGroup(), ...emailGroups(), nonceGroup(), accessTokenGroup(), timesGroup(),
    keyGroup(),
  ]);
}
