import { describe, expect, it } from 'vitest';
import { isJsonObject, member, parseJsonObject } from '../../src/jose/json.ts';
import { outcomeOf, refusalOf } from './refusal.ts';

const parse = (json: string | Uint8Array): unknown => parseJsonObject(Buffer.from(json), 'it');

/** An object at depth 1 with arrays or objects down to `depth`. */
const nestedArrays = (depth: number): string => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
const nestedObjects = (depth: number): string => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`;

describe('JSON objects (RFC 8259, RFC 7493)', () => {
  it.each([
    ['an empty object', '{}', {}],
    ['whitespace around tokens', ' {\n"a"\t:\r1 } ', { a: 1 }],
    ['every kind of value', '{"a":[1,-0.5e3,"x",true,false,null,{}]}', { a: [1, -500, 'x', true, false, null, {}] }],
    ['colons in strings', '{"a:b":"c:d","e":":"}', { 'a:b': 'c:d', e: ':' }],
    ['escaped quotes before colons', '{"a\\":":"\\":\\\\","b":"\\\\"}', { 'a":': '":\\', b: '\\' }],
    [
      'members of other objects with the same name', '{"a":{"a":1},"b":[{"a":1},{"a":1}]}',
      { a: { a: 1 }, b: [{ a: 1 }, { a: 1 }] },
    ],
    ['UTF-8 beyond the BMP', '{"é":"\u{1F600}"}', { é: '\u{1F600}' }],
    ['an escape beside null, false and a number', '{"a":[null,false,1],"b":"\\n"}', { a: [null, false, 1], b: '\n' }],
    ['an escaped surrogate pair', '{"\\ud83d\\ude00":"\\uD83D\\uDE00"}', { '\u{1F600}': '\u{1F600}' }],
    ['the largest double', '{"a":1.7976931348623157e308}', { a: Number.MAX_VALUE }],
    [
      'names that objects inherit', '{"constructor":1,"toString":2,"hasOwnProperty":3}',
      { constructor: 1, toString: 2, hasOwnProperty: 3 },
    ],
  ])('reads %s', (_, json, expected) => {
    expect(parse(json)).toEqual(expected);
  });

  it.each([
    ['an array', '[]'], ['a string', '"a"'], ['a number', '1'], ['null', 'null'], ['true', 'true'], ['nothing', ''],
    ['two objects', '{}{}'], ['text after the object', '{} x'], ['a NUL after the object', '{}\0'],
    ['a byte order mark', '\ufeff{}'],
    ['a comment', '{}/**/'], ['a trailing comma', '{"a":1,}'], ['NaN', '{"a":NaN}'], ['hex', '{"a":0x10}'],
    ['a leading zero', '{"a":01}'], ['a raw control character', '{"a":"\u0001"}'], ['no-break space', '{\u00a0}'],
    ['single quotes', "{'a':1}"], ['1e999, which would be Infinity', '{"a":1e999}'], ['-1e999', '{"a":-1e999}'],
    ['1e999 in an array', '{"a":[[1e999]]}'], ['1e999 in an object', '{"a":{"b":1e999}}'],
    ['a lone high surrogate', '{"a":"\\ud800"}'], ['a lone low surrogate', '{"a":"x\\udc00y"}'],
    ['surrogates in the wrong order', '{"a":"\\ude00\\ud83d"}'], ['a lone surrogate in a name', '{"\\ud800":1}'],
    ['a lone surrogate in an array', '{"a":["\\uDBFF"]}'],
    ['a lone surrogate in a nested name', '{"a":[{"\\ud800":1}]}'],
  ])('refuses %s as invalid_json', (_, json) => {
    expect(outcomeOf(() => parse(json))).toBe('invalid_json');
  });

  it.each([
    ['a lone continuation octet', [0x80]], ['a truncated sequence', [0xc3]], ['an overlong slash', [0xc0, 0xaf]],
    ['an overlong NUL', [0xe0, 0x80, 0x80]], ['a surrogate (CESU-8)', [0xed, 0xa0, 0x80]],
    ['beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['0xFF', [0xff]], ['latin1', [0xe9]],
  ])('refuses %s as invalid_utf8 (RFC 7515 §5.2 step 3)', (_, bad) => {
    const octets = Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bad), Buffer.from('"}')]);
    expect(refusalOf(() => parse(octets))).toMatchObject({ code: 'invalid_utf8', message: 'it is not valid UTF-8' });
  });

  it('reads well after a failure: the shared decoder keeps nothing of it', () => {
    // Each of these ends within a sequence, which a decoder might keep for the next octets.
    for (const bad of [[0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0x98], [0x7b, 0xf0]]) {
      expect(outcomeOf(() => parse(Buffer.from(bad)))).toBe('invalid_utf8');
      expect(parse('{"a":"é"}')).toEqual({ a: 'é' });
    }
  });

  it.each([
    ['at the top', '{"a":1,"a":1}'],
    ['that are not neighbours', '{"a":1,"b":2,"a":3}'],
    ['three times', '{"a":1,"a":2,"a":3}'],
    ['one of them escaped', '{"alg":1,"\\u0061lg":2}'],
    ['one of them with a short escape', '{"/":1,"\\/":2}'],
    ['in a nested object', '{"x":{"a":1,"a":2}}'],
    ['in an object of an array', '{"x":[0,{"a":1,"a":2}]}'],
    ['where the lost value had members', '{"a":{"b":1,"c":2},"a":3}'],
    ['of the name __proto__', '{"__proto__":1,"__proto__":2}'],
    ['of the empty name', '{"":1,"":2}'],
    ['of a name like an index', '{"0":1,"0":2}'],
    ['with a colon in the name', '{":":1,":":2}'],
    ['with an escaped quote in the name', '{"\\"":1,"\\"":2}'],
    ['beyond ASCII', '{"é":1,"\\u00e9":2}'],
  ])('refuses two members of one name %s (RFC 7515 §4, RFC 7519 §4)', (_, json) => {
    expect(refusalOf(() => parse(json))).toMatchObject({ code: 'duplicate_member', rule: 'RFC 7515 §4' });
  });

  it('counts every octet, however many there are', () => {
    for (let spaces = 0; spaces < 9; spaces++) {
      const around = ' '.repeat(spaces);
      expect(outcomeOf(() => parse(`${around}{"a":"","b":""}`))).toBe('accepted');
      expect(outcomeOf(() => parse(`${around}{"a":"","a":""}`))).toBe('duplicate_member');
      expect(outcomeOf(() => parse(`{"a":"","a":""}${around}`))).toBe('duplicate_member');
    }
  });

  it.each([
    ['arrays', nestedArrays], ['objects', nestedObjects],
  ])('reads %s down to depth 32, and refuses depth 33', (_, nested) => {
    expect(outcomeOf(() => parse(nested(32)))).toBe('accepted');
    expect(refusalOf(() => parse(nested(33)))).toMatchObject(
      { code: 'invalid_json', message: 'it is nested too deep' },
    );
  });

  it.each(['true', 'false', 'null', '1', '"x"'])('takes %s at depth 32 for no deeper one', (value) => {
    expect(outcomeOf(() => parse(nestedObjects(32).replace('{}', `{"a":${value}}`)))).toBe('accepted');
    expect(outcomeOf(() => parse(nestedArrays(32).replace('[]', `[${value}]`)))).toBe('accepted');
  });

  it('reads as deep as it is told to', () => {
    const octets = (depth: number): Uint8Array => Buffer.from(nestedObjects(depth));
    expect(outcomeOf(() => parseJsonObject(octets(40), 'it', 40))).toBe('accepted');
    expect(outcomeOf(() => parseJsonObject(octets(41), 'it', 40))).toBe('invalid_json');
    expect(outcomeOf(() => parseJsonObject(octets(3), 'it', 2))).toBe('invalid_json');
  });

  it('counts depth and not size, and bears any depth', () => {
    expect(outcomeOf(() => parse(`{"a":[${'[],'.repeat(1000)}[]]}`))).toBe('accepted');
    expect(outcomeOf(() => parse(nestedArrays(300_000)))).toBe('invalid_json');
    expect(outcomeOf(() => parse(nestedObjects(100_000)))).toBe('invalid_json');
  });

  it('takes __proto__ for data: an own member, and no prototype', () => {
    const object = parseJsonObject(Buffer.from('{"__proto__":{"admin":true}}'), 'it');
    expect(Object.keys(object)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
    expect(object['admin']).toBeUndefined();
    expect(member(object, '__proto__')).toEqual({ admin: true });
  });

  it('freezes at every depth', () => {
    const object = parseJsonObject(Buffer.from('{"a":[{"b":[]}]}'), 'it');
    const a = object['a'] as readonly { readonly b: unknown }[];
    for (const part of [object, a, a[0], a[0]?.b]) expect(Object.isFrozen(part)).toBe(true);
  });

  it.each([
    ['valid JSON', '{'], ['a JSON object', '[]'],
  ])('names what was not %s, and does not quote it', (what, json) => {
    expect(refusalOf(() => parseJsonObject(Buffer.from(json), 'the JOSE Header')).message).toBe(
      `the JOSE Header is not ${what}`,
    );
  });
});

describe('member', () => {
  it('reads own members only: what an object inherits is not in the JSON', () => {
    expect(member({}, 'constructor')).toBeUndefined();
    expect(member({}, '__proto__')).toBeUndefined();
    expect(member({ a: null }, 'a')).toBeNull();
  });
});

describe('isJsonObject', () => {
  it.each([
    [{}, true], [[], false], [null, false], ['a', false], [undefined, false],
  ])('says of %o: %s', (value, expected) => {
    expect(isJsonObject(value)).toBe(expected);
  });
});
