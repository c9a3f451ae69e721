/**
 * Text between <!-- bench:NAME --> and <!-- /bench -->.
 *
 * @module
 */

const MARKER = /<!--\s*(?:bench:([^>]*?)|(\/bench))\s*-->/g;

/** Replaces what stands between each pair of markers; the markers stay. @throws {Error} where they do not pair. */
export function rewriteMarkers(document: string, textFor: (name: string) => string): string {
  let rewritten = '';
  let copied = 0;
  let open: { readonly name: string; readonly end: number } | undefined;
  for (const match of document.matchAll(MARKER)) {
    const [marker, name, close] = match;
    if ((close === undefined) === (open !== undefined)) throw new Error(`the markers do not pair at ${marker}`);
    if (open === undefined) {
      open = { name: (name ?? '').trim(), end: match.index + marker.length };
    } else {
      rewritten += document.slice(copied, open.end) + textFor(open.name);
      copied = match.index;
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`the marker "${open.name}" is not closed`);
  return rewritten + document.slice(copied);
}
