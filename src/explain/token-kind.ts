/**
 * Tokens of another kind than the one meant: what their "typ", "cty" and claims tell (RFC 8725 §3.11).
 *
 * @module
 */

import { member } from '../jose/json.ts';
import { note, type Evidence, type Finding } from './evidence.ts';
import { plainJson } from './plain-text.ts';

const TOKEN_TYPES: ReadonlyMap<string, string> = new Map([
  ['at+jwt', 'an OAuth access token (RFC 9068)'],
  ['logout+jwt', 'a logout token (OIDC Back-Channel Logout)'],
  ['dpop+jwt', 'a DPoP proof (RFC 9449)'],
  ['secevent+jwt', 'a security event (RFC 8417)'],
  ['oauth-authz-req+jwt', 'an authorization request (RFC 9101)'],
]);

/** What kind of token this is. */
export function tokenKind({ error, header = {}, policy }: Evidence): readonly Finding[] {
  if (error.code !== 'type_not_allowed') return [];
  const [typ, cty] = [member(header, 'typ'), member(header, 'cty')];
  const accepted = policy.types === null ? 'no "typ" or "JWT"' : policy.types.map((type) => (type === null ? 'no "typ"' : plainJson(type))).join(', ');
  const says = typ === undefined ? 'The token has no "typ"' : `The token has "typ": ${plainJson(typ, 60)}`;
  const name = typeof typ === 'string' ? TOKEN_TYPES.get(typ.toLowerCase().replace(/^application\//, '')) : undefined;
  return [
    note('types_compared', `${says}; accepted: ${accepted}.`),
    ...(name === undefined ? [] : [note('other_kind', `That is ${name}.`)]),
    ...(cty === undefined ? [] : [note('nested', `Its "cty" is ${plainJson(cty, 60)}: it holds a token itself.`)]),
  ];
}
