/**
 * A small, strict reader of the XML that our charts are: enough to say whether a file is well formed.
 *
 * @module
 */

/** The names of the elements in the order in which they open. @throws {Error} where the text is not well formed. */
export function elementsOf(xml: string): string[] {
  const names: string[] = [];
  const open: string[] = [];
  const token = /<(\/?)([a-z]+)((?: [a-zA-Z][a-zA-Z0-9:-]*="[^"<]*")*)(\/?)>|([^<]+)/gy;
  let end = 0;
  for (let match = token.exec(xml); match !== null; match = token.exec(xml)) {
    const [, closing, name = '', attributes = '', empty, text] = match;
    end = token.lastIndex;
    if (/&(?!(?:amp|lt|gt|quot);)/.test(text ?? attributes))
      throw new Error(`an ampersand that is not escaped near ${end}`);
    if (text !== undefined) continue;
    if (closing === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes what is not open`);
      continue;
    }
    names.push(name);
    if (empty !== '/') open.push(name);
  }
  if (end !== xml.length || open.length > 0) throw new Error(`not well formed at ${end}; open: ${open.join(' ')}`);
  return names;
}
