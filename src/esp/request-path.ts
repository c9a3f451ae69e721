/**
 * The request-target (RFC 9112 §3.2), read in the only way in which nobody behind us can read it otherwise.
 *
 * A policy holds only as long as the service sees the path that was decided on. So a path is not tidied up here: the
 * target goes on octet for octet, and one that two readers could take for two paths is refused.
 *
 * @module
 */

/** A target that was read, or why it was not. The reasons are fixed text and hold nothing of the request. */
export type RequestPath =
  | {
      readonly ok: true;
      /** As received, without the query. */
      readonly path: string;
      /** The segments, percent-decoded; none for "/", and none for one slash at the end. */
      readonly segments: readonly string[];
      /** As received, without its "?"; undefined where there is none. */
      readonly query: string | undefined;
    }
  | { readonly ok: false; readonly reason: string };

/**
 * Octets. RFC 9110 §4.1 recommends 8000 as the least to support; what is longer, some hop behind us would cut or
 * refuse.
 */
const MAX_TARGET_LENGTH = 8000;

/** RFC 3986 §3.3: pchar. Anything else is not a path, and each server repairs it in its own way. */
const SEGMENT = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})*$/;

/**
 * RFC 3986 §3.4, less the octets that would end the line or the target. What servers tolerate in a query decides
 * nothing.
 */
const QUERY = /^[\x21\x22\x24-\x7e]*$/;

/**
 * Reads a request-target in origin-form.
 *
 * @example
 * parseRequestPath('/a%20b/c?x=1'); // { ok: true, path: '/a%20b/c', segments: ['a b', 'c'], query: 'x=1' }
 */
export function parseRequestPath(target: string): RequestPath {
  if (target.length > MAX_TARGET_LENGTH) return refusePath(`the target is longer than ${MAX_TARGET_LENGTH} octets`);
  // RFC 9112 §3.2.2 to §3.2.4: the other forms are for proxies of another kind, and name another host.
  if (!target.startsWith('/')) return refusePath('the target is not in origin-form');
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  const query = mark === -1 ? undefined : target.slice(mark + 1);
  if (query !== undefined && !QUERY.test(query)) return refusePath('the query has a character that no query has');

  const raw = path.slice(1).split('/');
  if (raw.at(-1) === '') raw.pop();
  const segments: string[] = [];
  for (const text of raw) {
    const segment = decodeSegment(text);
    if (!segment.ok) return segment;
    segments.push(segment.text);
  }
  return { ok: true, path, segments, query };
}

/**
 * What is still encoded after one decoding and has no honest reason to be: control characters, the separators, "%", and what
 * needs no encoding in the first place, letters, digits, "-", ".", "_" and "~" (RFC 3986 §2.3).
 */
const ENCODED_TWICE = /%(?:[01][0-9a-f]|2[5def]|3[0-9b]|4[1-9a-f]|5[0-9acf]|6[1-9a-f]|7[0-9aef])/i;

/** A decoded segment, or why it has no one meaning. */
export type Segment = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/**
 * Decodes one segment of a path (RFC 3986 §2.4, §6.2.2.2: `%61` and `a` are the same).
 *
 * Refused is what servers are known to take for a separator, for a step up, for the end, or for nothing at all.
 */
export function decodeSegment(raw: string): Segment {
  // Some servers merge doubled slashes, some do not.
  if (raw === '') return refusePath('the path has a doubled slash');
  if (!SEGMENT.test(raw)) return refusePath('the path has a character that no path has');
  // RFC 3986 §6.2.2.3: dot segments are removed, by some before decoding and by some after it.
  if (/%2e/i.test(raw)) return refusePath('the path has an encoded dot');
  if (/%(?:2f|5c)/i.test(raw)) return refusePath('the path has an encoded slash');
  if (raw === '.' || raw === '..') return refusePath('the path has a dot segment');
  let text: string;
  try {
    text = decodeURIComponent(raw);
  } catch {
    // Also the overlong forms of UTF-8, %C0%AE for a dot: RFC 3629 §3 forbids them, and old decoders take them.
    return refusePath('the path is not UTF-8');
  }
  // NUL ends a string for some, a line break a header for others.
  if (/[\u0000-\u001f\u007f-\u009f]/.test(text)) return refusePath('the path has an encoded control character');
  // Servlet containers drop what follows a semicolon, so that "/admin;x" is "/admin" and "/..;/" a step up.
  if (text.includes(';')) return refusePath('the path has a semicolon');
  // A second decoding, by a hop behind the next, must not find what the first one would have been refused for, nor make of
  // "%2561dmin" the "admin" of another rule.
  if (ENCODED_TWICE.test(text)) return refusePath('the path is encoded twice');
  return { ok: true, text };
}

function refusePath(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
