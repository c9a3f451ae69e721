import { describe, expect, it } from 'vitest';
import { parseCookies, readCookie, serializeCookie, type SetCookie } from '../../src/http/cookie.ts';

describe('readCookie', () => {
  const cases: readonly (readonly [fields: readonly string[], value: string | undefined])[] = [
    [[], undefined],
    [['s=1'], '1'],
    [['a=b; s=1; c=d'], '1'],
    [['a=b;s=1'], '1'],
    [['s="1"'], '1'],
    [['s="12"'], '12'],
    [['s='], ''],
    [['s=a=b'], 'a=b'],
    [['S=1'], undefined],
    [['xs=1'], undefined],
    [['s'], undefined],
    [['=s'], undefined],
    [['s=1; s=2'], undefined],
    [['s=1; s=1'], undefined],
    [['s=1', 's=2'], undefined],
    [['a=b', 's=1'], '1'],
    [['s=a b'], undefined],
    [['s=a,b'], undefined],
    [['s="a'], undefined],
    [['s=a"b'], undefined],
    [['s=a\\b'], undefined],
    [['s=caf\u00e9'], undefined],
    [['bad name=1; s=1'], '1'],
    [['json={"a":1}; s=1'], '1'],
  ];
  it.each(cases)('%j holds %j', (fields, value) => {
    expect(readCookie(fields, 's')).toBe(value);
  });

  it('is not led astray by names that objects inherit', () => {
    expect(readCookie(['a=b'], 'constructor')).toBeUndefined();
    expect(parseCookies(['__proto__=x'])).toEqual([{ name: '__proto__', value: 'x' }]);
  });
});

describe('serializeCookie', () => {
  it('chooses the careful attributes', () => {
    expect(serializeCookie({ name: '__Host-s', value: 'v', maxAge: 60 })).toBe(
      '__Host-s=v; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Lax',
    );
  });

  it('writes what it is told', () => {
    const cookie: SetCookie = {
      name: 's', value: 'v', path: '/a', domain: 'b.example', secure: false, httpOnly: false, sameSite: 'Strict',
    };
    expect(serializeCookie(cookie)).toBe('s=v; Domain=b.example; Path=/a; SameSite=Strict');
    expect(serializeCookie({ ...cookie, secure: true, sameSite: 'None' })).toMatch(/; Secure; SameSite=None$/);
  });

  it.each<[string, Partial<SetCookie>]>([
    ['4096 octets', { value: 'v'.repeat(4095) }],
    ['a path of 1024 octets', { path: `/${'a'.repeat(1023)}` }],
    ['a domain of 1024 octets', { domain: 'a'.repeat(1024) }],
    ['an age of nothing, which deletes', { maxAge: 0 }],
    ['an age of 400 days', { maxAge: 400 * 86_400 }],
    ['a domain of one label', { domain: 'localhost' }],
    ['a domain of several', { domain: 'www.app.example' }],
    ['a prefix that is not in front', { name: 'a__Host-s', secure: false, path: '/a' }],
  ])('takes %s', (_what, cookie) => {
    expect(serializeCookie({ name: 's', value: 'v', ...cookie })).toContain('; SameSite=Lax');
  });

  const wrong: readonly (readonly [what: string, cookie: Partial<SetCookie>])[] = [
    ['an empty name', { name: '' }],
    ['a separator in the name', { name: 'a;b' }],
    ['a line break in the name', { name: 'a\r\nb' }],
    ['a semicolon in the value', { value: 'a; Domain=evil.example' }],
    ['a line break in the value', { value: 'a\r\nSet-Cookie: b=c' }],
    ['a quote in the value', { value: 'a"b' }],
    ['a value that is not ASCII', { value: 'caf\u00e9' }],
    ['a cookie of more than 4096 octets', { value: 'v'.repeat(4096) }],
    ['a path of more than 1024 octets', { path: `/${'a'.repeat(1024)}` }],
    ['a domain of more than 1024 octets', { domain: 'a'.repeat(1025) }],
    ['a relative path', { path: 'a' }],
    ['a path with its slash further on', { path: 'a/b' }],
    ['a semicolon in the path', { path: '/a;b' }],
    ['a domain with a separator', { domain: 'a;b' }],
    ['an empty domain', { domain: '' }],
    ['a fraction of a second', { maxAge: 1.5 }],
    ['a negative age', { maxAge: -1 }],
    ['an age beyond 400 days', { maxAge: 400 * 86_400 + 1 }],
    ['an age that is not a number', { maxAge: Number.NaN }],
    ['__Host- without Secure', { name: '__Host-s', secure: false }],
    ['__Host- with a domain', { name: '__Host-s', domain: 'a.example' }],
    ['__Host- with a path', { name: '__Host-s', path: '/a' }],
    ['__host- in another case', { name: '__HOST-s', path: '/a' }],
    ['__Secure- without Secure', { name: '__Secure-s', secure: false }],
    ['SameSite=None without Secure', { sameSite: 'None', secure: false }],
  ];
  it.each(wrong)('refuses %s', (_what, cookie) => {
    expect(() => serializeCookie({ name: 's', value: 'v', ...cookie })).toThrow(TypeError);
  });

  it('refuses a SameSite that is none', () => {
    const cookie = JSON.parse('{ "name": "s", "value": "v", "sameSite": "lax" }') as SetCookie;
    expect(() => serializeCookie(cookie)).toThrow(TypeError);
  });

  it('writes what it can read', () => {
    const text = serializeCookie({ name: '__Host-s', value: 'abc.def-_~!' });
    expect(readCookie([text.slice(0, text.indexOf(';'))], '__Host-s')).toBe('abc.def-_~!');
  });
});
