/**
 * The arguments of one command: its options, each used as it is meant, and what stands beside them.
 *
 * @module
 */

import { parseArgs } from 'node:util';
import { UsageError } from './usage-error.ts';

/** How an option is used: alone, with one value, or with a value and more than once. */
export type OptionKind = 'switch' | 'value' | 'values';

/** Option names, without the dashes, and how each is used. */
export type OptionTable = Readonly<Record<string, OptionKind>>;

/** What was typed, checked against an option table. */
export interface Arguments<Name extends string> {
  readonly positionals: readonly string[];
  readonly has: (name: Name) => boolean;
  /** The value of an option, if it was given. */
  readonly one: (name: Name) => string | undefined;
  /** The values of a repeatable option, if it was given. */
  readonly all: (name: Name) => readonly string[] | undefined;
  /** The value of an option as a number. */
  readonly number: (name: Name) => number | undefined;
}

/** What parseArgs found: each option as often as it was given. */
interface ParsedArguments {
  readonly positionals: readonly string[];
  readonly options: readonly { readonly name: string; readonly value?: string | undefined }[];
}

/**
 * Reads the arguments of a command.
 *
 * Strict, so that no slip turns a check off: unknown options, options given twice that cannot be, and empty values (an
 * environment variable that is not set) are mistakes.
 *
 * @throws {UsageError} for any of these, or more than `maxPositionals` other arguments.
 */
export function readArguments<const T extends OptionTable>(
  argv: readonly string[],
  table: T,
  maxPositionals: number,
): Arguments<keyof T & string> {
  const { positionals, options } = parse(argv, table);
  const given = new Map<string, string[]>();
  for (const { name, value } of options) {
    const before = given.get(name) ?? [];
    if (before.length > 0 && table[name] !== 'values') throw new UsageError(`--${name} was given twice`);
    if (value === '') throw new UsageError(`--${name} has an empty value`);
    given.set(name, [...before, value ?? '']);
  }
  if (positionals.length > maxPositionals) throw new UsageError('too many arguments');
  const one = (name: string): string | undefined => given.get(name)?.[0];
  return {
    positionals,
    has: (name) => given.has(name),
    one,
    all: (name) => given.get(name),
    number: (name) => readNumber(one(name), `--${name}`),
  };
}

function parse(argv: readonly string[], table: OptionTable): ParsedArguments {
  const options = Object.fromEntries(
    Object.entries(table).map(([name, kind]) => [name, { type: kind === 'switch' ? 'boolean' : 'string' } as const]),
  );
  try {
    const parsed = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true, tokens: true });
    return { positionals: parsed.positionals, options: parsed.tokens.filter((token) => token.kind === 'option') };
  } catch (error) {
    // Node adds advice for programmers, which is dropped.
    const [mistake = ''] = String(error instanceof Error ? error.message : error).split(/\. To specify |\nDid you /);
    throw new UsageError(mistake.replace(/^[A-Z]/, (letter) => letter.toLowerCase()).replace(/\.$/, ''));
  }
}

/** Decimal digits only: Number() would take "", "0x10", "1e3" and " 5 ". */
function readNumber(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}(?:\.\d{1,9})?$/.test(text)) throw new UsageError(`${flag} expected a number`);
  return Number(text);
}

/** Options that were given, each with its value. */
export type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out what was not given: to the library, an option that is there and undefined is a mistake. */
export function given<T extends object>(options: T): Given<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<T>;
}
