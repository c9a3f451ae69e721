/**
 * Where a browser goes after sign-in: a path of our own, and nothing that a browser would read as another place.
 *
 * @module
 */

/** RFC 3986 §3.3, §3.4 without "\": browsers take "/\" for "//", and drop tabs and line feeds out of the middle of a URL. */
const OWN_PATH = /^\/(?!\/)[!#-;=?-[\]_a-z~]*$/;

/** It travels in a cookie. Characters. */
const LONGEST_PATH = 1024;

/**
 * Says whether text is an absolute path of our own origin, with or without a query (WHATWG URL §4.4).
 *
 * It may come from a stranger, so it is compared and never repaired: an open redirect is how phishing borrows a name.
 */
export function isOwnPath(text: unknown, origin: string): text is string {
  if (typeof text !== 'string' || text.length > LONGEST_PATH || !OWN_PATH.test(text)) return false;
  // The parser that browsers use has the last word: it must not leave the origin, nor find another path ("/.//evil").
  const url = new URL(text, origin);
  return url.origin === origin && `${url.pathname}${url.search}${url.hash}` === text;
}
