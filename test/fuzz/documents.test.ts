import { describe, expect, it } from 'vitest';
import { documentCandidate, fuzzDocuments, kindOf } from './document-fuzzer.ts';
import { nextDocument } from './document.ts';
import { judgeDocument } from './document-judge.ts';
import { hasField, isAmbiguous, listOperations, mayPass, pathFor } from './document-oracle.ts';
import { createRandom } from './random.ts';

/** Another one each time, so that many short runs are one long one; FUZZ_SEED repeats one. */
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 32);

it('what a document secures is closed, and what is wrong with one is named, for a second', async () => {
  console.log(`fuzz seed ${SEED}: FUZZ_SEED=${SEED} repeats this run`);
  const answers = new Set<string>();
  const found = new Map<string, object>();
  const end = performance.now() + 1000;
  for await (const outcome of fuzzDocuments(SEED)) {
    const { question: { sound }, verdict: { answer, problem } } = outcome;
    answers.add(`${sound ? 'sound' : 'changed'}, ${answer}`);
    if (problem !== undefined && problem !== 'slow' && !found.has(kindOf(problem))) {
      found.set(kindOf(problem), await documentCandidate(outcome));
    }
    if (performance.now() > end) break;
  }
  expect([...found.values()]).toEqual([]);
  expect([...answers].sort()).toEqual(expect.arrayContaining(['changed, policy', 'changed, refused', 'sound, policy']));
});

it('the same seed makes the same documents, and another makes others', () => {
  const texts = (seed: number): string[] => {
    const random = createRandom(seed);
    return Array.from({ length: 50 }, () => nextDocument(random).text);
  };
  expect(texts(7)).toEqual(texts(7));
  expect(texts(7)).not.toEqual(texts(8));
});

describe('the eyes of the fuzzer', () => {
  const document = {
    swagger: '2.0', basePath: '/v1/', security: [{ a: [] }],
    paths: { '/': { get: {} }, '/x/{y}': { get: { security: [] }, put: { security: [{ a: [], b: [] }, {}] } }, '/**/z': { post: {} } },
  };
  const listed = listOperations(document);

  it('see what is secured, and by what', () => {
    expect(listed).toEqual([
      { method: 'GET', template: '/v1', alternatives: [['a']] },
      { method: 'GET', template: '/v1/x/{y}', alternatives: [] },
      { method: 'PUT', template: '/v1/x/{y}', alternatives: [['a', 'b'], []] },
      { method: 'POST', template: '/v1/**/z', alternatives: [['a']] },
    ]);
    expect(listed.map((operation) => mayPass(operation, new Set()))).toEqual([false, true, true, false]);
    expect(listed.map((operation) => mayPass(operation, new Set(['a'])))).toEqual([true, true, true, true]);
  });

  it('see which paths are meant', () => {
    expect(pathFor('/v1/{x=a/*}/b')).toBe('/v1/a/q3zz/b');
    expect(pathFor('/**/z').split('/')).toHaveLength(42);
    const [one, other] = [{ method: 'GET', template: '/**/a', alternatives: [] }, { method: 'GET', template: '/*/**', alternatives: [] }];
    expect([isAmbiguous(one, [one, other]), isAmbiguous(one, [one]), isAmbiguous(one, [one, { ...other, method: 'PUT' }])])
      .toEqual([true, false, false]);
  });

  it('see whether there is a field', () => {
    const has = (path: string): boolean => hasField(document, path);
    expect(['paths', 'paths./x/{y}.put.security[0].b', 'security[0]', 'host'].filter(has)).toHaveLength(4);
    expect(['path./x', 'security[1]', 'paths./x/{y}.put.security[2].a', 'paths./nowhere.get'].filter(has)).toEqual([]);
  });

  it('see an operation that is open, an error that names nothing, and a token that opens too much', async () => {
    // A document that says one thing to us, and another to the library.
    const text = JSON.stringify({
      swagger: '2.0', host: 'api.example', paths: { '/a': { get: { security: [{ jwt: [] }] } } },
      securityDefinitions: { jwt: { 'type': 'oauth2', 'x-google-issuer': 'https://one.example' } },
    });
    const judge = (changed: string, sound = false) => judgeDocument({ text: changed, unenforced: [], sound }).then(({ problem }) => problem);
    expect(await judge(text, true)).toBeUndefined();
    expect(await judge(text.replace('[{"jwt":[]}]', '[{"jwt":[]},{}]'), true)).toBeUndefined();
    expect(await judge(text.replace('https://one.example', 'https://nobody.example'), true)).toBe(undefined);
    expect(await judge('{"swagger":"3"}', true)).toMatch(/^a sound document was refused: /);
    expect(await judge(text.replace('api.example', ''), false)).toBeUndefined();
  });
});
