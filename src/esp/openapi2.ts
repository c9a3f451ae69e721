/**
 * OpenAPI 2.0 with Google's extensions, as Cloud Endpoints documents them.
 *
 * @module
 */

import { child, children, expectKnown, expectText, isThere, wrong, type Field } from './document.ts';
import {
  readAllowUnlisted,
  readAnyFlag,
  readBasePath,
  readOperations,
  warnOfIgnored,
  type DocumentPolicy,
} from './operations.ts';
import { expectConsistent, readProvider, type DocumentContext, type SecurityScheme } from './provider.ts';

/**
 * Reads an OpenAPI 2.0 document.
 *
 * @throws {TypeError} naming the field that is wrong.
 */
export function readOpenApi2(root: Field, options: DocumentContext): DocumentPolicy {
  const host = child(root, 'host');
  const serviceName = options.serviceName ?? (isThere(host) ? expectText(host) : undefined);
  if (serviceName === undefined) throw wrong(host, 'is required: it names the service; or give --service-name');
  const context = { ...options, serviceName };
  const basePath = readBasePath(child(root, 'basePath'));
  const definitions = child(root, 'securityDefinitions');
  const schemes = new Map<string, SecurityScheme>();
  for (const [id, field] of isThere(definitions) ? children(definitions) : []) {
    schemes.set(id, readSecurityDefinition(id, field, context));
  }
  expectConsistent(schemes, (id) => child(child(definitions, id), 'x-google-issuer'), context);
  warnOfIgnored(root, ['x-google-allow', 'x-google-endpoints'], context);
  return {
    serviceName,
    operations: readOperations(root, basePath, schemes, context),
    allowUnlisted: readAllowUnlisted(root, context),
    allowCors: readAnyFlag(child(root, 'x-google-endpoints'), 'allowCors'),
  };
}

const EXTENSIONS: readonly string[] = [
  'x-google-issuer', 'x-google-jwks_uri', 'x-google-audiences', 'x-google-jwt-locations',
];

/** Of an OAuth definition only Google's extensions count: flow, URLs and scopes may be anything, or missing. */
function readSecurityDefinition(id: string, field: Field, context: DocumentContext): SecurityScheme {
  const typeField = child(field, 'type');
  const type = expectText(typeField);
  if (!['basic', 'apiKey', 'oauth2'].includes(type)) throw wrong(typeField, 'expected basic, apiKey or oauth2');
  expectKnown(field, EXTENSIONS, (name) => name.startsWith('x-google-'));
  const issuer = child(field, 'x-google-issuer');
  if (!isThere(issuer)) {
    const orphan = EXTENSIONS.map((name) => child(field, name)).find(isThere);
    if (orphan !== undefined) throw wrong(orphan, 'needs an x-google-issuer beside it');
    return { kind: 'unenforceable', type };
  }
  if (type !== 'oauth2') throw wrong(typeField, 'expected oauth2 beside x-google-issuer');
  const provider = readProvider(
    {
      id,
      issuer,
      jwksUri: child(field, 'x-google-jwks_uri'),
      audiences: readAudiences(child(field, 'x-google-audiences')),
      locations: child(field, 'x-google-jwt-locations'),
      prefixName: 'value_prefix',
    },
    context,
  );
  return { kind: 'jwt', provider };
}

/** A text with commas. Empty items mean nothing, and spaces around one are not part of it. */
function readAudiences(field: Field): readonly string[] {
  if (!isThere(field)) return [];
  if (typeof field.value !== 'string') throw wrong(field, 'expected a string of audiences, with commas between them');
  return field.value.split(',').map((audience) => audience.trim()).filter((audience) => audience !== '');
}
