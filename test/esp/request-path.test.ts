import { describe, expect, it } from 'vitest';
import { parseRequestPath } from '../../src/esp/request-path.ts';

describe('parseRequestPath', () => {
  const good: readonly (readonly [target: string, segments: readonly string[], query: string | undefined])[] = [
    ['/', [], undefined],
    ['/?', [], ''],
    ['/a', ['a'], undefined],
    ['/a/', ['a'], undefined],
    ['/a/b?x=/../%2e', ['a', 'b'], 'x=/../%2e'],
    ['/a?x?y', ['a'], 'x?y'],
    ['/%61%20b', ['a b'], undefined],
    ['/caf%C3%A9', ['caf\u00e9'], undefined],
    ["/-._~!$&'()*+,=:@", ["-._~!$&'()*+,=:@"], undefined],
    ['/a.b/...', ['a.b', '...'], undefined],
    ['/100%25', ['100%'], undefined],
    ['/a%2520b', ['a%20b'], undefined],
    ['/a%3Fb%23c', ['a?b#c'], undefined],
  ];
  it.each(good)('reads %s', (target, segments, query) => {
    expect(parseRequestPath(target)).toEqual({ ok: true, path: target.split('?', 1)[0], segments, query });
  });

  const bad: readonly (readonly [why: string, target: string])[] = [
    ['nothing', ''],
    ['no slash', 'a'],
    ['absolute-form', 'http://api.example/a'],
    ['authority-form', 'api.example:443'],
    ['asterisk-form', '*'],
    ['a doubled slash at the start', '//a'],
    ['a doubled slash', '/a//b'],
    ['a doubled slash at the end', '/a//'],
    ['a dot segment', '/a/./b'],
    ['a step up', '/a/../b'],
    ['a step up at the end', '/a/..'],
    ['an encoded dot', '/a/%2e/b'],
    ['an encoded step up', '/a/%2E%2e/b'],
    ['half encoded', '/a/.%2e/b'],
    ['an encoded dot in a name', '/a%2eb'],
    ['an encoded slash', '/a%2fb'],
    ['an encoded slash in capitals', '/a%2Fb'],
    ['a backslash', '/a\\b'],
    ['an encoded backslash', '/a%5cb'],
    ['a semicolon', '/a;b'],
    ['a step up behind a semicolon', '/a/..;/b'],
    ['an encoded semicolon', '/a%3Bb'],
    ['an encoded NUL', '/a%00'],
    ['an encoded line break', '/a%0d%0ab'],
    ['an encoded DEL', '/a%7f'],
    ['an encoded C1 control', '/a%C2%85'],
    ['a twice encoded dot', '/a/%252e%252e/b'],
    ['a twice encoded slash', '/a%252Fb'],
    ['a twice encoded DEL', '/a%257F'],
    ['a twice encoded letter', '/%2561dmin'],
    ['a thrice encoded letter', '/%252561dmin'],
    ['a twice encoded "_"', '/a%255fb'],
    ['an overlong slash', '/a%c0%afb'],
    ['an overlong dot', '/a/%c0%ae%c0%ae/b'],
    ['half a character', '/a%C3'],
    ['a surrogate', '/a%ED%A0%80'],
    ['a broken escape', '/a%2'],
    ['an escape of no digits', '/a%zz'],
    ['an IIS escape', '/a%u002f'],
    ['a fragment', '/a#b'],
    ['a space', '/a b'],
    ['a tab', '/a\tb'],
    ['a line break', '/a\r\nb'],
    ['a letter that is not ASCII', '/caf\u00e9'],
    ['a full-width slash', '/a\uff0fb'],
    ['a brace', '/{a}'],
    ['a bar', '/a|b'],
    ['a quote', '/a"b'],
    ['a fragment in the query', '/a?b#c'],
    ['a space in the query', '/a?b c'],
    ['a line break in the query', '/a?b\r\nc'],
    ['a target of 8,001 octets', `/${'a'.repeat(8000)}`],
    ['a query that makes it 8,001', `/a?${'a'.repeat(7998)}`],
  ];
  it.each(bad)('refuses %s', (_why, target) => {
    expect(parseRequestPath(target).ok).toBe(false);
  });

  it('says why', () => {
    expect(parseRequestPath('/a%4')).toEqual({ ok: false, reason: 'the path has a character that no path has' });
    expect(parseRequestPath('/a%2510')).toEqual({ ok: false, reason: 'the path is encoded twice' });
  });

  // RFC 3986 §2.3: of what needs no encoding, and of "%", a second encoding is no data; of the rest, it may be.
  it('refuses a second encoding of just what is no data', () => {
    for (let code = 0; code < 0x80; code++) {
      const character = String.fromCharCode(code);
      const refused = /[A-Za-z0-9\-._~%/\\;]/.test(character) || code < 0x20 || code === 0x7f;
      const hex = code.toString(16).padStart(2, '0');
      for (const digits of [hex, hex.toUpperCase()]) expect([digits, parseRequestPath(`/a%25${digits}`).ok]).toEqual([digits, !refused]);
    }
  });

  it('takes 8,000 octets', () => {
    expect(parseRequestPath(`/${'a'.repeat(7999)}`).ok).toBe(true);
  });

  it('quotes nothing of the target in its reasons', () => {
    const reasons = bad.map(([, target]) => parseRequestPath(target)).map((path) => (path.ok ? '' : path.reason));
    expect(reasons.every((reason) => /^the (target|path|query) [a-zA-Z0-9 -]+$/.test(reason)),
      reasons.join('\n')).toBe(true);
  });
});

/** Deterministic, so that a failure can be had again. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const ATOMS = [
  '/', '/', '/', 'a', 'b', 'admin', '.', '..', '%2e', '%2E', '%2f', '%2F', '%5c', '\\', '%61', '%41', '%64min', 'ADMIN',
    ';',
  ';x=1', '%3b', '%00', '%20', '%252e', '%25', '%252f', '//', '/./', '/../', '?', '#', '%c0%af', '%C3%A9', ' ', '+',
    ':', '@', '*',
];

/**
 * The paths that services see for a target: as RFC 3986 says, and as servers do that merge slashes, decode first,
 * resolve late, read backslashes, drop path parameters or decode twice.
 */
function readings(target: string): readonly string[] {
  const url = new URL(target, 'http://api.example');
  const path = target.split(/[?#]/, 1)[0] ?? '';
  const decode = (text: string): string => {
    try {
      return decodeURIComponent(text);
    } catch {
      return `undecodable ${text}`;
    }
  };
  const resolve = (text: string): string => {
    const out: string[] = [];
    for (const part of text.split('/').slice(1)) {
      if (part === '..') out.pop();
      else if (part !== '.') out.push(part);
    }
    return `/${out.join('/')}`;
  };
  const merge = (text: string): string => text.replace(/\/{2,}/g, '/');
  return [
    decode(url.pathname),
    decode(resolve(path)),
    resolve(decode(path)),
    merge(resolve(decode(path))),
    resolve(merge(decode(path))),
    resolve(decode(path).replaceAll('\\', '/')),
    resolve(decode(path.replace(/;[^/]*/g, ''))),
    resolve(decode(path).replace(/;[^/]*/g, '')),
    decode(path).split('\u0000', 1)[0] ?? '',
    // Twice, of what is the same encoded or not.
    resolve(decode(path).replace(/%(?:2d|2e|3\d|[46][1-9a-f]|[57][\da]|5f|7e)/gi, decode)),
  ];
}

describe('property: a target that passes is read alike by everyone', () => {
  it('30,000 spellings', () => {
    const random = createRandom(20_240_624);
    const outcome = { passed: 0, refused: 0 };
    for (let i = 0; i < 30_000; i++) {
      let target = '/';
      for (let atoms = 1 + random(6); atoms > 0; atoms--) target += ATOMS[random(ATOMS.length)] ?? '';
      const path = parseRequestPath(target);
      if (!path.ok) {
        outcome.refused++;
        continue;
      }
      outcome.passed++;
      const ours = `/${path.segments.join('/')}`;
      for (const theirs of readings(target)) expect(theirs.replace(/(?<=.)\/$/, ''), target).toBe(ours);
    }
    // Both must be common, or the property says nothing.
    expect(outcome.passed).toBeGreaterThan(2000);
    expect(outcome.refused).toBeGreaterThan(2000);
  });

  it('a second decoding finds no separator either', () => {
    const random = createRandom(7);
    for (let i = 0; i < 10_000; i++) {
      let target = '/a';
      for (let atoms = 1 + random(5); atoms > 0; atoms--) target += ['%25', '2e', '2f', '5C', '00', 'a', '%61',
        '3b'][random(8)] ?? '';
      const path = parseRequestPath(target);
      if (!path.ok) continue;
      const again = path.segments.map((segment) => segment.replace(/%([0-9a-f]{2})/gi,
        (_, hex: string) => String.fromCharCode(parseInt(hex, 16))));
      expect(again.join(''), target).not.toMatch(/[/\\;\u0000]|^\.\.?$/);
    }
  });
});
