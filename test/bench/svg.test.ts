import { describe, expect, it } from 'vitest';
import { drawChart, roundUp } from '../../bench/charts.ts';
import { heatMap } from '../../bench/conformance/heat-map.ts';
import type { Result } from '../../bench/conformance/tally.ts';
import { drawing, svg, text } from '../../bench/svg.ts';
import { elementsOf } from './xml.ts';
import { finding } from './findings.ts';

const HOSTILE = 'a < b & "c" > </text>';

const result: Result = {
  adapter: { name: HOSTILE, role: 'self', configuration: '', clock: 'injected', takes: 'keys' },
  version: '1.0.0',
  findings: [
    finding({ outcome: 'accepted' }, { level: 'MUST', flags: ['A1'] }),
    finding({ outcome: 'refused', reason: '' }, { result: 'valid' }),
  ],
};

describe('svg', () => {
  it('escapes text and attributes', () => {
    expect(text(1, 2, HOSTILE).markup).toBe('<text x="1" y="2">a &lt; b &amp; &quot;c&quot; &gt; &lt;/text&gt;</text>');
    expect(svg('rect', { class: '"><script>' }).markup).toBe('<rect class="&quot;&gt;&lt;script&gt;"/>');
  });

  it('writes numbers with at most two decimals', () => {
    expect(svg('rect', { x: 1 / 3, y: 2 }).markup).toBe('<rect x="0.33" y="2"/>');
  });

  it('makes drawings that are well formed, named, and follow the colour scheme', () => {
    const file = drawing(10, 10, HOSTILE, HOSTILE);
    expect(elementsOf(file.trimEnd())).toEqual(['svg', 'title', 'desc', 'style', 'rect', 'text']);
    expect(file).toContain('prefers-color-scheme: dark');
    expect(file).not.toMatch(/gradient/i);
  });

  it('notices what is not well formed', () => {
    for (const wrong of ['<g>', '<g></h>', '</g>', '<g a="b" c></g>', '<text>a & b</text>', '<g/', '<g a="<"/>']) {
      expect(() => elementsOf(wrong), wrong).toThrow();
    }
  });
});

describe('charts', () => {
  it('draws a bar for each, the first words of hostile labels included', () => {
    const file = drawChart({
      kind: 'bars',
      title: HOSTILE,
      unit: 'µs',
      mark: 1,
      bars: [
        { label: HOSTILE, value: 2, low: 1, high: 3, ours: true },
        { label: 'zero', value: 0 },
      ],
    });
    const names = elementsOf(file.trimEnd());
    expect(names.filter((name) => name === 'rect')).toHaveLength(3); // the paper, and two bars
    expect(file).toContain('2.00 µs');
    expect(file).not.toContain('NaN');
  });

  it('draws a line through every point', () => {
    const file = drawChart({
      kind: 'lines',
      title: 't',
      x: 'characters',
      y: 'µs',
      lines: [
        {
          label: 'ours',
          points: [
            [300, 1],
            [10_000, 7],
          ],
        },
      ],
    });
    const names = elementsOf(file.trimEnd());
    expect(names.filter((name) => name === 'circle')).toHaveLength(2);
    expect(file).not.toContain('NaN');
  });

  it.each([
    [0, 1],
    [0.7, 1],
    [1.2, 2],
    [2.1, 2.5],
    [3, 4],
    [7, 10],
    [10_000, 10_000],
    [10_001, 20_000],
  ])('rounds %d up to %d', (value, expected) => {
    expect(roundUp(value)).toBeCloseTo(expected, 9);
  });
});

describe('the heat map', () => {
  it('says every number in words, not by colour alone', () => {
    const file = heatMap([result], new Map([['A1', { description: HOSTILE, rule: '' }]]), ['A1']);
    elementsOf(file.trimEnd());
    expect(file).toContain('>1/1<');
    expect(file).toContain('(MUST): 1 of 1');
    expect(file).toContain('valid vectors refused: 1 of 1');
  });
});
