import { describe, expect, it } from 'vitest';
import { report, share } from '../../bench/conformance/report.ts';
import {
  controlIsAlight,
  count,
  judge,
  ofClass,
  shortcomings,
  type Finding,
  type Result,
} from '../../bench/conformance/tally.ts';
import { escapeCell, markdownTable, plainTable } from '../../bench/markdown.ts';
import { readSuite } from '../../bench/vectors.ts';
import { finding, question, unsigned } from './findings.ts';

const ACCEPTED = { outcome: 'accepted' } as const;
const REFUSED = { outcome: 'refused', code: 'signature_invalid', reason: 'no' } as const;
const ABSENT = { outcome: 'not-applicable', why: 'has no such thing' } as const;

function result(findings: readonly Finding[], name = 'library'): Result {
  return {
    adapter: { name, role: 'peer', configuration: 'verify(token)', clock: 'faked', takes: 'key' },
    version: '1.2.3',
    findings,
  };
}

describe('the tally', () => {
  it('keeps MUST, SHOULD, valid, and what may be refused apart', () => {
    const counted = count([
      finding(ACCEPTED),
      finding(REFUSED),
      finding(ACCEPTED, { level: 'SHOULD' }),
      finding(ACCEPTED, { result: 'valid' }),
      finding(REFUSED, { result: 'valid' }),
      finding(REFUSED, { result: 'valid', level: 'SHOULD' }),
      finding(REFUSED, { result: 'valid', level: 'SHOULD' }),
      finding(ACCEPTED, { result: 'valid', level: 'SHOULD' }),
    ]);
    expect(counted).toMatchObject({
      must: { wrong: 1, tested: 2 },
      should: { wrong: 1, tested: 1 },
      valid: { wrong: 1, tested: 2 },
      choice: { wrong: 2, tested: 3 },
      notApplicable: 0,
    });
  });

  it('counts what was not applicable, crashed or hung neither as tested nor as wrong', () => {
    const counted = count([
      finding(ABSENT),
      finding({ outcome: 'crashed' }),
      finding({ outcome: 'hung' }),
      finding(ABSENT, { result: 'valid' }),
    ]);
    expect(counted).toEqual({
      must: { wrong: 0, tested: 0 },
      should: { wrong: 0, tested: 0 },
      valid: { wrong: 0, tested: 0 },
      choice: { wrong: 0, tested: 0 },
      notApplicable: 2,
      crashed: 1,
      hung: 1,
    });
  });

  it('counts an output that is not what was signed as wrong, both ways', () => {
    expect(count([finding({ outcome: 'wrong-output' }, { result: 'valid' })]).valid.wrong).toBe(1);
    expect(count([finding({ outcome: 'wrong-output' })]).must.wrong).toBe(1);
  });

  it('counts a vector in each of its classes', () => {
    const findings = [finding(ACCEPTED, { flags: ['A1', 'B2'] }), finding(ACCEPTED, { flags: ['B2'] })];
    expect(['A1', 'B2', 'C3'].map((flag) => ofClass(findings, flag).length)).toEqual([1, 2, 0]);
  });
});

describe('a library that reads no claims', () => {
  const asked = (refusal: string, header: object = { alg: 'RS256' }) =>
    judge(
      { readsClaims: false },
      finding(ACCEPTED, { refusal, question: question({ token: unsigned(header) }) }).vector,
      ACCEPTED,
    ).outcome;

  it('is not asked about claims, nor about their JSON', () => {
    expect(['token_expired', 'invalid_json', 'duplicate_member'].map((refusal) => asked(refusal))).toEqual(
      Array(3).fill('not-applicable'),
    );
  });

  it('is asked about signatures, and about the header', () => {
    expect(asked('signature_invalid')).toBe('accepted');
    const array = finding(ACCEPTED, { refusal: 'invalid_json', question: question({ token: unsigned(['x']) }) }).vector;
    expect(judge({ readsClaims: false }, array, ACCEPTED).outcome).toBe('accepted');
  });

  it('alone is spared', () => {
    expect(judge({}, finding(ACCEPTED, { refusal: 'token_expired' }).vector, ACCEPTED)).toBe(ACCEPTED);
  });
});

describe('what this project must not do', () => {
  it('is nothing where every answer is right, with the right code', () => {
    expect(shortcomings(result([finding(REFUSED), finding(ACCEPTED, { result: 'valid' })]))).toEqual([]);
  });

  it.each([
    ['accept', finding(ACCEPTED)],
    ['refuse', finding(REFUSED, { result: 'valid' })],
    ['refuse for another reason', finding({ ...REFUSED, code: 'x' })],
    ['refuse without a code', finding({ outcome: 'refused', reason: 'TypeError' })],
    ['crash', finding({ outcome: 'crashed' })],
    ['say that it is not asked', finding(ABSENT)],
  ])('is to %s wrongly', (_, wrong) => {
    expect(shortcomings(result([wrong]))).toHaveLength(1);
  });
});

describe('the control', () => {
  const vector = finding(ACCEPTED).vector;
  const other = finding(ACCEPTED).vector;

  it('is alight where it accepts what the current version refuses', () => {
    const control = result([
      { vector, outcome: ACCEPTED },
      { vector: other, outcome: ACCEPTED },
    ]);
    const current = result([
      { vector, outcome: REFUSED },
      { vector: other, outcome: ACCEPTED },
    ]);
    expect(controlIsAlight(control, current)).toEqual([vector]);
  });

  it('is dark where it refuses, or both accept, or the current version was not asked', () => {
    expect(controlIsAlight(result([{ vector, outcome: REFUSED }]), result([{ vector, outcome: REFUSED }]))).toEqual([]);
    expect(controlIsAlight(result([{ vector, outcome: ACCEPTED }]), result([{ vector, outcome: ABSENT }]))).toEqual([]);
  });
});

describe('the report', () => {
  const suite = {
    files: [],
    vectors: [finding(ACCEPTED, { level: 'SHOULD' }).vector],
    notes: new Map([['A1', { description: 'Pipes | and <b>.', rule: 'RFC 1 §2' }]]),
  };
  const facts = { suite, flags: ['A1'], absent: ['PyJWT'], date: '2026-01-31', node: '20.0.0', alight: 5 };

  it('holds every library, its version, its configuration and why it was not asked', () => {
    const page = report({
      ...facts,
      results: [
        result([finding(ACCEPTED, { level: 'SHOULD' }), finding(ABSENT), finding(REFUSED, { result: 'valid' })]),
      ],
    });
    for (const text of [
      'library',
      '1.2.3',
      'verify(token)',
      '1 × has no such thing',
      '**A1**',
      'Pipes \\| and &lt;b>',
      '2026-01-31',
      'PyJWT',
      '(no)',
    ]) {
      expect(page).toContain(text);
    }
  });

  it('is the same for the same facts', () => {
    const results = [result([finding(ACCEPTED)])];
    expect(report({ ...facts, results })).toBe(report({ ...facts, results }));
    expect(share({ wrong: 0, tested: 0 })).toBe('–');
  });
});

describe('tables', () => {
  it('escape what would end a cell', () => {
    expect(escapeCell('a|b\nc<d')).toBe('a\\|b c&lt;d');
    expect(markdownTable(['a', 'b'], [['1', '2']])).toBe('| a | b |\n| --- | ---: |\n| 1 | 2 |');
    expect(plainTable(['a', 'bb'], [['ccc', 'd']])).toBe('a    bb\n---  --\nccc   d');
  });
});

describe('the suite', () => {
  it("is read with each test's own keys, now and members of policy", () => {
    const { vectors, notes } = readSuite();
    expect(vectors.length).toBeGreaterThan(20);
    expect(new Set(vectors.map(({ id }) => id)).size).toBe(vectors.length);
    const early = vectors.find(({ id }) => id === 'rfc7519/2');
    expect(early?.question).toMatchObject({
      type: 'jwt',
      now: 1_000_000_000,
      policy: { issuer: 'joe', audience: null },
    });
    for (const { flags } of vectors) for (const flag of flags) expect(notes.has(flag), flag).toBe(true);
  });
});
