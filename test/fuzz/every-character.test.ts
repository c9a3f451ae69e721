import { describe, expect, it } from 'vitest';
import { JwtError, REFUSALS } from '../../src/jose/index.ts';
import { leakOf } from './judge.ts';
import { SUBJECTS, type Subject } from './subjects.ts';

const ALPHABET = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];

/** Every token that differs from one by a single character: replaced, taken away, or put in. */
function* neighboursOf(token: string): Generator<string> {
  for (let at = 0; at <= token.length; at++) {
    const [before, after] = [token.slice(0, at), token.slice(at + 1)];
    for (const inserted of [token.charAt(at) || 'A', 'A', '.', '=',
      ' ']) yield `${before}${inserted}${token.slice(at)}`;
    if (at === token.length) return;
    yield `${before}${after}`;
    const code = token.charCodeAt(at);
    const others = [...ALPHABET, '.', '=', String.fromCharCode(code + 0x100), String.fromCharCode(code + 0x4e00)];
    for (const other of others) if (other !== token[at]) yield `${before}${other}${after}`;
  }
}

/** What a verifier does wrong with a token that it must refuse. */
function wrongWith({ verify }: Subject, token: string): string | undefined {
  try {
    verify(token);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof JwtError)) return `threw ${String(error)}`;
    return Object.hasOwn(REFUSALS, error.code) ? undefined : 'unknown code';
  }
}

const subjects = SUBJECTS.filter(({ expectation }) => expectation.name === 'plain' || expectation.name === 'google');

describe.each(subjects.map((subject) => [subject.name, subject] as const))('a genuine token, %s', (_, subject) => {
  it('is accepted', () => expect(subject.verify(subject.token).key.alg).toBe(subject.signer.alg));

  it('is refused when any single character is replaced, taken away or put in', { timeout: 60_000 }, () => {
    let asked = 0;
    const wrong: string[] = [];
    for (const token of neighboursOf(subject.token)) {
      asked++;
      const what = wrongWith(subject, token);
      if (what !== undefined) wrong.push(`${what}: ${token}`);
    }
    expect(wrong).toEqual([]);
    expect(asked).toBeGreaterThan(70 * subject.token.length);
  });

  it('is never quoted by the refusal of a neighbour', () => {
    const leaks: string[] = [];
    let turn = 0;
    for (const token of neighboursOf(subject.token)) {
      if (turn++ % 97 !== 0) continue;
      try {
        subject.verify(token);
      } catch (error) {
        const leak = leakOf(error, token) ?? leakOf(error, subject.token);
        if (leak !== undefined) leaks.push(token);
      }
    }
    expect(leaks).toEqual([]);
  });
});

it('the neighbours hold each kind of change at each place', () => {
  const neighbours = new Set(neighboursOf('Ab.'));
  for (const token of ['Bb.', '_b.', '.b.', '=b.', '\u0141b.', '\u4e41b.', 'b.', 'AAb.', '=Ab.', 'Aa.', 'Abz', 'Ab',
    'Ab..', 'Ab. ']) {
    expect(neighbours).toContain(token);
  }
  expect(neighbours).not.toContain('Ab.');
});
