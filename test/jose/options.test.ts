import { describe, expect, it } from 'vitest';
import {
  expectBoolean,
  expectFunction,
  expectNumber,
  expectString,
  expectStrings,
  readOptions,
} from '../../src/jose/options.ts';

const read = (options: unknown): unknown => readOptions(options, 'f', ['a', 'b']);

describe('readOptions', () => {
  it('throws TypeError for options that cannot be read, whatever reading them throws', () => {
    const get = (): never => { throw new RangeError('mine'); };
    const trapping = new Proxy({}, { ownKeys: get });
    for (const options of [Object.defineProperty({}, 'a', { get, enumerable: true }), trapping]) {
      expect(() => readOptions(options, 'f', ['a'])).toThrow(new TypeError('f: the options cannot be read'));
    }
  });

  it('throws TypeError for options that inherit: what is inherited would be overlooked', () => {
    const nothing: object = Object.assign(Object.create(null), { a: 1 });
    for (const options of [Object.create(nothing), Object.create({ hasOwnProperty: null }), new (class { get a(): number { return 1; } })(), new Map([['a', 1]])]) {
      expect(() => readOptions(options, 'f', ['a'])).toThrow(TypeError);
    }
    expect(readOptions(nothing, 'f', ['a'])).toEqual({ a: 1 });
  });

  it.each([undefined, null, 'a', 7, true, [], ['a'], () => ({})])('throws TypeError for %o', (options) => {
    expect(() => read(options)).toThrow(new TypeError('f expected an object of options'));
  });

  it.each([
    ['a name that is not known', { c: 1 }, 'f: unknown option c'],
    ['one beside known ones', { a: 1, A: 1 }, 'f: unknown option A'],
    ['a symbol', { [Symbol('a')]: 1 }, 'f: unknown option Symbol(a)'],
    ['__proto__ out of JSON', JSON.parse('{"__proto__":{"a":1}}'), 'f: unknown option __proto__'],
    ['a name that is not enumerable', Object.defineProperty({}, 'c', { value: 1 }), 'f: unknown option c'],
    ['a known name that is undefined', { a: 1, b: undefined }, 'f: option "b" is undefined; leave it out instead'],
    [
      'a getter that gives undefined', { get a() { return undefined; } },
      'f: option "a" is undefined; leave it out instead',
    ],
  ])('throws TypeError for %s', (_, options, message) => {
    expect(() => read(options)).toThrow(new TypeError(message));
  });

  it('copies what was given, null and false too, and nothing that an object inherits', () => {
    const copy = read({ a: null, b: false });
    expect(copy).toEqual(Object.assign(Object.create(null), { a: null, b: false }));
    expect(Object.getPrototypeOf(copy)).toBeNull();
  });

  it('reads each option once, so that it cannot change between check and use', () => {
    let reads = 0;
    const copy = readOptions({ get a() { return ++reads; } }, 'f', ['a']);
    expect([copy.a, copy.a, reads]).toEqual([1, 1, 1]);
  });
});

describe('expectations', () => {
  it.each([
    [
      'a non-empty string', (v: unknown) => expectString(v, 'x'), ['a', ' '],
      ['', undefined, null, 7, ['a'], new String('a')],
    ],
    [
      'true or false', (v: unknown) => expectBoolean(v, 'x'), [true, false],
      [undefined, null, 0, 1, 'true', new Boolean(true)],
    ],
    ['a function', (v: unknown) => expectFunction(v, 'x'), [Math.abs, async () => 1], [undefined, null, {}, 'f']],
    [
      'a number from 1 to 5', (v: unknown) => expectNumber(v, 'x', 1, 5),
      [1, 1.5, 5], [0.999, 5.001, -1, NaN, Infinity, -Infinity, '3', undefined, null, 3n],
    ],
    [
      'a number from 0 to Infinity', (v: unknown) => expectNumber(v, 'x', 0, Infinity),
      [0, Number.MAX_VALUE], [Infinity, NaN, -1],
    ],
  ] as [string, (v: unknown) => unknown, unknown[], unknown[]][])('"x" expected %s', (words, expectIt, good, bad) => {
    for (const value of good) expect(expectIt(value)).toBe(value);
    for (const value of bad) expect(() => expectIt(value)).toThrow(new TypeError(`"x" expected ${words}`));
  });

  it('expectStrings makes a frozen list, of its own, of one string or several', () => {
    const list = ['a', 'b'];
    const read = expectStrings(list, 'x');
    list.push('');
    expect(read).toEqual(['a', 'b']);
    expect(Object.isFrozen(read)).toBe(true);
    expect(expectStrings('a', 'x')).toEqual(['a']);
  });

  it.each([
    [[]], [''], [['']], [['a', '']], [['a', undefined]], [[['a']]], [undefined], [null], [{}], [new Set(['a'])],
  ])(
    'expectStrings throws TypeError for %o',
    (value) => {
      expect(() => expectStrings(value, 'x')).toThrow(TypeError);
    },
  );
});
