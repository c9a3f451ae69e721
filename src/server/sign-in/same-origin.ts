/**
 * Whether a request was made by a page of ours (Fetch §3.2, Fetch Metadata §2.3).
 *
 * A browser writes Origin and Sec-Fetch-Site itself, and no page can change them. Whoever writes them without a browser
 * has nobody's cookies but their own.
 *
 * @module
 */

import { fieldsOf, type IncomingRequest } from '../request-fields.ts';

/** Google's own page, which posts the form where the button redirects. */
const GOOGLE_ORIGIN = 'https://accounts.google.com';

/** Proves that a page of our origin made the request: by one Origin that is ours, or in its absence by Sec-Fetch-Site. */
export function isFromOurPage(request: IncomingRequest, origin: string): boolean {
  const origins = fieldsOf(request, 'origin');
  const sites = fieldsOf(request, 'sec-fetch-site');
  // "same-site" is not enough: a sibling domain is another's page.
  if (sites.some((site) => site !== 'same-origin')) return false;
  return origins.length === 0 ? sites.length === 1 : origins.length === 1 && origins[0] === origin;
}

/**
 * Says whether a form may come from where it says: our page or Google's.
 *
 * This alone proves nothing, as Origin may be absent, or "null" after a page with a strict referrer policy: what proves
 * the form is g_csrf_token and the nonce. But a page that says it is another's is believed.
 */
export function mayPostForm(request: IncomingRequest, origin: string): boolean {
  const origins = fieldsOf(request, 'origin');
  return origins.length === 0 || (origins.length === 1 && [origin, GOOGLE_ORIGIN, 'null'].includes(String(origins[0])));
}
