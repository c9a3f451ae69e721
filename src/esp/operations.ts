/**
 * The `paths` of a document: its operations, each with what it wants.
 *
 * @module
 */

import { child, children, elements, expectKnown, isThere, readFlag, wrong, type Field } from './document.ts';
import { parsePathTemplate, routeKey } from './path-template.ts';
import type { EspPolicy, Operation } from './policy.ts';
import type { DocumentContext, SecurityScheme } from './provider.ts';
import { readRequirements } from './requirement.ts';

/** What one document gives: a policy but for what follows from its operations, and the warnings. */
export type DocumentPolicy = Omit<EspPolicy, 'providers' | 'warnings'>;

const METHODS: readonly string[] = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** What a path item may hold beside its methods. */
const ITEM_MEMBERS: readonly string[] = ['parameters', 'summary', 'description', 'servers'];

/**
 * Reads all operations of a document.
 *
 * @param basePath what the paths are below: '' or '/v1', say.
 * @throws {TypeError} naming the field that is wrong.
 */
export function readOperations(
  root: Field,
  basePath: string,
  schemes: ReadonlyMap<string, SecurityScheme>,
  context: DocumentContext,
): readonly Operation[] {
  const inherited = child(root, 'security');
  const operations: Operation[] = [];
  const seen = new Map<string, Operation>();
  for (const [path, item] of children(child(root, 'paths'))) {
    if (path.startsWith('x-')) continue;
    // OpenAPI 3.0.4 §4.7.8.1. Behind a base path it would be another one: /v1 and "a" are not /v1a.
    if (!path.startsWith('/')) throw wrong(item, 'a path begins with "/"');
    const template = joinPath(basePath, path);
    const key = atField(item, () => routeKey(parsePathTemplate(template)));
    const reference = child(item, '$ref');
    if (isThere(reference)) throw wrong(reference, 'references are not followed; write the path out');
    expectKnown(item, [...METHODS, ...ITEM_MEMBERS], (name) => !name.startsWith('x-'));
    if (isThere(child(item, 'servers'))) context.warn(`${item.path}.servers: ignored, the base path is the document's`);
    for (const method of METHODS) {
      const field = child(item, method);
      if (!isThere(field)) continue;
      const own = child(field, 'security');
      const wanted = readRequirements(isThere(own) ? own : inherited, schemes, context);
      const operation = Object.freeze({ method: method.toUpperCase(), template, ...wanted });
      expectSameWish(seen.get(`${method} ${key}`), operation, field);
      seen.set(`${method} ${key}`, operation);
      operations.push(operation);
    }
  }
  return Object.freeze(operations);
}

/**
 * Refuses two operations that the same requests mean, if they want different tokens.
 *
 * `/a/{x}` and `/a/{y}`, `/a` and `/a/`: only one of them could be asked, and the other's wish would be lost.
 */
function expectSameWish(other: Operation | undefined, operation: Operation, field: Field): void {
  if (other === undefined) return;
  const wish = ({ alternatives, optional }: Operation): string =>
    JSON.stringify([alternatives.map((providers) => providers.map(({ id }) => id).sort()).sort(), optional]);
  if (wish(other) !== wish(operation)) {
    throw wrong(field, `matches the same requests as "${other.template}", and wants other tokens`);
  }
}

/** The base path of a document, without its slash at the end. */
export function readBasePath(field: Field): string {
  if (!isThere(field)) return '';
  const { value } = field;
  if (typeof value !== 'string' || !/^\/[^{}*]*$/.test(value)) throw wrong(field, 'expected a path from "/" on');
  atField(field, () => parsePathTemplate(value));
  return value.replace(/\/$/, '');
}

function joinPath(basePath: string, path: string): string {
  return path === '/' && basePath !== '' ? basePath : `${basePath}${path}`;
}

/** `x-google-allow`: whether unlisted requests pass. */
export function readAllowUnlisted(root: Field, { warn }: DocumentContext): boolean {
  const allow = child(root, 'x-google-allow');
  if (!isThere(allow) || allow.value === 'configured') return false;
  if (allow.value !== 'all') throw wrong(allow, 'expected "configured" or "all"');
  warn('x-google-allow: all lets every request through that the document does not list, without a token');
  return true;
}

/** Says which of Google's extensions at the top are not ours to act on. */
export function warnOfIgnored(root: Field, known: readonly string[], { warn }: DocumentContext): void {
  for (const [name] of children(root)) {
    if (name.startsWith('x-google-') && !known.includes(name)) warn(`${name}: ignored, it does not concern tokens`);
  }
}

/** Whether an object of a list has a true flag. All are read, so that a wrong one is found behind a true one. */
export function readAnyFlag(list: Field, name: string): boolean {
  return isThere(list) && elements(list).map((field) => readFlag(child(field, name))).includes(true);
}

function atField<T>(field: Field, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof TypeError) throw wrong(field, error.message);
    throw error;
  }
}
