import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dependenciesOf } from '../../bench/benches/package-size.ts';
import { addRun, numberOf, readResults, renderResults } from '../../bench/results.ts';
import { isFed, RESULTS, withFigures } from '../../bench/readme.ts';
import { readMajors } from '../../bench/other-node.ts';
import { figure, spread, type Run } from '../../bench/section.ts';
import { slowerThanPeers } from '../../bench/slower.ts';

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
    // The page goes on showing the first.
    expect(both.shown).toBe('20');
    expect(numberOf(both, 'whole', 'ratio jwt-assay')).toBe(1.1);
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

  it('say what is not faster than a peer, on any version of Node', () => {
    const against = (node: string, peer: number): Run => {
      const { environment, sections } = run(node, 1.1);
      return { environment, sections: sections.map((section) => ('skipped' in section ? section : {
        ...section,
        numbers: { ...section.numbers, 'ratio jwt-assay, verify': 1.2, 'ratio crypto.verify, the floor': 1, 'ratio a peer': peer },
      })) };
    };
    expect(slowerThanPeers([against('20.1.0', 1.3)])).toEqual([]);
    expect(slowerThanPeers([against('20.1.0', 1.22), against('24.1.0', 1.05)])).toEqual([
      'A whole verification with jwt-assay, verify on Node 20 takes 1.20 times the floor; a peer 1.22 (no difference).',
      'A whole verification with jwt-assay on Node 24 takes 1.10 times the floor; a peer 1.05.',
      'A whole verification with jwt-assay, verify on Node 24 takes 1.20 times the floor; a peer 1.05.',
    ]);
    expect(renderResults(addRun(undefined, against('20.1.0', 1.3), false))).toContain('Nothing that is measured here.');
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

describe('the README', () => {
  it('has markers that every run has figures for', () => {
    const results = addRun(addRun(undefined, run('20.20.2', 1.1), false), run('24.1.0', 1.2), true);
    const readme = withFigures(readFileSync(new URL('../../README.md', import.meta.url), 'utf8'), results);
    for (const text of ['bench/charts/whole.svg', 'a CPU, 2 cores', '| jwt-assay | 1.10 | 1.20 |']) expect(readme).toContain(text);
  });

  it('holds the figures of results.json', () => {
    const results = readResults(RESULTS);
    if (results === undefined) return console.info('not run: there is no bench/results.json yet');
    expect(isFed(results)).toBe(true);
  });
});

it('versions of Node to run under are majors, and nothing that could be an option of npm', () => {
  expect(readMajors('20,22,24,26')).toEqual(['20', '22', '24', '26']);
  for (const wrong of ['', '20.', '--x', '20,', 'latest']) expect(() => readMajors(wrong)).toThrow(TypeError);
});
