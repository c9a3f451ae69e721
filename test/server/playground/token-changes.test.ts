/** What is told of a change: the part, the characters, and no more of what is around it than helps. */
import { describe, expect, it } from 'vitest';
import { encodeBase64url } from '../../../src/jose/index.ts';
import { aroundChange, changesBetween } from '../../../src/server/playground/token-changes.ts';

const encoded = (text: string): string => encodeBase64url(Buffer.from(text));
const whole = (changed: string) => ({ omittedBefore: 0, lead: '', changed, tail: '', omittedAfter: 0 });

describe('the changes between two tokens', () => {
  it('are told part by part, decoded, with the characters of the new one', () => {
    const [before, after] = [`${encoded('abc')}.${encoded('sub 1')}.AAAA`, `${encoded('abc')}.${encoded('sub 3')}.AABAA`];
    expect(changesBetween(before, before)).toEqual([]);
    expect(changesBetween(before, after)).toEqual([
      {
        part: 'payload', span: [11, 12], of: 'text',
        before: { ...whole('1'), lead: 'sub ' }, after: { ...whole('3'), lead: 'sub ' },
        bits: { before: '00110001', after: '00110011', words: 'one octet: 1 of its eight bits' },
      },
      {
        part: 'signature', span: [15, 16], of: 'characters',
        before: { ...whole(''), lead: 'AA', tail: 'AA' }, after: { ...whole('B'), lead: 'AA', tail: 'AA' },
      },
    ]);
  });

  it('are letters where decoding shows none of them, and of one letter its six bits', () => {
    expect(changesBetween(`${encoded('abc')}.e30.AAAA`, `${encoded('abc')}=.e30.AAA_`)).toEqual([
      { part: 'header', span: [4, 5], of: 'characters', before: { ...whole(''), lead: 'YWJj' }, after: { ...whole('='), lead: 'YWJj' } },
      {
        part: 'signature', span: [13, 14], of: 'characters',
        before: { ...whole('A'), lead: 'AAA' }, after: { ...whole('_'), lead: 'AAA' },
        bits: { before: '000000', after: '111111', words: expect.stringContaining('six bits') },
      },
    ]);
  });

  it('can be a part that was not there', () => {
    expect(changesBetween('YQ', 'YQ.Yg')).toEqual([
      { part: 'payload', span: [3, 5], of: 'text', before: whole(''), after: whole('b') },
    ]);
    expect(changesBetween('YQ.Yg', 'YQ')).toEqual([
      { part: 'payload', span: [3, 3], of: 'text', before: whole('b'), after: whole('') },
    ]);
  });

  it('have no bits where a character is several octets', () => {
    const [change] = changesBetween(`e30.${encoded('o')}.`, `e30.${encoded('\u00f6')}.`);
    expect(change).toEqual({ part: 'payload', span: [4, 7], of: 'text', before: whole('o'), after: whole('\u00f6') });
  });
});

describe('the surroundings of a change', () => {
  it('are shown a little, and the rest is counted', () => {
    const text = (changed: string): string => `${'x'.repeat(40)}${changed}${'y'.repeat(41)}`;
    const around = { omittedBefore: 22, lead: 'x'.repeat(18), tail: 'y'.repeat(18), omittedAfter: 23 };
    expect(aroundChange(text('one'), text('two'))).toEqual([{ ...around, changed: 'one' }, { ...around, changed: 'two' }]);
  });

  it('are none of the change: what is at both ends counts once', () => {
    expect(aroundChange('aa', 'aaa').map(({ changed }) => changed)).toEqual(['', 'a']);
    expect(aroundChange('aaa', 'aa').map(({ changed }) => changed)).toEqual(['a', '']);
    const same = { ...whole(''), omittedBefore: 2, lead: 'x'.repeat(18) };
    expect(aroundChange('x'.repeat(20), 'x'.repeat(20))).toEqual([same, same]);
  });

  it('stay fit to be shown, and short', () => {
    const [most, more] = ['m'.repeat(96), 'n'.repeat(97)];
    expect(aroundChange(`<${most}>`, `<${more}>`).map(({ changed }) => changed)).toEqual([most, `${'n'.repeat(96)}... (97 characters)`]);
    const [{ lead, changed, tail }] = aroundChange('\u202e\u0007\u200b', '\u202e\ufeff\u200b');
    expect([lead, changed, tail]).toEqual(['\\u202e', '\\u0007', '\\u200b']);
  });
});
