/**
 * Broken tokens, as people meet them: what `assay explain` prints must name the cause and the remedy, with nothing beside
 * it that sends them another way. Read by a newcomer first; this keeps it so.
 */
import { describe, expect, it } from 'vitest';
import { explain, toText } from '../../src/explain/index.ts';
import { CLIENT, googleVerifier, mint, NOW } from './sample.ts';

const [header = '', payload = '', signature = ''] = mint().split('.');
const edited = Buffer.from(Buffer.from(payload, 'base64url').toString().replace('1101', '1102')).toString('base64url');
const noneHeader = Buffer.from('{"alg":"none"}').toString('base64url');

interface Case {
  readonly what: string;
  readonly token: string;
  readonly cause: RegExp;
  readonly remedy: RegExp;
  /** What would send its reader another way. */
  readonly not?: RegExp;
}

const CASES: readonly Case[] = [
  { what: 'an old token, off by whole hours by chance', token: mint({ iat: NOW - 10_800, exp: NOW - 7200 }),
    cause: /kept past its end/, remedy: /Get a new one/, not: /by NTP/ },
  { what: 'a clock that is slow', token: mint({ iat: NOW + 95 }), cause: /issuer's clock is ahead/, remedy: /\{ iat: 95 \}/ },
  { what: 'another client of the same project', token: mint({ aud: CLIENT.replace('web', 'android') }),
    cause: /another client ID/, remedy: /list both/ },
  { what: 'a client of another project', token: mint({ aud: '99-a.apps.googleusercontent.com' }),
    cause: /its number is 99, yours is 1234567890/, remedy: /refuse/ },
  { what: 'another spelling of the issuer', token: mint({ iss: 'https://accounts.google.com/' }),
    cause: /the slash at the end is only in the token/, remedy: /Copy "iss" out of the token/, not: /stranger/ },
  { what: 'a signature removed by Cloud Run', token: `${header}.${payload}.SIGNATURE_REMOVED_BY_GOOGLE`,
    cause: /took its signature away/, remedy: /X-Serverless-Authorization/, not: /Try a fresh token/ },
  { what: 'a payload with padding', token: `${header}.${payload}=.${signature}`,
    cause: /ordinary Base64/, remedy: /base64url without "="/, not: /belong to someone else/ },
  { what: 'a line break from a terminal', token: `${header}.${payload.slice(0, 76)}\n${payload.slice(76)}.${signature}`,
    cause: /pasted out of something that breaks lines/, remedy: /Join it to one line/ },
  { what: 'an edited claim', token: `${header}.${edited}.${signature}`, cause: /A claim edited after signing/, remedy: /fresh token/ },
  { what: 'a rotated key', token: mint({}, 'key-0'), cause: /not of the same time/, remedy: /Fetch the keys anew/ },
  { what: 'a Firebase token', token: mint({ iss: 'https://securetoken.google.com/p', aud: 'p' }, 'key-0'),
    cause: /Another of Google's services/, remedy: /for Firebase createVerifier/, not: /Fetch the keys anew|rotated its/ },
  { what: 'alg none', token: `${noneHeader}.${payload}.`, cause: /oldest forgery/, remedy: /Refuse it/, not: /allow it by name/ },
  { what: 'milliseconds', token: mint({ iat: NOW * 1000, exp: NOW * 1000 + 3.6e6 }),
    cause: /counts milliseconds/, remedy: /Math\.floor\(Date\.now\(\) \/ 1000\)/, not: /Synchronize/ },
  { what: 'an access token', token: 'ya29.a0AfH6SMBx', cause: /another one/, remedy: /Send the ID token/ },
  { what: 'the Bearer scheme left on', token: `Bearer ${mint()}`, cause: /whole Authorization field/, remedy: /Cut "Bearer " off/ },
  { what: 'the answer of Envoy, or of IAM before Cloud Run', token: 'Jwt issuer is not configured',
    cause: /proxy in front knows no provider/, remedy: /whether IAM gave that answer/ },
  { what: 'a local time taken for UTC', token: mint({ iat: NOW + 3600, exp: NOW + 7200 }),
    cause: /takes the local time for UTC/, remedy: /date -u/, not: /Synchronize/ },
  { what: 'a last letter that was changed', token: mint().replace(/.$/, (last) => String.fromCharCode(last.charCodeAt(0) + 1)),
    cause: /second name of one token/, remedy: /Treat it as altered/ },
  { what: 'a text where true belongs', token: mint({ email_verified: 'true' }), cause: /tokeninfo/, remedy: /JSON boolean/ },
];

describe.each(CASES)('$what', ({ token, cause, remedy, not }) => {
  it('is told with its cause and its remedy, in 80 columns', async () => {
    const text = toText(await explain(googleVerifier(), token));
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    const advised = text.slice(text.indexOf('\nlooked at')).replace(/\s+/g, ' ');
    expect(advised).toMatch(/ looked at .* likely cause .* next step /);
    expect(advised).toMatch(cause);
    expect(advised).toMatch(remedy);
    if (not !== undefined) expect(advised).not.toMatch(not);
  });
});
