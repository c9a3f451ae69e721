/**
 * Where in a JSON text a name is there twice: JSON.parse keeps the last of two, and cannot tell.
 *
 * @module
 */

/** An object or an array that is open. */
interface Level {
  readonly path: string;
  /** Those so far; an array has none. */
  readonly names: Set<string>;
  /** Whether the name of the member that is being read has been. In an array nobody waits for one. */
  named: boolean;
  /** The path of that member. */
  here: string;
  /** Of that member, in an array. */
  index: number | undefined;
}

/**
 * The path of a name that is there twice, in the text of a JSON object that has one: `paths./shelves.get`.
 *
 * The outermost: what is inside one of two members is not there for whoever takes the other.
 */
export function findRepeatedName(text: string): string {
  const levels = [openObject('')];
  let found = { path: '', depth: Infinity };
  for (let at = text.indexOf('{') + 1; levels.length > 0; at += 1) {
    const level = levels.at(-1) as Level;
    switch (text[at]) {
      case '{':
        levels.push(openObject(level.here));
        break;
      case '[':
        levels.push({ path: level.here, names: new Set(), named: true, here: `${level.here}[0]`, index: 0 });
        break;
      case '}':
      case ']':
        levels.pop();
        break;
      case ',':
        if (level.index === undefined) level.named = false;
        else level.here = `${level.path}[${(level.index += 1)}]`;
        break;
      case '"': {
        const end = endOfString(text, at);
        if (!level.named) {
          const name = String(JSON.parse(text.slice(at, end)));
          level.here = level.path === '' ? name : `${level.path}.${name}`;
          level.named = true;
          if (level.names.has(name) && levels.length < found.depth) found = { path: level.here, depth: levels.length };
          level.names.add(name);
        }
        at = end - 1;
      }
    }
  }
  return found.path;
}

function openObject(path: string): Level {
  return { path, names: new Set(), named: false, here: path, index: undefined };
}

/** Behind the quote that ends it: one with an even number of backslashes before it (RFC 8259 §7). */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text[end - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return end + 1;
  }
}
