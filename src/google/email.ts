/**
 * What an e-mail address in an ID token is worth (Google's guide "Verify the Google ID token on your server side").
 *
 * @module
 */

import type { GoogleClaims } from './id-token.ts';

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
export function emailIsAuthoritative(claims: Pick<GoogleClaims, 'email' | 'email_verified' | 'hd'>): boolean {
  const { email, email_verified: verified, hd } = claims;
  if (typeof email !== 'string') return false;
  return email.endsWith('@gmail.com') || (verified === true && typeof hd === 'string' && hd !== '');
}
