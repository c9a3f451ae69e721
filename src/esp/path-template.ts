/**
 * Path templates: OpenAPI's `{name}`, and the `*`, `**` and `{name=pattern}` of Google's HTTP rules (google.api.http).
 *
 * @module
 */

import { decodeSegment } from './request-path.ts';

/** One step of a template. */
export type TemplateSegment =
  | { readonly kind: 'literal'; readonly text: string }
  /** Exactly one segment, whatever it is. */
  | { readonly kind: 'variable' }
  /** Any number of segments, none included. */
  | { readonly kind: 'rest' };

/**
 * Parses a template. A slash at its end means nothing; literals are compared decoded, and with regard to case.
 *
 * @throws {TypeError} saying what is wrong with it, for the caller to say where.
 * @example
 * parsePathTemplate('/shelves/{shelf}'); // [{ kind: 'literal', text: 'shelves' }, { kind: 'variable' }]
 */
export function parsePathTemplate(template: string): readonly TemplateSegment[] {
  if (!template.startsWith('/')) throw new TypeError('a path begins with "/"');
  const segments = splitSegments(template.replace(/\/$/, '')).flatMap(parseSegment);
  const rest = segments.findIndex((segment) => segment.kind === 'rest');
  if (rest !== -1 && segments.slice(rest + 1).some((segment) => segment.kind !== 'literal')) {
    throw new TypeError('only literals may follow "**"');
  }
  return Object.freeze(segments);
}

/** Two templates of one key match the same paths: names of variables are not compared. */
export function routeKey(segments: readonly TemplateSegment[]): string {
  return segments.map((segment) => (segment.kind === 'literal' ? `/=${segment.text}` : `/${segment.kind}`)).join('');
}

/** Splits at the slashes that are not inside braces: `/a/{name=b/*}` has two segments. */
function splitSegments(template: string): readonly string[] {
  return template === '' ? [] : template.slice(1).split(/\/(?![^{}]*\})/);
}

function parseSegment(text: string): readonly TemplateSegment[] {
  if (text === '*') return [{ kind: 'variable' }];
  if (text === '**') return [{ kind: 'rest' }];
  const variable = /^\{([A-Za-z_][\w.-]*)(?:=([^{}]+))?\}$/.exec(text);
  if (variable !== null) {
    const pattern = variable[2];
    return pattern === undefined ? [{ kind: 'variable' }] : pattern.split('/').flatMap(parseSegment);
  }
  if (/[{}*]/.test(text)) throw new TypeError('a variable or wildcard takes a whole segment of a path');
  const literal = decodeSegment(text);
  // A request with such a segment is refused, so the operation could never be reached.
  if (!literal.ok) throw new TypeError(literal.reason);
  return [{ kind: 'literal', text: literal.text }];
}
