/**
 * A request's facts: all that a decision may look at.
 *
 * @module
 */

/** What a request says, octet for octet as it came in. */
export interface EspRequest {
  readonly method: string;
  /** The request-target, with its query (RFC 9112 §3.2). */
  readonly target: string;
  /**
   * Names in lower case, each with the values of all its fields. Of a repeated field every value must be here: whoever
   * has joined or dropped one has decided already.
   */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** What the client called us, for realms: 'https' and 'api.example', say. Nothing is decided by them. */
  readonly scheme?: string;
  readonly host?: string;
}

/**
 * The fields of a request, from Node's `rawHeaders`: a flat list of names and values.
 *
 * Not from `headers`, where Node keeps one of several Authorization fields and joins others.
 *
 * @example
 * const request = { method: 'GET', target: '/', headers: readRawHeaders(['Host', 'api.example']) };
 */
export function readRawHeaders(rawHeaders: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, string[]>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = String(rawHeaders[i]).toLowerCase();
    const values = headers.get(name);
    if (values === undefined) headers.set(name, [String(rawHeaders[i + 1])]);
    else values.push(String(rawHeaders[i + 1]));
  }
  return headers;
}
