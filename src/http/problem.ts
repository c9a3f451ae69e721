/**
 * Problem details (RFC 9457).
 *
 * @module
 */

/** The media type of {@link formatProblem}'s text. */
export const PROBLEM_TYPE = 'application/problem+json';

/** What went wrong with one request. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail?: string;
  /** A URI naming the kind of problem. Absent, "about:blank": the status says it all (RFC 9457 §4.2.1). */
  readonly type?: string;
  /** Extension members (§3.2). */
  readonly extensions?: Readonly<Record<string, string | number | boolean>>;
}

const OWN_MEMBERS: ReadonlySet<string> = new Set(['type', 'title', 'status', 'detail', 'instance']);

/**
 * Writes problem details as JSON.
 *
 * @throws {TypeError} for a status that is none, or an extension that would pass for a member of the standard.
 * @example
 * formatProblem({ status: 401, title: 'Unauthorized' }); // '{"title":"Unauthorized","status":401}'
 */
export function formatProblem({ status, title, detail, type, extensions = {} }: Problem): string {
  if (!Number.isInteger(status) || status < 400 || status > 599) throw new TypeError('"status" expected 400 to 599');
  for (const name of Object.keys(extensions)) {
    // RFC 9457 §3.2: a letter first, then letters, digits and "_", three or more, so that it can be written anywhere.
    if (OWN_MEMBERS.has(name) || !/^[A-Za-z][A-Za-z0-9_]{2,}$/.test(name)) {
      throw new TypeError('"extensions" has a name that RFC 9457 does not give away');
    }
  }
  // What is undefined is left out by JSON.stringify.
  return JSON.stringify({ type, title, status, detail, ...extensions });
}
