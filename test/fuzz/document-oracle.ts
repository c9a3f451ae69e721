/**
 * What must hold of an OpenAPI document, read by eyes of their own: JSON.parse and the words of the specification.
 *
 * @module
 */

/** An operation as the document has it, whatever the library makes of it. */
export interface ListedOperation {
  readonly method: string;
  /** With the base path, as it is written. */
  readonly template: string;
  /** The names of the definitions of each alternative. None: the document does not secure it. */
  readonly alternatives: readonly (readonly string[])[];
}

type Members = Readonly<Record<string, unknown>>;

const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);
const membersOf = (value: unknown): Members => (isMembers(value) ? value : {});
const own = (value: unknown, name: string): unknown => (Object.hasOwn(membersOf(value), name) ? membersOf(value)[name] : undefined);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** The operations of a document that was read, that is, one of which every part has the right type. */
export function listOperations(document: unknown): readonly ListedOperation[] {
  const base = basePathOf(document).replace(/\/$/, '');
  return Object.entries(membersOf(own(document, 'paths'))).filter(([path]) => path.startsWith('/')).flatMap(([path, item]) =>
    METHODS.filter((method) => own(item, method) !== undefined).map((method) => {
      const security = own(own(item, method), 'security') ?? own(document, 'security');
      const template = path === '/' && base !== '' ? base : `${base}${path}`;
      return { method: method.toUpperCase(), template, alternatives: listOf(security).map((entry) => Object.keys(membersOf(entry))) };
    }));
}

function basePathOf(document: unknown): string {
  if (own(document, 'swagger') !== undefined) return String(own(document, 'basePath') ?? '');
  const servers = listOf(own(document, 'servers'));
  const server = servers.find((one) => own(one, 'x-google-endpoint') !== undefined) ?? servers[0];
  return String(own(server, 'url') ?? '').replace(/^https?:\/\/[^/]*/, '');
}

/** The names of the definitions of an issuer. */
export function definitionsOf(document: unknown, issuer: string): ReadonlySet<string> {
  const two = own(document, 'swagger') !== undefined;
  const definitions = two ? own(document, 'securityDefinitions') : own(own(document, 'components'), 'securitySchemes');
  const issuerOf = (definition: unknown): unknown =>
    (two ? own(definition, 'x-google-issuer') : own(own(definition, 'x-google-auth'), 'issuer'));
  return new Set(Object.entries(membersOf(definitions)).filter(([, one]) => issuerOf(one) === issuer).map(([name]) => name));
}

/** Says whether some alternative asks for nothing but what is among these. An empty one asks for nothing at all. */
export function mayPass({ alternatives }: ListedOperation, satisfied: ReadonlySet<string>): boolean {
  return alternatives.length === 0 || alternatives.some((names) => names.every((name) => satisfied.has(name)));
}

/** Says whether a token of an issuer is enough, and the issuer's tokens are what is asked for. */
export function isOpenedBy({ alternatives }: ListedOperation, names: ReadonlySet<string>): boolean {
  return alternatives.some((alternative) => alternative.length > 0 && alternative.every((name) => names.has(name)));
}

/** No document that is made has this many segments, or these words. */
const LONGEST = 40;

/** A path that a template matches, and no other template does better. */
export function pathFor(template: string): string {
  const word = (at: number): string => `q${at}zz`;
  const many = Array.from({ length: LONGEST }, (_, at) => word(at)).join('/');
  return template.replace(/\{[^{}=]*(?:=([^{}]*))?\}/g, (_, pattern: string | undefined) => pattern ?? '*')
    .split('/').map((segment, at) => (segment === '**' ? many : segment === '*' ? word(at) : segment)).join('/');
}

/**
 * Says whether two wildcards match the paths of this operation, so that what stands left of them decides.
 *
 * Which of two wildcards is meant is the router's to say, and is tested there.
 */
export function isAmbiguous({ method, template }: ListedOperation, listed: readonly ListedOperation[]): boolean {
  if (!template.includes('**')) return false;
  const path = decodeURIComponent(pathFor(template)).replace(/\/$/, '');
  // HEAD is GET, where it is not listed (RFC 9110 §9.3.2).
  const methods = method === 'HEAD' ? ['HEAD', 'GET'] : [method];
  return listed.some((other) => other.template !== template && methods.includes(other.method) && other.template.includes('**')
    && patternOf(other.template).test(path));
}

function patternOf(template: string): RegExp {
  const segments = decodeURIComponent(template).replace(/\/$/, '').replace(/\{[^{}=]*(?:=([^{}]*))?\}/g, (_, pattern: string | undefined) => pattern ?? '*');
  const parts = segments.split('/').slice(1).map((segment) =>
    (segment === '**' ? '(?:/.*)?' : segment === '*' ? '/[^/]+' : `/${segment.replace(/[^\w]/g, '\\$&')}`));
  return new RegExp(`^${parts.join('')}$`);
}

/** Says whether a document has a field of this path, or an object in which it is missing. Names may hold dots. */
export function hasField(value: unknown, path: string): boolean {
  if (path === '') return true;
  const index = /^\[(\d+)\](.*)$/s.exec(path);
  if (index !== null && Array.isArray(value)) return Number(index[1]) < value.length && hasField(value[Number(index[1])], index[2] ?? '');
  const rest = path.startsWith('.') ? path.slice(1) : path;
  if (!isMembers(value)) return false;
  if (Object.keys(value).some((name) => rest === name || (rest.startsWith(name) && /^[.[]/.test(rest.slice(name.length))
    && hasField(value[name], rest.slice(name.length))))) return true;
  return !rest.includes('.') && !rest.includes('[');
}
