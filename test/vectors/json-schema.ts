/**
 * As much of JSON Schema 2020-12 as spec-vectors/schema.json uses. A keyword that is not known here is an error, so
 * that the schema cannot say more than is checked.
 *
 * @module
 */

type Schema = boolean | { readonly [keyword: string]: unknown };
type Members = Readonly<Record<string, unknown>>;

/** What a check may look at: the instance, the whole schema for references, and the schema object it stands in. */
interface Context {
  readonly path: string;
  readonly root: Schema;
  readonly siblings: Members;
}

type Check = (argument: unknown, value: unknown, context: Context) => string[];

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
};

const annotation: Check = () => [];

const CHECKS: Readonly<Record<string, Check>> = {
  $schema: annotation,
  $id: annotation,
  $defs: annotation,
  title: annotation,
  description: annotation,
  $ref: (ref, value, { root, path }) => validate(resolve(String(ref), root), value, root, path),
  type: (types, value, at) => fault([types].flat().some((type) => TYPES[String(type)]?.(value)),
    `is not of type ${types}`, at),
  const: (expected, value, at) => fault(same(expected, value), `is not ${JSON.stringify(expected)}`, at),
  enum: (values, value, at) => fault(listOf(values).some((one) => same(one, value)), 'is not one of the values allowed',
    at),
  minimum: (least, value, at) => fault(typeof value !== 'number' || value >= Number(least), `is less than ${least}`,
    at),
  minLength: (least, value, at) => fault(typeof value !== 'string' || value.length >= Number(least), 'is too short',
    at),
  minItems: (least, value, at) => fault(!Array.isArray(value) || value.length >= Number(least), 'has too few items',
    at),
  pattern: (text, value, at) => fault(typeof value !== 'string' || new RegExp(String(text), 'u').test(value),
    `does not match ${text}`, at),
  uniqueItems: (wanted, value, at) => {
    const texts = listOf(value).map((item) => JSON.stringify(item));
    return fault(wanted !== true || new Set(texts).size === texts.length, 'has an item twice', at);
  },
  required: (names, value, at) => listOf(names)
    .flatMap((name) => fault(!isObject(value) || Object.hasOwn(value, String(name)), `lacks "${name}"`, at)),
  properties: (schemas, value, { root, path }) => Object.entries(membersOf(schemas)).flatMap(([name, schema]) => (
    isObject(value) && Object.hasOwn(value, name)
      ? validate(schema as Schema, value[name], root, `${path}/${name}`)
      : []
  )),
  additionalProperties: (schema, value, { root, path, siblings }) => Object.entries(membersOf(value))
    .filter(([name]) => !Object.hasOwn(membersOf(siblings['properties']), name))
    .flatMap(([name, member]) => validate(schema as Schema, member, root, `${path}/${name}`)),
  propertyNames: (schema, value, { root, path }) => Object.keys(membersOf(value))
    .flatMap((name) => validate(schema as Schema, name, root, `${path}/${name}`)),
  items: (schema, value, { root, path }) => (Array.isArray(value) ? value : [])
    .flatMap((item, index) => validate(schema as Schema, item, root, `${path}/${index}`)),
  oneOf: (schemas, value, { root, path }) => {
    const faults = listOf(schemas).map((schema) => validate(schema as Schema, value, root, path));
    const fitting = faults.filter((list) => list.length === 0).length;
    if (fitting === 1) return [];
    // The branch with the fewest faults is the one that was meant.
    return fitting > 1 ? [`${path} fits ${fitting} of the alternatives`] : faults.sort((a, b) =>
      a.length - b.length)[0] ?? [];
  },
};

/**
 * Everything that is wrong with a value, each with its place; empty when it is valid.
 *
 * @throws {Error} for a keyword that is not among those above, or a reference that leads nowhere.
 */
export function validate(schema: Schema, value: unknown, root: Schema = schema, path = ''): string[] {
  if (schema === true) return [];
  if (schema === false) return [`${path} must not be there`];
  return Object.entries(schema).flatMap(([keyword, argument]) => {
    const check = CHECKS[keyword];
    if (check === undefined) throw new Error(`the validator does not know the keyword "${keyword}"`);
    return check(argument, value, { path, root, siblings: schema });
  });
}

function resolve(ref: string, root: Schema): Schema {
  const found = ref.split('/').slice(1).reduce<unknown>((node, name) => membersOf(node)[name], root);
  if (!ref.startsWith('#/') || found === undefined) throw new Error(`the reference ${ref} leads nowhere`);
  return found as Schema;
}

function fault(good: boolean, what: string, { path }: Context): string[] {
  return good ? [] : [`${path} ${what}`];
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function membersOf(value: unknown): Members {
  return isObject(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
