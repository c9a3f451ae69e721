/**
 * What an e-mail address in an ID token is worth (Google's guide "Verify the Google ID token on your server side").
 *
 * @module
 */

import { member } from '../jose/json.ts';
import type { GoogleClaims } from './id-token.ts';

/** The claims that are looked at. */
export type EmailClaims = { readonly [claim in 'email' | 'email_verified' | 'hd']?: GoogleClaims[claim] };

/**
 * Says whether Google is the authority for the account's e-mail address: it is a Gmail address, or it is verified and
 * belongs to a Google Workspace organisation ("hd").
 *
 * For any other address Google once saw that the user could read its mail, which may no longer be so. Even an
 * authoritative address is not an identity: that is `sub`, which is never given to someone else.
 *
 * @example
 * if (emailIsAuthoritative(claims)) offerToLinkAccount(claims.email);
 */
export function emailIsAuthoritative(claims: EmailClaims): boolean {
  const [email, verified, hd] = ['email', 'email_verified', 'hd'].map((claim) => member(claims, claim));
  if (typeof email !== 'string') return false;
  return email.endsWith('@gmail.com') || (verified === true && typeof hd === 'string' && hd !== '');
}
