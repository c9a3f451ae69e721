/**
 * OpenAPI 3 with Google's extensions, as Cloud Endpoints and API Gateway document them.
 *
 * @module
 */

import {
  child,
  children,
  elements,
  expectKnown,
  expectText,
  isThere,
  readFlag,
  wrong,
  type Field,
} from './document.ts';
import {
  readAllowUnlisted,
  readBasePath,
  readOperations,
  warnOfIgnored,
  type DocumentPolicy,
} from './operations.ts';
import { expectConsistent, readProvider, type DocumentContext, type SecurityScheme } from './provider.ts';

/**
 * Reads an OpenAPI 3.x document.
 *
 * @throws {TypeError} naming the field that is wrong.
 */
export function readOpenApi3(root: Field, options: DocumentContext): DocumentPolicy {
  const server = selectServer(child(root, 'servers'));
  const { host, basePath } = readServer(server);
  const serviceName = options.serviceName ?? host;
  const context = { ...options, serviceName };
  const components = child(root, 'components');
  const definitions = isThere(components) ? child(components, 'securitySchemes') : components;
  const schemes = new Map<string, SecurityScheme>();
  for (const [id, field] of isThere(definitions) ? children(definitions) : []) {
    schemes.set(id, readSecurityScheme(id, field, context));
  }
  expectConsistent(schemes, (id) => child(child(child(definitions, id), 'x-google-auth'), 'issuer'), context);
  warnOfIgnored(root, ['x-google-allow', 'x-google-api-management'], context);
  return {
    ...(serviceName === undefined ? {} : { serviceName }),
    operations: readOperations(root, basePath, schemes, context),
    allowUnlisted: readAllowUnlisted(root, context),
    allowCors: readAllowCors(child(root, 'x-google-api-management')) || readAllowCors(endpointOf(server)),
  };
}

/** The one entry with `x-google-endpoint`; or the only entry there is; or none, where there is no list. */
function selectServer(servers: Field): Field | undefined {
  if (!isThere(servers)) return undefined;
  const entries = elements(servers);
  const marked = entries.filter((entry) => isThere(child(entry, 'x-google-endpoint')));
  const candidates = marked.length === 0 ? entries : marked;
  const [server] = candidates;
  if (candidates.length > 1) throw wrong(servers, 'expected x-google-endpoint in exactly one entry');
  return server;
}

function endpointOf(server: Field | undefined): Field {
  return server === undefined ? { value: undefined, path: '' } : child(server, 'x-google-endpoint');
}

function readAllowCors(field: Field): boolean {
  return isThere(field) && readFlag(child(field, 'allowCors'));
}

/** A URL with a host, or a path alone (OpenAPI 3.0.4 §4.6). */
function readServer(server: Field | undefined): { readonly host: string | undefined; readonly basePath: string } {
  if (server === undefined) return { host: undefined, basePath: '' };
  const field = child(server, 'url');
  const text = expectText(field);
  if (/[{}]/.test(text)) throw wrong(field, 'server variables are not supported; write the URL out');
  const [, host, path = ''] = /^(?:https?:\/\/([^/?#]+))?(\/[^?#]*)?$/.exec(text) ?? [];
  if (host === undefined && path === '') throw wrong(field, 'expected an http or https URL, or a path from "/" on');
  return { host, basePath: readBasePath({ value: path === '' ? undefined : path, path: field.path }) };
}

const TYPES: readonly string[] = ['apiKey', 'http', 'mutualTLS', 'oauth2', 'openIdConnect'];

/** Whatever the type says, `x-google-auth` makes it a definition of tokens; but an API key or a certificate is none. */
function readSecurityScheme(id: string, field: Field, context: DocumentContext): SecurityScheme {
  const typeField = child(field, 'type');
  if (isThere(child(field, '$ref'))) throw wrong(child(field, '$ref'), 'references are not followed; write it out');
  const type = expectText(typeField);
  if (!TYPES.includes(type)) throw wrong(typeField, `expected one of ${TYPES.join(', ')}`);
  expectKnown(field, ['x-google-auth'], (name) => name.startsWith('x-google-'));
  const auth = child(field, 'x-google-auth');
  if (!isThere(auth)) return { kind: 'unenforceable', type };
  if (type === 'apiKey' || type === 'mutualTLS') {
    throw wrong(typeField, 'expected oauth2, openIdConnect or http beside x-google-auth');
  }
  expectKnown(auth, ['issuer', 'jwksUri', 'audiences', 'jwtLocations']);
  const audiences = child(auth, 'audiences');
  const provider = readProvider(
    {
      id,
      issuer: child(auth, 'issuer'),
      jwksUri: child(auth, 'jwksUri'),
      audiences: isThere(audiences) ? elements(audiences).map(expectText) : [],
      locations: child(auth, 'jwtLocations'),
      prefixName: 'valuePrefix',
    },
    context,
  );
  return { kind: 'jwt', provider };
}
