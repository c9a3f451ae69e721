/**
 * Issuers and audiences that are not the ones expected, but tell whose token this is (RFC 7519 §4.1.1, §4.1.3).
 *
 * @module
 */

import { audiencesOf } from '../jose/claims.ts';
import { member } from '../jose/json.ts';
import { note, type Evidence, type Finding } from './evidence.ts';
import { plainJson, plainList } from './plain-text.ts';

/** Words in a host or a path that name an environment. */
const WORDS = 'dev development test testing qa uat stg stage staging preprod preview sandbox demo local localhost '
  + 'prod production live';
const ENVIRONMENTS = new RegExp(`(?:^|[.\\-_/:])(${WORDS.replaceAll(' ', '|')})\\d*(?=$|[.\\-_/:])`, 'i');

/** Issuers of Google's that are taken for each other. */
const GOOGLE_ISSUERS: readonly (readonly [start: string, what: string])[] = [
  ['https://accounts.google.com', 'a Google ID token'], ['accounts.google.com', 'a Google ID token'],
  ['https://cloud.google.com/iap', "the assertion of Google's Identity-Aware Proxy (createGoogleIapVerifier)"],
  ['https://securetoken.google.com/', 'a token of Firebase Authentication, which has keys and issuers of its own'],
  ['https://session.firebase.google.com/', 'a session cookie of Firebase Authentication'],
];

/** The issuer, next to the ones expected. */
export function otherIssuer({ error, claims = {}, policy }: Evidence): readonly Finding[] {
  if (!['issuer_not_allowed', 'key_not_found', 'signature_invalid'].includes(error.code)) return [];
  const iss = member(claims, 'iss');
  const { issuers } = policy;
  if (typeof iss !== 'string' || issuers?.includes(iss)) return [];
  if (issuers === null) {
    // Several authorities: their names are in a look-up, which can be asked and not listed.
    const text = `The token says "iss": ${plainJson(iss)}, and no authority of that name is configured.`;
    return error.code === 'issuer_not_allowed' ? [note('issuer_unknown', text)] : [];
  }
  const compared: Finding = {
    kind: 'issuers_compared',
    text: `The token says "iss": ${plainJson(iss)}. Expected is ${plainList(issuers)}.`,
  };
  const near = issuers.find((issuer) => spelling(issuer) === spelling(iss));
  if (near !== undefined) {
    const how = differenceOf(iss, near);
    return [compared, note('issuer_spelling', `That is another spelling of the same issuer: ${how}.`)];
  }
  const known = GOOGLE_ISSUERS.find(([start]) => iss.startsWith(start));
  const google = known === undefined ? [] : [note('google_issuer', `This is ${known[1]}.`)];
  const elsewhere = issuers.map((issuer) => environmentOf(iss, issuer)).find((text) => text !== undefined);
  return [compared, ...google, ...(elsewhere === undefined ? [] : [note('other_environment', elsewhere)])];
}

/** The audience, next to ours. */
export function otherAudience({ error, claims = {}, policy: { audiences } }: Evidence): readonly Finding[] {
  if (error.code !== 'audience_not_allowed' || audiences === null) return [];
  const theirs = audiencesOf(claims);
  if (theirs.length === 0) return [note('no_audience', '"aud" is an empty list: the token is for nobody.')];
  const compared: Finding = {
    kind: 'audiences_compared',
    text: `The token is for ${plainList(theirs)}. This verifier goes by ${plainList(audiences)}.`,
  };
  const strangers = theirs.filter((audience) => !audiences.includes(audience));
  const stranger = strangers[0];
  if (stranger === undefined) return [compared];
  if (strangers.length < theirs.length) {
    return [compared, note('audience_beside', `${plainJson(stranger)} is an audience beside yours, and unknown here.`)];
  }
  const pairs = strangers.flatMap((theirOne) => audiences.map((ourOne) => audienceOf(theirOne, ourOne)));
  const told = pairs.find((finding) => finding !== undefined);
  return told === undefined ? [compared] : [compared, told];
}

function audienceOf(theirs: string, ours: string): Finding | undefined {
  if (spelling(theirs) === spelling(ours)) {
    return note('audience_spelling', `That is another spelling of your audience: ${differenceOf(theirs, ours)}.`);
  }
  const [client, mine] = [googleProject(theirs), googleProject(ours)];
  if (client !== undefined && mine !== undefined) {
    const text = client === mine
      ? `Another client of your own Google project (number ${mine}): its Android, iOS or web client.`
      : `A client of another Google project: its number is ${client}, yours is ${mine}.`;
    return note('other_client', text);
  }
  const elsewhere = environmentOf(theirs, ours);
  if (elsewhere !== undefined) return note('other_environment', elsewhere);
  if (client !== undefined) return note('other_client', 'It is for a Google client ID: a sign-in, not an API.');
  if (/^https:/.test(theirs) && mine !== undefined) {
    return note('other_client', 'It is for a URL: an ID token asked for by a service account, for another service.');
  }
  return undefined;
}

/** What the spellings of one name have in common: scheme, ASCII case, slashes at the end are left out. */
function spelling(name: string): string {
  const bare = name.trim().toLowerCase().replace(/^[a-z][a-z\d+.-]*:\/\//, '');
  let end = bare.length;
  // Walked from the end: a regular expression would begin anew at every slash, and a stranger has written the name.
  while (bare.endsWith('/', end)) end -= 1;
  return bare.slice(0, end);
}

function differenceOf(theirs: string, ours: string): string {
  const scheme = /^[a-z][a-z\d+.-]*:\/\//i;
  const [a, b] = [theirs.replace(scheme, ''), ours.replace(scheme, '')];
  const [schemeA, schemeB] = [theirs.slice(0, theirs.length - a.length), ours.slice(0, ours.length - b.length)];
  const ways = [
    ...(schemeA === schemeB ? [] : [`it has ${schemeNamed(schemeA)} where you have ${schemeNamed(schemeB)}`]),
    ...(a.trim() === a && b.trim() === b ? [] : ['there are spaces around one of them']),
    ...(a.endsWith('/') && !b.endsWith('/') ? ['the slash at the end is only in the token'] : []),
    ...(b.endsWith('/') && !a.endsWith('/') ? ['the slash at the end is missing in the token'] : []),
  ];
  return ways.length === 0 ? 'capital letters differ, and they count' : ways.join(', and ');
}

function schemeNamed(scheme: string): string {
  return scheme === '' ? 'no scheme' : plainJson(scheme);
}

/** Client IDs of Google's begin with the project's number. */
function googleProject(audience: string): string | undefined {
  return /^(\d+)-[\w]+\.apps\.googleusercontent\.com$/.exec(audience)?.[1];
}

/** Whether two names differ only by environment, tenant or realm. */
function environmentOf(theirs: string, ours: string): string | undefined {
  const [a, b] = [ENVIRONMENTS.exec(theirs)?.[1], ENVIRONMENTS.exec(ours)?.[1]];
  if (a?.toLowerCase() !== b?.toLowerCase()) {
    const here = b === undefined ? 'this verifier names none' : `this verifier is for ${plainJson(b)}`;
    if (a === undefined) return `This verifier is for ${plainJson(b)}, the token for another environment.`;
    return `The token speaks of ${plainJson(a)}; ${here}: it is for another environment.`;
  }
  const [hostA, hostB] = [hostOf(theirs), hostOf(ours)];
  if (hostA === undefined || hostB === undefined) return undefined;
  if (hostA === hostB) return 'The host is the same and the path is not: another tenant, realm or version there.';
  return parentOf(hostA) === parentOf(hostB) && !hostA.endsWith('.google.com')
    ? `Both are under ${plainJson(parentOf(hostA))}: another tenant or environment of one provider.`
    : undefined;
}

function hostOf(name: string): string | undefined {
  return /^https?:\/\/([^/?#]+)/i.exec(name)?.[1]?.toLowerCase();
}

function parentOf(host: string): string {
  return host.split('.').slice(-2).join('.');
}
