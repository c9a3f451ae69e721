/**
 * Security requirements (OpenAPI's `security`): a list is "or", the members of one entry are "and".
 *
 * @module
 */

import { children, elements, isThere, wrong, type Field } from './document.ts';
import type { AuthProvider, Operation } from './policy.ts';
import type { DocumentContext, SecurityScheme } from './provider.ts';

/** What an operation wants. */
export type Requirements = Pick<Operation, 'alternatives' | 'optional'>;

/** No token is wanted, and none is looked at. */
const OPEN: Requirements = Object.freeze({ alternatives: Object.freeze([]), optional: false });

interface Alternative {
  readonly field: Field;
  readonly providers: readonly AuthProvider[];
  /** The definitions that cannot be enforced here. */
  readonly unenforceable: readonly string[];
}

/**
 * Reads a `security` field. Not there, or an empty list: open.
 *
 * What cannot be enforced is never taken as satisfied. An alternative of such definitions alone is dropped; where
 * that leaves none, or where one is joined with a token, the document is refused, unless the operator has named the
 * definition as enforced elsewhere.
 *
 * @throws {TypeError} naming the field that is wrong.
 */
export function readRequirements(
  security: Field,
  schemes: ReadonlyMap<string, SecurityScheme>,
  context: DocumentContext,
): Requirements {
  if (!isThere(security)) return OPEN;
  const alternatives = elements(security).map((field) => readAlternative(field, schemes, context));
  for (const alternative of alternatives) refuseHalfEnforced(alternative, context);

  const tokens = alternatives.filter((alternative) => alternative.providers.length > 0);
  const rest = alternatives.filter((alternative) => !tokens.includes(alternative));
  const dropped = rest.filter(({ unenforceable }) => unenforceable.length > 0);
  const optional = rest.length > dropped.length;
  const elsewhere = dropped.some(({ unenforceable }) => unenforceable.every((name) => context.unenforced.has(name)));
  const nothingLeft = tokens.length === 0 && !optional;
  if (nothingLeft && !elsewhere) {
    const [first] = dropped;
    if (first !== undefined) throw cannotEnforce(first);
  }
  for (const { field, unenforceable } of dropped) {
    const fate = nothingLeft ? 'is left to be enforced elsewhere' : 'is dropped as an alternative';
    context.warn(`${field.path}: ${unenforceable.join(' and ')} cannot be enforced here, and ${fate}`);
  }
  if (tokens.length === 0) return OPEN;
  return Object.freeze({ alternatives: Object.freeze(tokens.map(({ providers }) => providers)), optional });
}

function readAlternative(
  field: Field,
  schemes: ReadonlyMap<string, SecurityScheme>,
  { warn }: DocumentContext,
): Alternative {
  const providers: AuthProvider[] = [];
  const unenforceable: string[] = [];
  for (const [name, scopes] of children(field)) {
    const scheme = schemes.get(name);
    if (scheme === undefined) throw wrong(scopes, 'names a security definition that the document does not have');
    if (scheme.kind === 'jwt' && elements(scopes).length > 0) warn(`${scopes.path}: scopes are not enforced`);
    if (scheme.kind === 'jwt') providers.push(scheme.provider);
    else unenforceable.push(name);
  }
  return { field, providers: Object.freeze(providers), unenforceable };
}

/** A token and an API key, say: to ask for the token alone would be half of what the document promises. */
function refuseHalfEnforced(alternative: Alternative, { unenforced, warn }: DocumentContext): void {
  const { field, providers, unenforceable } = alternative;
  if (providers.length === 0 || unenforceable.length === 0) return;
  if (!unenforceable.every((name) => unenforced.has(name))) throw cannotEnforce(alternative);
  warn(`${field.path}: ${unenforceable.join(' and ')} is left to be enforced elsewhere`);
}

function cannotEnforce({ field, unenforceable }: Alternative): TypeError {
  const remedy = `if something else enforces it, say --unenforced ${unenforceable[0]}`;
  return wrong(field, `${unenforceable.join(', ')} cannot be enforced here; ${remedy}`);
}
