/**
 * Where a browser goes after sign-in: a path of our own, and nothing that a browser would read as another place.
 *
 * @module
 */

/** It travels in a cookie. Characters. */
const LONGEST_PATH = 1024;

/**
 * Says whether text is an absolute path of our own origin, with or without a query (WHATWG URL §4.4).
 *
 * It may come from a stranger, and an open redirect is how phishing borrows a name. So the parser that browsers use must
 * make of it the very same path, of this very origin: "//evil" and "/\evil" it takes for another host, out of "/<TAB>/evil"
 * and "/.//evil" it makes such a path, and what it would have to escape is nothing that we have written.
 */
export function isOwnPath(text: unknown, origin: string): text is string {
  if (typeof text !== 'string' || text.length > LONGEST_PATH || !URL.canParse(text, origin)) return false;
  const url = new URL(text, origin);
  return url.origin === origin && `${url.pathname}${url.search}${url.hash}` === text;
}
