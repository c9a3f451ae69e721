/**
 * The fields of a request, whichever framework has read them.
 *
 * @module
 */

import { fieldValues } from './hop-by-hop.ts';

/**
 * A request, as node:http, Express, Fastify or a fetch-style handler has it.
 *
 * Of `rawHeaders`, where they are, every field is seen; in `headers` Node keeps the first of several.
 */
export interface IncomingRequest {
  readonly method?: string | undefined;
  /** Not looked at: a token in an address ends up in logs (RFC 6750 §2.3). */
  readonly url?: string | undefined;
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly rawHeaders?: readonly string[];
}

/** The values of all fields of one name, which is given in lower case. */
export function fieldsOf({ headers, rawHeaders }: IncomingRequest, name: string): readonly string[] {
  if (rawHeaders !== undefined) return fieldValues(rawHeaders, name);
  // `Headers` joins repeated fields with commas, or Cookie fields with semicolons.
  if (headers instanceof Headers) {
    const joined = headers.get(name);
    return joined === null ? [] : [joined];
  }
  // Whoever made the object may have written the name in any case, and more than once.
  return Object.entries(headers)
    .filter(([key]) => key.toLowerCase() === name)
    .flatMap(([, value]) => value ?? []);
}
