/**
 * Header fields that end at the next hop (RFC 9110 §7.6.1), and how messages are framed behind them (RFC 9112 §6).
 *
 * @module
 */

/** A flat list of names and values, as in Node's `rawHeaders`. */
export type RawFields = readonly string[];

/** Not to be forwarded, whether or not Connection names them. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer',
  'transfer-encoding', 'upgrade', 'http2-settings', 'expect',
]);

/** What Connection must not take away: a client could otherwise have us drop what the service relies on. */
const END_TO_END: ReadonlySet<string> = new Set([
  'host', 'content-length', 'content-type', 'authorization', 'cookie', 'cache-control', 'set-cookie', 'date',
]);

/** The values of all fields of a name. */
export function fieldValues(fields: RawFields, name: string): readonly string[] {
  const values: string[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    if (fields[i]?.toLowerCase() === name) values.push(fields[i + 1] ?? '');
  }
  return values;
}

/**
 * The fields that go on, less those for which `drop` holds. Names keep their case, and repeated fields stay apart.
 */
export function endToEnd(fields: RawFields, drop: (name: string) => boolean = () => false): string[] {
  const named = new Set(
    fieldValues(fields, 'connection').flatMap((value) => value.toLowerCase().split(',').map((name) => name.trim())),
  );
  const kept: string[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [name = '', value = ''] = [fields[i], fields[i + 1]];
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower) || (named.has(lower) && !END_TO_END.has(lower)) || drop(lower)) continue;
    kept.push(name, value);
  }
  return kept;
}

/** How the content of a request is delimited. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly octets: number }
  | { readonly kind: 'chunked' }
  /** Two hops could see two ends of it: request smuggling. */
  | { readonly kind: 'ambiguous' };

/**
 * Reads how a request is framed, more strictly than the parser before us has.
 *
 * RFC 9112 §6.1, §6.3: both fields at once, a repeated one, or any coding but "chunked" is refused, never repaired.
 *
 * @param headers as esp's readRawHeaders gives them.
 */
export function framingOf(headers: ReadonlyMap<string, readonly string[]>): Framing {
  const lengths = headers.get('content-length') ?? [];
  const codings = headers.get('transfer-encoding') ?? [];
  const [length] = lengths;
  const [coding] = codings;
  if (lengths.length + codings.length > 1) return { kind: 'ambiguous' };
  if (coding !== undefined) return { kind: coding.toLowerCase() === 'chunked' ? 'chunked' : 'ambiguous' };
  if (length === undefined) return NO_CONTENT;
  return /^\d{1,15}$/.test(length) ? { kind: 'length', octets: Number(length) } : { kind: 'ambiguous' };
}

const NO_CONTENT: Framing = Object.freeze({ kind: 'none' });
