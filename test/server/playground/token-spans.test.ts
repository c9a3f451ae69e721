/** Which characters of a token carry what. */
import { describe, expect, it } from 'vitest';
import { encodeBase64url } from '../../../src/jose/index.ts';
import { decodedParts, memberSpans } from '../../../src/server/playground/token-spans.ts';

const encoded = (text: string): string => encodeBase64url(Buffer.from(text));

describe('the parts of a token', () => {
  it('are three, each where it stands, and the objects in two of them by their members', () => {
    const [header, payload] = ['{"alg":"RS256"}', '{"exp":160,"sub":"7"}'];
    const token = `${encoded(header)}.${encoded(payload)}.c2ln`;
    const parts = decodedParts(token, { header: { alg: 'RS256' }, claims: { exp: 160, sub: '7' }, now: 100 });
    // Of 15 octets the second to the fourteenth carry the member of the header: letters 1 to 18.
    expect(parts).toEqual([
      { name: 'header', span: [0, 20], members: [{ name: 'alg', value: '"RS256"', span: [1, 19] }] },
      {
        name: 'payload', span: [21, 49],
        members: [
          { name: 'exp', value: '160', time: '1970-01-01T00:02:40Z, in 1 minute', span: [22, 35] },
          { name: 'sub', value: '"7"', span: [35, 48] },
        ],
      },
      { name: 'signature', span: [50, 54] },
    ]);
  });

  it('are text where they are no objects, cut where that is long, and no more than three', () => {
    const [most, more] = ['a'.repeat(2000), 'b'.repeat(2001)];
    const parts = decodedParts(`${encoded(most)}.${encoded(more)}.c2ln.Zm91cg.Zml2ZQ`, { now: 100 });
    expect(parts.map(({ name, text }) => [name, text])).toEqual([
      ['header', most], ['payload', `${'b'.repeat(2000)}... (2001 characters)`], ['signature', undefined],
    ]);
    expect(decodedParts('', { now: 100 })).toEqual([{ name: 'header', span: [0, 0], text: '' }]);
    expect(decodedParts(encoded('\u202e\u0007'), { now: 100 })[0]?.text).toBe('\\u202e\\u0007');
  });

  it('have values that are cut where they are long', () => {
    const claims = { most: 'a'.repeat(1998), more: 'b'.repeat(1999) };
    const [, payload] = decodedParts(`e30.${encoded(JSON.stringify(claims))}.c2ln`, { header: {}, claims, now: 100 });
    expect(payload?.members?.map(({ value }) => value.slice(-20))).toEqual([`${'a'.repeat(19)}"`, 'b... (2001 characters)'.slice(-20)]);
  });
});

describe('the octets of a member', () => {
  const found = (json: string) =>
    [...memberSpans(Buffer.from(json))].map(([name, [start, end]]) => [name, Buffer.from(json).subarray(start, end).toString()]);

  it('begin with its name and end with its value, whatever is in it', () => {
    expect(found('{ "a" : 1 , "b\\"":{"c":[1,2,{"d":3}]},"\\u00e9":"},{" }')).toEqual([
      ['a', '"a" : 1'], ['b"', '"b\\"":{"c":[1,2,{"d":3}]}'], ['\u00e9', '"\\u00e9":"},{"'],
    ]);
    expect(found('{"list":["x","y"],"empty":[],"object":{"sub":"1"},"text":"\\\\"}')).toEqual([
      ['list', '"list":["x","y"]'], ['empty', '"empty":[]'], ['object', '"object":{"sub":"1"}'], ['text', '"text":"\\\\"'],
    ]);
  });

  it('are counted as octets where a character has several', () => {
    expect(found('{"n\u00e4me":"L\u00f6w\u{1f600}","b":2}')).toEqual([['n\u00e4me', '"n\u00e4me":"L\u00f6w\u{1f600}"'], ['b', '"b":2']]);
  });

  it('are none in an object without members', () => {
    expect(found(' { } ')).toEqual([]);
  });
});
