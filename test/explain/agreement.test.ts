import { describe, expect, it } from 'vitest';
import { explain, toHtml, toJson, toText, type Explanation } from '../../src/explain/index.ts';
import { JwtError } from '../../src/index.ts';
import { readVectorFiles } from '../vectors/vector-files.ts';
import { verifierOf, type VectorVerifier } from './vector-verifier.ts';

const factsOf = (error: JwtError) => {
  const { code, rule, message, claim, skew, check } = error;
  return { code, rule, message, claim, skew, check };
};

async function verdictOf({ verifier, call }: VectorVerifier, token: string): Promise<unknown> {
  try {
    return { jwt: await verifier.verify(token, call) };
  } catch (error) {
    if (!(error instanceof JwtError)) throw error;
    return { error: factsOf(error) };
  }
}

/** The story must fit the verdict: one step failed, all before it did not, none after it was reached. */
function expectOneStory({ ok, steps, rules, error, authentic }: Explanation): void {
  const outcomes = steps.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'not_asked').join(' ');
  expect(outcomes).toMatch(ok ? /^(?:passed ?){6,7}$/ : /^(?:passed )*failed(?: not_reached)*$/);
  expect(authentic).toBe(steps.find(({ step }) => step === 'verifySignature')?.outcome === 'passed');
  const broken = rules.filter(({ outcome }) => outcome === 'failed');
  if (steps.at(-1)?.outcome !== 'failed') expect(broken).toEqual([]);
  else expect(broken[0]?.code).toBe(error?.code);
}

// What a terminal would act upon or hide, but for the line ends that are ours.
const UNSAFE = /[^\n\P{C}]|[\u2028\u2029]/u;

describe.each(readVectorFiles())('$name', ({ testGroups }) => {
  const tests = testGroups.filter(({ type }) => type === 'jwt')
    .flatMap((group) => group.tests.map((test) => ({ group, test })));

  it('is told as it is verified', async () => {
    for (const { group, test } of tests) {
      let made: VectorVerifier;
      try {
        made = verifierOf(group, test);
      } catch (error) {
        // Keys that are refused whole: there is no verifier to explain.
        expect([error instanceof JwtError && error.code, test.comment]).toEqual([test.refusal, test.comment]);
        continue;
      }
      const { token = '' } = test;
      const explanation = await explain(made.verifier, token, made.call);
      const { error, jwt } = explanation;
      const told = error === undefined ? { jwt } : { error: factsOf(error) };
      expect([test.tcId, told]).toEqual([test.tcId, await verdictOf(made, token)]);
      expect([test.tcId, error?.code]).toEqual([test.tcId, test.refusal]);
      expectOneStory(explanation);

      const text = toText(explanation);
      expect(text).not.toMatch(UNSAFE);
      expect([test.tcId, text.split('\n').filter((line) => line.length > 80)]).toEqual([test.tcId, []]);
      expect(toHtml(explanation)).not.toMatch(UNSAFE);
      expect(JSON.parse(JSON.stringify(toJson(explanation)))).toMatchObject({ ok: test.result === 'valid' });
    }
  });
});

it('there are vectors of every code that a static key can cause', () => {
  const codes = readVectorFiles().flatMap(({ testGroups }) => testGroups.flatMap(({ type, tests }) =>
    (type === 'jwt' ? tests.map(({ refusal }) => refusal) : [])));
  expect(new Set(codes).size).toBeGreaterThan(25);
});
