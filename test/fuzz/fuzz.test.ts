import { describe, expect, it } from 'vitest';
import { JwtError, readUnverified, REFUSALS, type VerifiedJwt } from '../../src/jose/index.ts';
import { answer, candidateOf, findingOf, fuzz, SLOW, type Outcome } from './fuzzer.ts';
import { leakOf } from './judge.ts';
import { objectionToKeys } from './judge-keys.ts';
import { minimize, minimizeWaiting, shrinkJson, shrinkText } from './minimize.ts';
import { misusedFor } from './misuse.ts';
import { forge } from './mutate-token.ts';
import type { Question, SituationKind } from './question.ts';
import { createRandom } from './random.ts';
import { SITUATIONS } from './situations.ts';
import { signAs, SUBJECTS, type Subject } from './subjects.ts';

/** Another one each time, so that many short runs are one long one; FUZZ_SEED repeats one. */
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 32);
const SECONDS = 5;

it(`holds what the verifier promises, for ${SECONDS} seconds`, { timeout: 60_000 }, () => {
  console.log(`fuzz seed ${SEED}: FUZZ_SEED=${SEED} repeats this run`);
  const answers = new Set<string>();
  const candidates = new Map<string, object>();
  const end = performance.now() + SECONDS * 1000;
  for (const outcome of fuzz(SEED)) {
    answers.add(outcome.verdict.answer);
    // How long a question takes says little while other tests run: `npm run fuzz` asks that.
    const finding = outcome.verdict.problem;
    const name = `${outcome.question.kind}: ${finding}`;
    if (finding !== undefined && !candidates.has(name)) candidates.set(name, candidateOf(outcome, finding));
    if (performance.now() > end) break;
  }
  expect([...candidates.values()]).toEqual([]);
  expect(answers).toContain('accepted');
  expect(Object.keys(REFUSALS).filter((code) => answers.has(code)).length).toBeGreaterThan(20);
});

describe('the same seed', () => {
  const questions = (seed: number): string[] => {
    const asked: string[] = [];
    for (const { question } of fuzz(seed)) {
      const { kind, subject, keys, options } = question;
      // ES256 and PS256 draw random numbers of their own.
      const token = /^(RS|Ed|HS)/.test(subject.name) ? question.token : '';
      asked.push(JSON.stringify([kind, subject.name, token, keys, options]));
      if (asked.length === 200) return asked;
    }
    return asked;
  };

  it('asks the same questions, and another asks others', () => {
    expect(questions(7)).toEqual(questions(7));
    expect(questions(7)).not.toEqual(questions(8));
  });
});

describe('the fuzzer finds', () => {
  const subject = SUBJECTS.find(({ name }) => name === 'RS256 plain') as Subject;
  const { verify, token: genuine } = subject;
  const remembered = verify(genuine);
  /** Refuses whatever follows a refusal. */
  const stumbling = (right: Subject['verify']): Subject['verify'] => {
    let stumbled = false;
    return (token) => {
      if (stumbled) throw new JwtError('signature_invalid');
      stumbled = true;
      const jwt = right(token);
      stumbled = false;
      return jwt;
    };
  };

  /** Whether it says something of a verifier that has a bug, within some thousands of forged tokens. */
  const finds = (buggy: Subject['verify'], problem?: string): boolean => {
    const random = createRandom(1);
    const planted: Subject = { ...subject, verify: buggy };
    return Array.from({ length: 4000 }).some(() => {
      const found = answer({ kind: 'forged', subject: planted, token: forge(planted, random).token }).problem;
      return found !== undefined && (problem === undefined || found === problem);
    });
  };

  it('nothing where nothing is', () => expect(finds(verify)).toBe(false));

  it.each<[string, Subject['verify']]>([
    ['padding', (token) => verify(token.replace(/=+$/, ''))],
    ['padding of any part', (token) => verify(token.replaceAll('=', ''))],
    ['white space', (token) => verify(token.replace(/\s/g, ''))],
    ['standard base64', (token) => verify(token.replaceAll('+', '-').replaceAll('/', '_'))],
    ['characters cut to eight bits', (token) => verify(Buffer.from(token, 'latin1').toString('latin1'))],
    ['spare bits', (token) => verify(token.split('.')
      .map((part) => Buffer.from(part, 'base64url').toString('base64url')).join('.'))],
    ['a fourth part', (token) => verify(token.split('.').slice(0, 3).join('.'))],
    ['the scheme', (token) => verify(token.replace(/^Bearer /, ''))],
    ['a signature that is too long', (token) => verify(token.slice(0, genuine.length))],
  ])('a verifier that forgives %s', (_, buggy) => {
    expect(finds(buggy, 'a token that nobody signed was accepted')).toBe(true);
  });

  it.each<[string, string, () => Error]>([
    ['another error', 'threw RangeError: x', () => new RangeError('x')],
    ['the mistake of a caller where there is no caller', 'threw TypeError: x', () => new TypeError('x')],
    ['an error without a rule', 'a rule that is no section',
      () => new JwtError('token_expired', { rule: 'somewhere' })],
  ])('%s', (_, problem, thrown) => {
    const throws = (): VerifiedJwt => {
      throw thrown();
    };
    expect(finds(throws, problem)).toBe(true);
  });

  it('an error that quotes the token, or a part of it, anywhere', () => {
    const [, payload = ''] = genuine.split('.');
    const errors = [
      new JwtError('invalid_json', { message: `not JSON: ${payload}` }), new Error('x', { cause: genuine }),
      Object.assign(new JwtError('invalid_json'), { input: payload }),
      Object.assign(new Error('x'), { deep: { er: [genuine] } }),
    ];
    for (const error of errors) expect(leakOf(error, genuine)).toBe('the error holds a part of the token');
    expect(leakOf(new JwtError('invalid_json'), genuine)).toBeUndefined();
    // How an absent cause is printed is no part of a token.
    expect(leakOf(new JwtError('malformed_compact'), 'undefined.')).toBeUndefined();
  });

  it('a result that can be changed, or that is not what the token says', () => {
    expect(finds((token) => structuredClone(verify(token)), 'the result is not frozen')).toBe(true);
    const other = verify(genuine);
    const lying = (): VerifiedJwt => Object.freeze({ ...other,
      claims: Object.freeze({ ...other.claims, sub: 'admin' }) });
    const question: Question = { kind: 'signed', subject: { ...subject, verify: lying }, token: genuine };
    expect(answer(question).problem).toBe('not what the token says');
  });

  it('a verifier that takes what the signer signed in another way, or what others signed', () => {
    const misused = misusedFor(subject);
    expect(misused.length).toBeGreaterThan(10);
    const indulgent: Subject['verify'] = (token) => verify(misused.includes(token) ? genuine : token);
    expect(finds(indulgent, 'a token that nobody signed was accepted')).toBe(true);
  });

  it.each<[string, SituationKind, Subject['verify'], string]>([
    ['believes what a prototype lends', 'polluted', (token) => verify('iss' in {} ? genuine : token), 'not what the token says'],
    ['never asks for the time again', 'later', () => remembered, 'a token that has expired was accepted'],
    ['stumbles over the token before', 'between', stumbling(verify), 'the genuine token is refused: signature_invalid'],
  ])('a verifier that %s', (_, kind, buggy, problem) => {
    const random = createRandom(1);
    const planted: Subject = { ...subject, verify: buggy };
    const problems = Array.from({ length: 100 }, () =>
      answer({ kind, subject: planted, token: SITUATIONS[kind].tokenOf(subject, random) }).problem);
    expect(problems).toContain(problem);
  });

  it('a verifier that takes a key of small order', () => {
    const buggy: Subject = { ...subject, expectation: { ...subject.expectation, verifierFor: () => () => remembered } };
    expect(answer({ kind: 'weak', subject: buggy, token: genuine }).problem).toBe('a key of small order was taken');
  });

  it('and hands over the smallest question that shows it', () => {
    const buggy: Subject = { ...subject, verify: (token) => verify(token.replaceAll('=', '')) };
    const question: Question = { kind: 'forged', subject: buggy, token: `==${genuine}===` };
    const outcome: Outcome = { question, verdict: answer(question), elapsed: 1 };
    const finding = findingOf(outcome);
    expect(finding).toBe('a token that nobody signed was accepted');
    expect(candidateOf(outcome, finding ?? '')).toMatchObject({ token: expect.stringMatching(/^=?[^=]+=?$/),
      result: 'invalid' });
  });

  it('of a signed one too, which the signer signs again', () => {
    const buggy: Subject = { ...subject, verify: () => verify(genuine) };
    const claims = { ...subject.expectation.claims, more: [1, 2, { deep: true }] };
    const header = { alg: 'RS256', kid: subject.signer.kid };
    const token = signAs(subject.signer, JSON.stringify(header), JSON.stringify(claims));
    const question: Question = { kind: 'signed', subject: buggy, token };
    const candidate = candidateOf({ question, verdict: answer(question), elapsed: 1 }, 'not what the token says');
    expect(readUnverified((candidate as { readonly token: string }).token)).toEqual({ header: {}, claims: {} });
  });
});

describe('keys that may not serve', () => {
  const signer = (SUBJECTS[0] as Subject).signer;
  const jwk = { kty: 'RSA', kid: signer.kid };

  it.each<[string, unknown, boolean]>([
    ['a key of the name', { keys: [jwk] }, true], ['an array of it', [{}, jwk], true], ['itself', jwk, true],
    ['one that says what it is for', { ...jwk, alg: signer.alg, use: 'sig', key_ops: ['verify'] }, true],
    ['the only one, without a name', { keys: [{ kty: 'RSA' }] }, true], ['a map of the name', { [signer.kid]: '' }, true],
    ['one of two without a name', { keys: [{ kty: 'RSA' }, {}] }, false], ['another name', { ...jwk, kid: 'x' }, false],
    ['another algorithm', { ...jwk, alg: 'PS256' }, false], ['another use', { ...jwk, use: 'enc' }, false],
    ['another operation', { ...jwk, key_ops: ['sign'] }, false], ['a private one', { ...jwk, d: 'x' }, false],
    ['a map of other names', { x: '' }, false], ['none', { keys: [] }, false],
  ])('%s', (_, keys, mayServe) => {
    expect(objectionToKeys(keys, signer) === undefined).toBe(mayServe);
  });
});

describe('a question that took long', () => {
  const { verify, token, ...others } = SUBJECTS[0] as Subject;
  const asking = (before: () => void): Outcome => {
    const slow = (text: string): VerifiedJwt => (before(), verify(text));
    const question: Question = { kind: 'forged', subject: { ...others, token, verify: slow }, token };
    return { question, verdict: answer(question), elapsed: 10 * SLOW };
  };

  it('is slow where the processor was busy with it each time', () => {
    const busy = (): void => {
      const start = process.cpuUsage();
      const used = (): NodeJS.CpuUsage => process.cpuUsage(start);
      while (used().user + used().system <= SLOW * 1000);
    };
    expect(findingOf(asking(busy))).toBe('slow');
  });

  it('is not where the process waited for the processor, or was slow once', () => {
    const waits = (): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 * SLOW);
    expect(findingOf(asking(waits))).toBeUndefined();
    expect(findingOf(asking(() => undefined))).toBeUndefined();
  });
});

describe('minimizing', () => {
  it('leaves of a text what is needed', () => {
    const text = 'abcdefghijklmnopqrstuvwxyz';
    expect(minimize(shrinkText(text), (shorter) => shorter.includes('d') && shorter.includes('q'))).toBe('dq');
  });

  it('leaves of a JSON value what is needed, at any depth', () => {
    const value = { a: 1, keys: [{ x: 1 }, { kid: 'k', other: [1, 2, { bad: true, fine: 'x' }] }],
      z: 'long enough to be cut' };
    const fails = (candidate: unknown) => JSON.stringify(candidate)?.includes('"bad":true') ?? false;
    expect(minimize(shrinkJson(value), fails)).toEqual({ keys: [{ other: [{ bad: true }] }] });
  });

  it('waits for answers where it must', async () => {
    const fails = async (text: string): Promise<boolean> => Promise.resolve(text.includes('d') && text.includes('q'));
    expect(await minimizeWaiting(shrinkText('abcdefghijklmnopqrstuvwxyz'), fails)).toBe('dq');
  });
});
