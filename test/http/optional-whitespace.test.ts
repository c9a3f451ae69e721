import { describe, expect, it } from 'vitest';
import { parseBearer } from '../../src/http/bearer.ts';
import { parseCookies } from '../../src/http/cookie.ts';
import { trimOptionalWhitespace } from '../../src/http/optional-whitespace.ts';

describe('trimOptionalWhitespace', () => {
  it.each([
    ['', ''], ['a', 'a'], [' \ta b\t ', 'a b'], ['\t \t', ''], ['\na\n', '\na\n'], ['\u00a0a', '\u00a0a'], ['a\v', 'a\v'],
  ])('%j is %j', (value, trimmed) => expect(trimOptionalWhitespace(value)).toBe(trimmed));
});

// What takes a time that grows with the square of the spaces would be at this for half a minute.
describe('spaces inside a value cost no more than other characters', { timeout: 5000 }, () => {
  const spaces = `a${' '.repeat(250_000)}b`;
  it('in Authorization', () => expect(parseBearer([spaces]).kind).toBe('foreign'));
  it('in Cookie', () => expect(parseCookies([`${spaces}=1; c=${spaces}; d=1`])).toEqual([{ name: 'd', value: '1' }]));
});
