import { describe, expect, it } from 'vitest';
import { dependenciesOf } from '../../bench/benches/package-size.ts';
import { addRun, numberOf, renderResults } from '../../bench/results.ts';
import { figure, spread, type Run } from '../../bench/section.ts';

function run(node: string, ratio: number): Run {
  return {
    environment: {
      cpu: 'a CPU',
      cores: 2,
      memory: '4 GiB',
      system: 'linux',
      node,
      openssl: '3',
      date: '2026-01-31',
      commit: 'abc',
      load: 0,
    },
    sections: [
      {
        name: 'whole',
        title: 'A whole verification',
        prose: ['Some words.'],
        tables: [{ head: ['', 'µs'], rows: [['a|b', '1']] }],
        charts: { whole: { kind: 'bars', title: 'a picture', unit: 'µs', bars: [] } },
        numbers: { 'ratio jwt-assay': ratio, 'µs x': 3 },
      },
      { name: 'cache-hit', title: 'A hit', skipped: 'there is no cache yet' },
    ],
  };
}

describe('results', () => {
  it('keep the runs of other majors only when asked to', () => {
    const first = addRun(undefined, run('20.20.2', 1.1), false);
    expect(Object.keys(addRun(first, run('24.1.0', 1.2), false).runs)).toEqual(['24']);
    const both = addRun(first, run('24.1.0', 1.2), true);
    expect(Object.keys(both.runs)).toEqual(['20', '24']);
    expect(both.shown).toBe('24');
    expect(numberOf(both, 'whole', 'ratio jwt-assay')).toBe(1.2);
    expect(numberOf(both, 'cache-hit', 'x')).toBeUndefined();
  });

  it('become a page with tables, pictures, and what was not measured', () => {
    const page = renderResults(addRun(undefined, run('20.20.2', 1.1), false));
    for (const text of [
      'a CPU, 2 cores',
      'Some words.',
      'charts/whole.svg',
      'a\\|b',
      'Not measured: there is no cache yet.',
    ])
      expect(page).toContain(text);
    expect(page).not.toContain('Across versions');
  });

  it('are compared by ratios across versions of Node, never by times', () => {
    const page = renderResults(addRun(addRun(undefined, run('24.1.0', 1.2), false), run('20.20.2', 1.1), true));
    expect(page).toContain('| whole: jwt-assay | 1.10 | 1.20 |');
    expect(page).not.toContain('µs x');
  });
});

describe('figures', () => {
  it.each([
    [0.123, '0.12'],
    [9.994, '9.99'],
    [23.74, '23.7'],
    [140.4, '140'],
    [12_345, '12,345'],
    [-15.26, '-15.3'],
  ])('%d is written %s', (value, text) => {
    expect(figure(value)).toBe(text);
  });

  it('have a spread', () => {
    expect(spread({ median: 1.155, p10: 1.1, p90: 1.2 })).toMatch(/^1\.1[56] \(1\.10 to 1\.20\)$/);
  });
});

describe('dependencies', () => {
  it('are found as Node finds them, each counted once', () => {
    const lock = {
      packages: {
        'node_modules/a': { dependencies: { b: '1', c: '1' } },
        'node_modules/b': { dependencies: { c: '1' } },
        'node_modules/b/node_modules/c': {},
        'node_modules/c': { dependencies: { a: '1' } },
        'node_modules/d': {},
      },
    };
    expect([...dependenciesOf('a', lock)].sort()).toEqual([
      'node_modules/a',
      'node_modules/b',
      'node_modules/b/node_modules/c',
      'node_modules/c',
    ]);
  });
});
