import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { REFUSALS } from '../../src/index.ts';
import { allowAlgorithms } from '../../src/jose/jwa.ts';
import { build } from '../../spec-vectors/generate/build.ts';
import { digestInfo, encodePkcs1, modPow, octetsToUint, toUint } from '../../spec-vectors/generate/rsa.ts';
import { validate } from './json-schema.ts';
import {
  readVectorFiles, testsOf, VECTORS, type VectorFile, type VectorGroup, type VectorTest,
} from './vector-files.ts';

const readText = (path: string): string => readFileSync(new URL(path, VECTORS), 'utf8');
const schema = JSON.parse(readText('schema.json'));
const files = readVectorFiles();
const tests = files.flatMap(testsOf);

/** The classes of the catalogue of attacks that a verifier of tokens can be asked about. */
const CLASSES = Object.entries({ A: 10, B: 13, C: 9, D: 13, E: 4, F: 13 })
  .flatMap(([group, count]) => Array.from({ length: count }, (_, i) => `${group}${i + 1}`));

/** These have no vector: the one needs a caller's function, the other a network. */
const WITHOUT_VECTORS = ['check_failed', 'keys_unavailable'];

describe.each(files)('$name', (file) => {
  it('keeps to the schema', () => {
    const { name: _, ...content } = file;
    expect(validate(schema, content)).toEqual([]);
  });

  it('counts its tests, numbers them from 1, and explains exactly the flags they bear', () => {
    const own = testsOf(file);
    expect(file.numberOfTests).toBe(own.length);
    expect(own.map(({ tcId }) => tcId)).toEqual(own.map((_, index) => index + 1));
    expect(Object.keys(file.notes).sort()).toEqual([...new Set(own.flatMap(({ flags }) => flags))].sort());
  });
});

/** Every algorithm, as the message that refuses a list names them. */
function allowedNames(): readonly string[] {
  try {
    allowAlgorithms([]);
    return [];
  } catch (error) {
    return String(error).split(' names out of ')[1]?.split(' ').sort() ?? [];
  }
}

describe('the suite', () => {
  it('has 600 tests or more, 60 of them valid', () => {
    expect(tests.length).toBeGreaterThanOrEqual(600);
    expect(tests.filter(({ result }) => result === 'valid').length).toBeGreaterThanOrEqual(60);
  });

  it('asks no question twice', () => {
    const groups = files.flatMap(({ testGroups }) => testGroups);
    const questions = groups.flatMap((group) => group.tests.map((test) => questionOf(group, test)));
    const seen = new Set<string>();
    const repeated = questions.filter(({ asked }) => seen.size === seen.add(asked).size);
    expect(repeated.map(({ comment }) => comment)).toEqual([]);
  });

  it('has every class of attack', () => {
    const flags = new Set(tests.flatMap((test) => test.flags));
    expect(CLASSES.filter((name) => !flags.has(name))).toEqual([]);
  });

  it('has three tests or more for every refusal that needs no caller and no network', () => {
    const counts = Object.keys(REFUSALS).map(
      (code) => [code, tests.filter(({ refusal }) => refusal === code).length] as const,
    );
    expect(counts.filter(([, count]) => count < 3).map(([code]) => code).sort()).toEqual(WITHOUT_VECTORS);
    expect(schema.$defs.refusal.enum.toSorted()).toEqual(
      Object.keys(REFUSALS).filter((code) => !WITHOUT_VECTORS.includes(code)).sort(),
    );
  });

  it('may ask for each algorithm that this library knows, and has a genuine token of each', () => {
    const known = allowedNames();
    expect(schema.$defs.algorithms.items.enum.toSorted()).toEqual(known);
    const genuine = tests.filter(({ result }) => result === 'valid')
      .map(({ token = '' }) => /"alg":"(\w+)"/.exec(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())?.[1]);
    expect(known.filter((alg) => !genuine.includes(alg))).toEqual([]);
  });

  it('signs the tokens of weak RSA keys genuinely, so that only the key is a reason to refuse', () => {
    const weak = tests.filter(
      ({ flags, keys }) => flags.some((flag) => /^B(7|8|10|11|13)$/.test(flag)) && Object.hasOwn(Object(keys), 'n'),
    );
    expect(weak.length).toBeGreaterThan(20);
    expect(weak.filter((test) => !opensRightly(test)).map(({ comment }) => comment)).toEqual(
      ['e = 0: every number opens to one.'],
    );
  });

  it('is what its generator makes', () => {
    const made = build();
    const generated = files.filter(({ name }) => !name.startsWith('rfc')).map(({ name }) => name);
    expect([...made.keys()].sort()).toEqual([...generated, 'generate/signatures.json'].sort());
    for (const [path, text] of made) expect(readText(path) === text, `${path} differs: run the generator`).toBe(true);
  });

  it('is described by the table of its README', () => {
    const rows = readText('README.md').split('\n').filter((line) => /^\| \[\w[\w-]*\.json\]/.test(line));
    expect(rows).toEqual(files.map(tableRow));
    const [all, valid] = [tests.length, tests.filter(({ result }) => result === 'valid').length];
    expect(readText('README.md')).toContain(`| All | | ${all} | ${valid} | ${all - valid} |`);
    const graded = (result: string, level: string): number => (
      tests.filter((test) => test.result === result && test.level === level).length
    );
    expect(readText('README.md').replaceAll('\n', ' ')).toContain(
      `Of the invalid tests, ${graded('invalid', 'MUST')} are of level MUST and ${graded('invalid', 'SHOULD')} of level `
      + `SHOULD; of the valid ones, a library may refuse ${graded('valid', 'SHOULD')}.`,
    );
  });
});

/** The names of a policy's members, as some text gives them. */
const namesIn = (text: string, pattern: RegExp): readonly string[] => [...text.matchAll(pattern)].map(([, name = '']) => name).sort();

it('each member of a policy is explained by the README, and known to the runner of other libraries', () => {
  const { properties } = schema.$defs.policy as { properties: Record<string, unknown> };
  const [, table = ''] = /^### The policy\n([\s\S]*?)\n\n`google`/m.exec(readText('README.md')) ?? [];
  expect(namesIn(table, /^\| `(\w+)` \|/gm)).toEqual(Object.keys(properties).sort());
  const [, ofRunner = ''] = /^export interface VectorPolicy \{\n([\s\S]*?)^\}/m.exec(readText('../bench/vectors.ts')) ?? [];
  expect(namesIn(ofRunner, /^ {2}readonly (\w+)\?:/gm)).toEqual(Object.keys(properties).sort());
});

describe('the validator', () => {
  it('finds what is wrong, and where', () => {
    const good = files.find(({ name }) => name === 'rfc7515.json');
    const { name: _, ...content } = structuredClone(good ?? files[0]) as VectorFile;
    const faulty = (change: (test: Record<string, unknown>) => void): string[] => {
      const copy = structuredClone(content);
      change(copy.testGroups[0]?.tests[0] as unknown as Record<string, unknown>);
      return validate(schema, copy);
    };
    expect(faulty(() => undefined)).toEqual([]);
    expect(faulty((test) => { test['refusal'] = 'token_expired'; })).toContain(
      '/testGroups/0/tests/0/refusal must not be there',
    );
    expect(faulty((test) => { test['result'] = 'invalid'; })).not.toEqual([]);
    expect(faulty((test) => { test['level'] = 'SHOULD'; })).toEqual([]);
    expect(faulty((test) => { test['level'] = 'MUST'; })).toContain('/testGroups/0/tests/0/level is not "SHOULD"');
    expect(faulty((test) => { test['flags'] = ['A1', 'A1']; })).toContain(
      '/testGroups/0/tests/0/flags has an item twice',
    );
    expect(faulty((test) => { test['policy'] = { audiance: 'x' }; })).toContain(
      '/testGroups/0/tests/0/policy/audiance must not be there',
    );
    expect(faulty((test) => { test['flags'] = []; })).toContain('/testGroups/0/tests/0/flags has too few items');
    expect(faulty((test) => { test['tcId'] = 0; })).toContain('/testGroups/0/tests/0/tcId is less than 1');
    expect(faulty((test) => { delete test['token']; })).toContain('/testGroups/0/tests/0 lacks "token"');
  });

  it('refuses a schema that says more than it checks', () => {
    expect(() => validate({ maxLength: 1 }, 'x')).toThrow('maxLength');
    expect(() => validate({ $ref: '#/$defs/none' }, 'x')).toThrow('leads nowhere');
  });
});

/** What a test asks, with all that it takes over from its group, and without what is only said about it. */
function questionOf(group: VectorGroup, test: VectorTest): { readonly asked: string; readonly comment: string } {
  const { comment, tests: _, ...asked } = { ...group, ...test, policy: { ...group.policy, ...test.policy } };
  const { tcId, result, refusal, level, flags, ...question } = asked;
  return { asked: JSON.stringify(question), comment: `${group.comment} ${comment}` };
}

function tableRow(file: VectorFile): string {
  const own = testsOf(file);
  const valid = own.filter(({ result }) => result === 'valid').length;
  return `| [${file.name}](${file.name}) | ${file.source} | ${own.length} | ${valid} | ${own.length - valid} |`;
}

/** RSAVP1 (RFC 8017 §5.2.2): whether s^e mod n is the encoded message. */
function opensRightly({ keys, token = '' }: VectorTest): boolean {
  const { n, e } = keys as Record<'n' | 'e', string>;
  const [header, payload, signature = ''] = token.split('.');
  const em = encodePkcs1(digestInfo('sha256', `${header}.${payload}`), Buffer.from(n, 'base64url').length);
  return modPow(toUint(signature), toUint(e), toUint(n)) === octetsToUint(em) % toUint(n);
}
