/**
 * Which operation a request means: literal before variable before wildcard, at every segment from the left.
 *
 * @module
 */

import { parsePathTemplate, type TemplateSegment } from './path-template.ts';
import type { Operation } from './policy.ts';

/** What a method and path lead to. */
export type Route =
  | { readonly kind: 'operation'; readonly operation: Operation }
  /** The path is listed, the method is not. */
  | { readonly kind: 'method_not_allowed'; readonly template: string; readonly methods: readonly string[] }
  | { readonly kind: 'not_found' };

/** Finds the operation of a method and the decoded segments of a path. */
export type Router = (method: string, segments: readonly string[]) => Route;

/** The operations of one template, by method. */
type Leaf = Map<string, Operation>;

interface Node {
  readonly literals: Map<string, Node>;
  variable: Node | undefined;
  /** Templates that go on with `**`, and the literals behind it. */
  readonly rests: { readonly suffix: readonly string[]; readonly leaf: Leaf }[];
  readonly leaf: Leaf;
}

/**
 * Makes a router of operations.
 *
 * A path that a literal template matches for another method only still reaches a template with a variable that has the
 * method. Services route so, and an operation must not lose its rule to a neighbour of another method.
 *
 * @example
 * createRouter(policy.operations)('GET', ['shelves', '1']);
 */
export function createRouter(operations: readonly Operation[]): Router {
  const root = createNode();
  for (const operation of operations) {
    const leaf = leafOf(root, parsePathTemplate(operation.template));
    // The first of two wins. That they ask the same was seen to when the document was read.
    if (!leaf.has(operation.method)) leaf.set(operation.method, operation);
  }
  return (method, segments) => {
    const methods = new Set<string>();
    let template: string | undefined;
    for (const leaf of leavesOf(root, segments, 0)) {
      const operation = operationOf(leaf, method);
      if (operation !== undefined) return { kind: 'operation', operation };
      for (const [listed, { template: own }] of leaf) {
        template ??= own;
        for (const name of listed === 'GET' ? ['GET', 'HEAD'] : [listed]) methods.add(name);
      }
    }
    if (template === undefined) return { kind: 'not_found' };
    return { kind: 'method_not_allowed', template, methods: [...methods].sort() };
  };
}

/** RFC 9110 §9.3.2: HEAD is GET without the content, so where it is not listed GET's rule is its rule. */
function operationOf(leaf: Leaf, method: string): Operation | undefined {
  return leaf.get(method) ?? (method === 'HEAD' ? leaf.get('GET') : undefined) ?? leaf.get('*');
}

function createNode(): Node {
  return { literals: new Map(), variable: undefined, rests: [], leaf: new Map() };
}

function leafOf(root: Node, segments: readonly TemplateSegment[]): Leaf {
  let node = root;
  for (const [index, segment] of segments.entries()) {
    if (segment.kind === 'rest') return restLeafOf(node, segments.slice(index + 1));
    node = segment.kind === 'literal' ? literalOf(node, segment.text) : (node.variable ??= createNode());
  }
  return node.leaf;
}

function literalOf(node: Node, text: string): Node {
  const next = node.literals.get(text) ?? createNode();
  node.literals.set(text, next);
  return next;
}

function restLeafOf(node: Node, behind: readonly TemplateSegment[]): Leaf {
  const suffix = behind.map((segment) => (segment.kind === 'literal' ? segment.text : ''));
  const known = node.rests.find((rest) => rest.suffix.join('/') === suffix.join('/'));
  if (known !== undefined) return known.leaf;
  const leaf: Leaf = new Map();
  node.rests.push({ suffix, leaf });
  // The longer suffix says more, so it is asked first.
  node.rests.sort((a, b) => b.suffix.length - a.suffix.length);
  return leaf;
}

/** The leaves that match, the most specific first. A node is visited at most once, whatever the path. */
function* leavesOf(node: Node, segments: readonly string[], at: number): Generator<Leaf> {
  const segment = segments[at];
  if (segment === undefined) {
    yield node.leaf;
  } else {
    const literal = node.literals.get(segment);
    if (literal !== undefined) yield* leavesOf(literal, segments, at + 1);
    if (node.variable !== undefined) yield* leavesOf(node.variable, segments, at + 1);
  }
  for (const { suffix, leaf } of node.rests) {
    const start = segments.length - suffix.length;
    if (start >= at && suffix.every((text, index) => segments[start + index] === text)) yield leaf;
  }
}
