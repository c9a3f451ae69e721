/**
 * From an OpenAPI document to a policy.
 *
 * @module
 */

import { expectBoolean, expectString, readOptions } from '../jose/options.ts';
import { child, isThere, parseDocument, wrong, type Field } from './document.ts';
import { readOpenApi2 } from './openapi2.ts';
import { readOpenApi3 } from './openapi3.ts';
import type { AuthProvider, EspPolicy, Operation } from './policy.ts';
import type { DocumentContext } from './provider.ts';

/** How to read a document. */
export interface LoadOptions {
  /** What the service calls itself. Default: the document's host. */
  readonly serviceName?: string;
  /** Security definitions that something else enforces. */
  readonly unenforced?: readonly string[];
  /** Whether keys may come from 127.0.0.0/8 or [::1] over http. */
  readonly allowLoopbackHttp?: boolean;
}

/**
 * Reads an OpenAPI document, 2.0 or 3.x, as JSON text or as what JSON.parse made of it.
 *
 * A document that is wrong where it concerns tokens is refused, with the path of the field; a rule that is written
 * down and not understood must not become no rule. What does not concern tokens is not looked at.
 *
 * @throws {TypeError} naming the field that is wrong; for YAML, the line that converts it.
 * @example
 * const policy = loadOpenApi(readFileSync('openapi.json', 'utf8'));
 * for (const warning of policy.warnings) console.error(warning);
 */
export function loadOpenApi(input: string | object, options: LoadOptions = {}): EspPolicy {
  const given = readOptions(options, 'loadOpenApi', ['serviceName', 'unenforced', 'allowLoopbackHttp']);
  const warnings: string[] = [];
  const context: DocumentContext = {
    serviceName: given.serviceName === undefined ? undefined : expectString(given.serviceName, 'serviceName'),
    unenforced: readUnenforced(given.unenforced ?? []),
    allowLoopbackHttp: expectBoolean(given.allowLoopbackHttp ?? false, 'allowLoopbackHttp'),
    warn: (warning) => void (warnings.includes(warning) || warnings.push(warning)),
  };
  const root = parseDocument(input);
  const document = readVersion(root)(root, context);
  const providers = usedProviders(document.operations);
  if (providers.length === 0) context.warn('no operation wants a token: everything that is listed is open');
  return Object.freeze({ ...document, providers, warnings: Object.freeze(warnings) });
}

function readVersion(root: Field): typeof readOpenApi2 {
  const [swagger, openapi] = [child(root, 'swagger'), child(root, 'openapi')];
  // Each version has its own place for what secures an operation.
  if (isThere(swagger) && isThere(openapi)) throw wrong(openapi, 'is there beside swagger; which of the two is it?');
  if (swagger.value === '2.0') return readOpenApi2;
  if (typeof openapi.value === 'string' && /^3\.\d+\.\d+/.test(openapi.value)) return readOpenApi3;
  const field = swagger.value === undefined ? openapi : swagger;
  throw wrong(field, 'expected swagger "2.0" or openapi "3.x.y", as a string');
}

function readUnenforced(names: unknown): ReadonlySet<string> {
  if (!Array.isArray(names)) throw new TypeError('"unenforced" expected an array of names');
  return new Set(names.map((name) => expectString(name, 'unenforced')));
}

function usedProviders(operations: readonly Operation[]): readonly AuthProvider[] {
  return Object.freeze([...new Set(operations.flatMap(({ alternatives }) => alternatives.flat()))]);
}
