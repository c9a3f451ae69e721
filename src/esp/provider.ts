/**
 * The security definitions of a document: which of them are issuers of tokens, and which we cannot enforce.
 *
 * @module
 */

import { child, elements, expectKnown, expectObject, expectText, isThere, wrong, type Field } from './document.ts';
import {
  audiencesFor,
  DEFAULT_LOCATIONS,
  isEmail,
  keySourceOf,
  type AuthProvider,
  type JwtLocation,
} from './policy.ts';

/** A named security definition. */
export type SecurityScheme =
  | { readonly kind: 'jwt'; readonly provider: AuthProvider }
  /** An API key, a password, OAuth without an issuer: nothing that a verifier of tokens can see to. */
  | { readonly kind: 'unenforceable'; readonly type: string };

/** How to read a document. */
export interface DocumentContext {
  /** What the service calls itself, if that is known. */
  readonly serviceName: string | undefined;
  /** Security definitions that the operator says are enforced elsewhere. */
  readonly unenforced: ReadonlySet<string>;
  /** Whether keys may come from this very machine without TLS. */
  readonly allowLoopbackHttp: boolean;
  readonly warn: (warning: string) => void;
}

/** The fields of a definition that concern us, under whatever names the version has for them. */
export interface ProviderFields {
  readonly id: string;
  readonly issuer: Field;
  readonly jwksUri: Field;
  /** Read already: one version has a list, the other a text with commas. */
  readonly audiences: readonly string[];
  readonly locations: Field;
  /** What the version calls the prefix of a header location. */
  readonly prefixName: 'value_prefix' | 'valuePrefix';
}

/**
 * Makes a provider.
 *
 * @throws {TypeError} naming the field that is wrong.
 */
export function readProvider(fields: ProviderFields, context: DocumentContext): AuthProvider {
  const issuer = expectText(fields.issuer);
  const jwksUri = isThere(fields.jwksUri) ? readKeyUrl(fields.jwksUri, context) : undefined;
  const source = keySourceOf({ issuer, ...(jwksUri === undefined ? {} : { jwksUri }) });
  if (source === undefined) {
    const problem = isEmail(issuer) ? 'is required: an e-mail issuer has no discovery' : 'is required for this issuer';
    throw wrong(fields.jwksUri, problem);
  }
  if (source.kind === 'discovery') readKeyUrl({ value: source.issuer, path: fields.issuer.path }, context);
  const audiences = audiencesFor(fields.audiences, context.serviceName);
  if (audiences.length === 0) throw wrong(fields.issuer, 'no audience is known: give its audiences, or a service name');
  return Object.freeze({
    id: fields.id,
    issuer,
    audiences,
    locations: isThere(fields.locations) ? readLocations(fields.locations, fields.prefixName) : DEFAULT_LOCATIONS,
    ...(jwksUri === undefined ? {} : { jwksUri }),
  });
}

/** https, or http to a literal address of this machine where that was allowed. The fetching code holds to the same. */
function readKeyUrl(field: Field, { allowLoopbackHttp }: DocumentContext): string {
  const text = expectText(field);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url !== undefined && /^(?:127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback && allowLoopbackHttp)) return text;
  throw wrong(field, 'expected an https URL: keys that come without TLS are anybody\'s');
}

/** RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

function readLocations(list: Field, prefixName: string): readonly JwtLocation[] {
  const locations = elements(list).map((field) => Object.freeze(readLocation(field, prefixName)));
  // An empty list would be a provider whose tokens are nowhere; ESPv2 takes its defaults then, which nobody has
  // written.
  if (locations.length === 0) throw wrong(list, 'expected at least one location; leave it out for the defaults');
  return Object.freeze(locations);
}

function readLocation(field: Field, prefixName: string): JwtLocation {
  expectKnown(field, ['header', 'query', 'cookie', prefixName]);
  const places = (['header', 'query', 'cookie'] as const).filter((name) => Object.hasOwn(expectObject(field), name));
  const [place] = places;
  if (place === undefined || places.length > 1) throw wrong(field, 'expected one of header, query and cookie');
  const nameField = child(field, place);
  const name = expectText(nameField);
  const prefixField = child(field, prefixName);
  if (place !== 'query' && !TOKEN.test(name)) throw wrong(nameField, 'expected a name of token characters');
  if (place !== 'header') {
    if (isThere(prefixField)) throw wrong(prefixField, 'only a header has a prefix');
    return { in: place, name };
  }
  const prefix = isThere(prefixField) ? prefixField.value : '';
  if (typeof prefix !== 'string' || !/^(?:[\x21-\x7e][\x20-\x7e]*)?$/.test(prefix)) {
    throw wrong(prefixField, 'expected a string of ASCII that does not begin with a space');
  }
  return { in: 'header', name: name.toLowerCase(), prefix };
}

/**
 * Checks the definitions against each other, and against what the operator has said about them.
 *
 * Google wants a definition for each issuer: of two, with other keys or audiences, the "iss" of a token could not say
 * which.
 *
 * @param issuerAt the field of a definition's issuer.
 * @throws {TypeError} for one issuer in two definitions, or an `unenforced` name that needs none.
 */
export function expectConsistent(
  schemes: ReadonlyMap<string, SecurityScheme>,
  issuerAt: (id: string) => Field,
  { unenforced }: DocumentContext,
): void {
  const seen = new Map<string, string>();
  for (const [id, scheme] of schemes) {
    if (scheme.kind !== 'jwt') continue;
    const other = seen.get(scheme.provider.issuer);
    if (other !== undefined) throw wrong(issuerAt(id), `is also that of "${other}"; one definition takes all audiences`);
    seen.set(scheme.provider.issuer, id);
  }
  for (const name of unenforced) {
    // A name that does nothing is a misspelt one, or a rule thought to be off that is on.
    if (schemes.get(name)?.kind !== 'unenforceable') {
      throw new TypeError(`"unenforced" names "${name}", which is no security definition that needs it`);
    }
  }
}
