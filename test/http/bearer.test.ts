import { describe, expect, it } from 'vitest';
import { formatChallenge, parseBearer } from '../../src/http/bearer.ts';

describe('parseBearer', () => {
  const cases: readonly (readonly [values: readonly string[], kind: string])[] = [
    [[], 'none'],
    [[''], 'none'],
    [['  \t'], 'none'],
    [['Bearer a.b.c'], 'bearer'],
    [['bearer a.b.c'], 'bearer'],
    [['BEARER a-._~+/9=='], 'bearer'],
    [['  Bearer a.b.c  '], 'bearer'],
    [['Bearer   a.b.c'], 'bearer'],
    [['Bearer'], 'malformed'],
    [['Bearer '], 'malformed'],
    [['Bearer\ta.b.c'], 'malformed'],
    [['Bearer a b'], 'malformed'],
    [['Bearer a,b'], 'malformed'],
    [['Bearer a.b.c, Bearer d.e.f'], 'malformed'],
    [['Basic abc, Bearer d.e.f'], 'malformed'],
    [['Basic abc,bearer d.e.f'], 'malformed'],
    [['Bearer =a'], 'malformed'],
    [['Bearer a=b'], 'malformed'],
    [['Bearer "a"'], 'malformed'],
    [['Bearer caf\u00e9'], 'malformed'],
    [['Bearer:abc'], 'malformed'],
    [['Bearer-invalid'], 'malformed'],
    [['a.b.c'], 'malformed'],
    [['"Basic abc"'], 'malformed'],
    [['Basic'], 'malformed'],
    [['Basic dXNlcjpwYXNz'], 'foreign'],
    [['Digest username="x", realm="y"'], 'foreign'],
    [['Bearer-ish abc'], 'foreign'],
    [['Basic bearer'], 'foreign'],
    [['Basic Bearer a.b.c'], 'malformed'],
    [['XBearer a.b.c'], 'malformed'],
    [['Basic x\tbearer\ta.b.c'], 'malformed'],
    [['Bearer a', 'Bearer a'], 'repeated'],
    [['Basic a', 'Bearer b'], 'repeated'],
    [['', ''], 'repeated'],
  ];
  it.each(cases)('%j is %s', (values, kind) => {
    expect(parseBearer(values).kind).toBe(kind);
  });

  it('returns the token and nothing around it', () => {
    expect(parseBearer(['bEaReR  mF_9.B5f-4.1JqM '])).toEqual({ kind: 'bearer', token: 'mF_9.B5f-4.1JqM' });
  });
});

describe('formatChallenge', () => {
  it('writes the attributes in the order of RFC 6750', () => {
    expect(formatChallenge({ realm: 'api' })).toBe('Bearer realm="api"');
    expect(formatChallenge({ realm: '' })).toBe('Bearer realm=""');
    expect(formatChallenge({ realm: 'api', error: 'invalid_token', errorDescription: 'the token has expired' })).toBe(
      'Bearer realm="api", error="invalid_token", error_description="the token has expired"',
    );
  });

  it.each(['a"b', 'a\\b', 'a\r\nb', 'caf\u00e9', 'a\u0000b'])('refuses %j wherever it is put', (text) => {
    const wrong = (challenge: object) => expect(() => formatChallenge({ realm: 'api', error: 'invalid_token', ...challenge }));
    wrong({ realm: text }).toThrow(/^"realm" expected/);
    wrong({ error: text }).toThrow(/^"error" expected/);
    wrong({ errorDescription: text }).toThrow(/^"errorDescription" expected/);
    wrong({ realm: text }).toThrow(TypeError);
  });
});
