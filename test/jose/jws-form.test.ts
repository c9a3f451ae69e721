import { describe, expect, it } from 'vitest';
import { parseCompact, parseHeader } from '../../src/jose/jws.ts';
import { outcomeOf, refusalOf } from './refusal.ts';
import { mint } from './tokens.ts';

describe('parseCompact (RFC 7515 §7.1)', () => {
  it('finds the dots, and decodes nothing', () => {
    expect(parseCompact('ab.c*d.', 10)).toEqual({ token: 'ab.c*d.', headerEnd: 2, payloadEnd: 6 });
  });

  it.each([
    ['no dot', 'abc'], ['one dot', 'a.b'], ['three dots', 'a.b.c.d'], ['a JWE: four dots', 'a.b.c.d.e'],
    ['a leading dot', '.a.b.c'],
    ['a trailing dot', 'a.b.c.'], ['nothing', ''], ['one dot alone', '.'], ['three dots alone', '...'],
    ['JSON', '{"payload":"a"}'],
    ['undefined', undefined], ['null', null], ['a number', 7], ['an array', ['a.b.c']],
    ['a String', new String('a.b.c')],
    ['an object with toString', { toString: () => 'a.b.c' }], ['octets', Buffer.from('a.b.c')],
  ])('refuses %s as malformed_compact', (_, token) => {
    expect(refusalOf(() => parseCompact(token, 100))).toMatchObject(
      { code: 'malformed_compact', rule: 'RFC 7515 §7.1' },
    );
  });

  it('takes empty parts for parts', () => {
    expect(outcomeOf(() => parseCompact('..', 10))).toBe('accepted');
  });

  it.each(['é.a.b', 'a.\u0141.b', 'a.b.\ud800', 'a.\u{1F600}.c', 'a.b.c\uff0e'])('refuses %o: not ASCII', (token) => {
    expect(outcomeOf(() => parseCompact(token, 100))).toBe('invalid_base64url');
  });

  it('counts UTF-16 units up to the cap, before anything else', () => {
    expect(outcomeOf(() => parseCompact('a.bb.cc', 7))).toBe('accepted');
    expect(outcomeOf(() => parseCompact('a.bb.ccc', 7))).toBe('token_too_long');
    expect(outcomeOf(() => parseCompact('........', 7))).toBe('token_too_long');
    expect(outcomeOf(() => parseCompact('éééééééé', 7))).toBe('token_too_long');
    expect(outcomeOf(() => parseCompact('éééé.é.', 7))).toBe('invalid_base64url');
  });
});

describe('parseHeader (RFC 7515 §4)', () => {
  const parse = (header: unknown): unknown => parseHeader(parseCompact(mint('', header), 10_000));

  it.each([
    ['alg alone', { alg: 'x' }], ['alg none: a string, for selection to refuse', { alg: 'none' }],
    ['an empty alg', { alg: '' }],
    ['all that are typed', { alg: 'a', kid: '', typ: '', cty: '' }],
    ['what is ignored', { alg: 'a', jku: 'https://e.example', jwk: {}, x5u: 7, x5c: [], zip: 'DEF', enc: 1, x: null }],
  ])('reads %s, frozen', (_, header) => {
    expect(parse(header)).toEqual(header);
    expect(Object.isFrozen(parse(header))).toBe(true);
  });

  it.each([
    ['{', 'invalid_json'], ['[]', 'invalid_json'], ['"a"', 'invalid_json'], ['null', 'invalid_json'],
    ['', 'invalid_json'],
    ['{"alg":"a","alg":"b"}', 'duplicate_member'], ['{"alg":"a","\\u0061lg":"b"}', 'duplicate_member'],
    [Uint8Array.of(0x7b, 0xff, 0x7d), 'invalid_utf8'],
  ])('refuses %o as %s', (header, code) => {
    expect(refusalOf(() => parse(header)).code).toBe(code);
  });

  it.each([
    ['alg', 'RFC 7515 §4.1.1'], ['kid', 'RFC 7515 §4.1.4'], ['typ', 'RFC 7515 §4.1.9'], ['cty', 'RFC 7515 §4.1.10'],
  ])('refuses "%s" that is not a string (%s)', (name, rule) => {
    for (const value of [7, null, true, ['a'], {}]) {
      const error = refusalOf(() => parse({ alg: 'a', [name]: value }));
      expect(error).toMatchObject({ code: 'header_invalid', rule, message: `"${name}" is missing or not a string` });
    }
  });

  it('refuses a header without alg, also where objects would inherit one', () => {
    expect(refusalOf(() => parse({}))).toMatchObject({ code: 'header_invalid', rule: 'RFC 7515 §4.1.1' });
    expect(outcomeOf(() => parse('{"__proto__":{"alg":"a"}}'))).toBe('header_invalid');
    Object.defineProperty(Object.prototype, 'alg', { value: 'EdDSA', configurable: true });
    let code: string;
    try {
      code = outcomeOf(() => parse('{}'));
    } finally {
      Reflect.deleteProperty(Object.prototype, 'alg');
    }
    expect(code).toBe('header_invalid');
  });

  it.each([[['exp']], [['b64']], [['alg']], [[]], [null], ['b64'], [{}], [7], [false], [['__proto__']]])(
    'refuses crit %o, well-formed or not (RFC 7515 §4.1.11)',
    (crit) => {
      const error = refusalOf(() => parse({ alg: 'a', crit, b64: true }));
      expect(error).toMatchObject({ code: 'critical_header_unsupported', rule: 'RFC 7515 §4.1.11' });
    },
  );

  it.each([true, false, null, 'false', 0])('refuses b64 %o (RFC 7797 §6)', (b64) => {
    expect(refusalOf(() => parse({ alg: 'a', b64 }))).toMatchObject(
      { code: 'critical_header_unsupported', rule: 'RFC 7797 §6' },
    );
  });

  it.each(['A', 'AA=', 'A+A', 'AA AA', 'e31'])('refuses the header text %o as invalid_base64url', (text) => {
    const error = refusalOf(() => parseHeader(parseCompact(`${text}.e30.`, 100)));
    expect(error).toMatchObject(
      { code: 'invalid_base64url', message: 'the JOSE Header is not canonical base64url without padding' },
    );
  });
});
