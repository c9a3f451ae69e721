import { describe, expect, it } from 'vitest';
import { leadBack, readMappings, type SourceMap } from '../../src/build/line-map.ts';

/** By ECMA-426: the segments [0,0,0,0] and [4,0,1,2] on the first line, none on the second, [2,0,-1,-2] on the third. */
const MAP: SourceMap = {
  version: 3, file: 'floor.js', sources: ['floor.ts'], names: [], mappings: 'AAAA,IACE;;EADF',
};
const urlOf = (path: string): string => `../src/${path}`;

describe('the reader of mappings', () => {
  it('adds up the differences, columns within a line alone', () => {
    expect(readMappings(MAP.mappings)).toEqual([
      [{ generatedColumn: 0, sourceLine: 0, sourceColumn: 0 }, { generatedColumn: 4, sourceLine: 1, sourceColumn: 2 }],
      [],
      [{ generatedColumn: 2, sourceLine: 0, sourceColumn: 0 }],
    ]);
  });

  it('reads numbers of more than one digit, negative ones, and names', () => {
    expect(readMappings('gBA+BjBC,CAjCA')).toEqual([[
      { generatedColumn: 16, sourceLine: 31, sourceColumn: -17 }, { generatedColumn: 17, sourceLine: -2, sourceColumn: -17 },
    ]]);
  });
});

describe('a map led back', () => {
  const lines = [
    { text: 'a', origin: { path: 'jose/a.ts', line: 7 } },
    { text: 'b', origin: { path: 'jose/b.ts', line: 900 } },
  ];

  it('names each file, its own lines, and the columns as they were', () => {
    const map = leadBack(MAP, lines, urlOf);
    expect(map).toMatchObject({ version: 3, file: 'floor.js', sources: ['../src/jose/a.ts', '../src/jose/b.ts'] });
    expect(map.mappings).toBe('AAOA,IC63BE;;ED73BF');
  });

  it('has nothing for lines that are of no file', () => {
    const map = leadBack(MAP, [{ text: 'a' }, lines[1] ?? { text: 'b' }], urlOf);
    expect(map.sources).toEqual(['../src/jose/b.ts']);
    expect(map.mappings).toBe('IAo4BE;;');
  });

  it('is the same map, if every line is its own', () => {
    const same = ['a', 'b'].map((text, line) => ({ text, origin: { path: 'floor.ts', line } }));
    expect(leadBack(MAP, same, (path) => path)).toEqual(MAP);
  });
});
