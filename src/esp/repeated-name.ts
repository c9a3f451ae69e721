/**
 * Where in a JSON text a name is there twice: JSON.parse keeps the last of two, and cannot tell.
 *
 * @module
 */

/** An object or an array that is open. */
interface Level {
  readonly path: string;
  /** Those so far; an array has none. */
  readonly names: Set<string> | undefined;
  /** The path of the member that is being read; undefined where its name is yet to come. */
  here: string | undefined;
  /** Of that member, in an array. */
  index: number;
}

/**
 * The path of a name that is there twice, in a text that is JSON and has one: `paths./shelves.get`.
 *
 * The outermost: what is inside one of two members is not there for whoever takes the other.
 */
export function findRepeatedName(text: string): string {
  const levels: Level[] = [];
  let found = { path: '', depth: Infinity };
  for (let at = 0; at < text.length; at += 1) {
    const level = levels.at(-1);
    switch (text[at]) {
      case '{':
      case '[':
        levels.push(openLevel(text[at] === '{', level?.here ?? ''));
        break;
      case '}':
      case ']':
        levels.pop();
        break;
      case ',':
        if (level !== undefined) level.here = level.names === undefined ? `${level.path}[${(level.index += 1)}]` : undefined;
        break;
      case '"': {
        const end = endOfString(text, at);
        if (level?.names !== undefined && level.here === undefined) {
          const name = String(JSON.parse(text.slice(at, end)));
          level.here = level.path === '' ? name : `${level.path}.${name}`;
          if (level.names.has(name) && levels.length < found.depth) found = { path: level.here, depth: levels.length };
          level.names.add(name);
        }
        at = end - 1;
      }
    }
  }
  return found.path;
}

function openLevel(isObject: boolean, path: string): Level {
  return isObject ? { path, names: new Set(), here: undefined, index: 0 } : { path, names: undefined, here: `${path}[0]`, index: 0 };
}

/** Behind the quote that ends it: one with an even number of backslashes before it (RFC 8259 §7). */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text[end - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return end + 1;
  }
}
