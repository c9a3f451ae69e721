import { describe, expect, it } from 'vitest';
import { DEFAULT_LOCATIONS, type JwtLocation } from '../../src/esp/policy.ts';
import { readRawHeaders } from '../../src/esp/request.ts';
import { locateToken, locationKey, redactQuery } from '../../src/esp/token-location.ts';
import { request } from './fixtures.ts';

function located(location: JwtLocation, rawHeaders: readonly string[], query?: string): string {
  const found = locateToken(location, request('GET', '/', ...rawHeaders), query);
  return found.kind === 'token' ? `token ${found.token}` : found.kind;
}

const [AUTHORIZATION, IAP, QUERY] = DEFAULT_LOCATIONS as readonly [JwtLocation, JwtLocation, JwtLocation];

describe('locateToken', () => {
  it.each<readonly [readonly string[], string]>([
    [[], 'none'],
    [['Authorization', 'Bearer t'], 'token t'],
    [['AUTHORIZATION', 'bearer t'], 'token t'],
    [['Authorization', 'Basic t'], 'none'],
    [['Authorization', 't.t.t'], 'malformed'],
    [['Authorization', 'Bearer'], 'malformed'],
    [['Authorization', 'Bearer a', 'authorization', 'Bearer b'], 'repeated'],
    [['Authorization', 'Bearer a, Bearer b'], 'malformed'],
    [['Proxy-Authorization', 'Bearer t'], 'none'],
  ])('Authorization: %j is %s', (rawHeaders, expected) => {
    expect(located(AUTHORIZATION, rawHeaders)).toBe(expected);
  });

  it.each<readonly [readonly string[], string]>([
    [['X-Goog-IAP-JWT-Assertion', 't'], 'token t'],
    [['X-Goog-IAP-JWT-Assertion', ' t '], 'token t'],
    [['X-Goog-IAP-JWT-Assertion', 'Bearer t'], 'token Bearer t'],
    [['X-Goog-IAP-JWT-Assertion', ''], 'none'],
    [['X-Goog-IAP-JWT-Assertion', 't', 'x-goog-iap-jwt-assertion', 't'], 'repeated'],
    [['X_Goog_IAP_JWT_Assertion', 't'], 'none'],
  ])('IAP: %j is %s', (rawHeaders, expected) => {
    expect(located(IAP, rawHeaders)).toBe(expected);
  });

  it.each<readonly [string | undefined, string]>([
    [undefined, 'none'],
    ['', 'none'],
    ['access_token=t', 'token t'],
    ['a=b&access_token=t&c', 'token t'],
    ['access%5Ftoken=%74', 'token t'],
    ['access_token=a%2Eb', 'token a.b'],
    ['access_token=a+b', 'token a b'],
    ['access_token=', 'none'],
    ['access_token', 'none'],
    ['ACCESS_TOKEN=t', 'none'],
    ['xaccess_token=t', 'none'],
    ['access_token=a&access_token=b', 'repeated'],
    ['access_token=a&access_token=a', 'repeated'],
    ['access_token=a&access_token', 'repeated'],
    ['access_token=a&access%5ftoken=b', 'repeated'],
    ['access_token=%zz', 'malformed'],
    ['%zz=1&access_token=t', 'token t'],
    ['access_token=a=b', 'token a=b'],
  ])('query: %j is %s', (query, expected) => {
    expect(located(QUERY, [], query)).toBe(expected);
  });

  const custom: JwtLocation = { in: 'header', name: 'x-token', prefix: 'Tok ' };
  it.each<readonly [JwtLocation, readonly string[], string]>([
    [custom, ['X-Token', 'Tok t'], 'token t'],
    [custom, ['X-Token', 'tok t'], 'none'],
    [custom, ['X-Token', 'x Tok t'], 'none'],
    [custom, ['X-Token', 'Tok '], 'none'],
    [custom, ['X-Token', 'Tok a', 'X-Token', 'Tok b'], 'repeated'],
    [{ ...custom, prefix: 'Bearer ' }, ['X-Token', 'bearer t'], 'token t'],
    [{ ...custom, prefix: 'Bearer ' }, ['X-Token', 'Bearer a b'], 'malformed'],
    [{ ...custom, name: 'authorization' }, ['Authorization', 'Tok t'], 'token t'],
    [{ ...custom, name: 'authorization' }, ['Authorization', 'Bearer t'], 'none'],
    [{ ...custom, name: 'authorization' }, ['Authorization', 't.t.t'], 'malformed'],
    [{ in: 'cookie', name: 'c' }, ['Cookie', 'a=b; c=t'], 'token t'],
    [{ in: 'cookie', name: 'c' }, ['Cookie', 'c=a; c=b'], 'repeated'],
    [{ in: 'cookie', name: 'c' }, ['Cookie', 'c='], 'none'],
    [{ in: 'cookie', name: 'c' }, ['Cookie', 'c'], 'none'],
    [{ in: 'cookie', name: 'c' }, ['Cookie', 'a=c; d=c; C=t'], 'none'],
    [{ in: 'cookie', name: 'c' }, ['Cookie', 'c="t"'], 'token t'],
    // Some servers read these.
    [{ in: 'cookie', name: 'c' }, ['Cookie', 'c=t,t'], 'malformed'],
    [{ in: 'cookie', name: 'c' }, ['Cookie', 'c="t'], 'malformed'],
    [{ in: 'cookie', name: 'c' }, ['Cookie', 'a=b; c =t'], 'malformed'],
    [{ in: 'cookie', name: 'c' }, ['Cookie', 'c=t; c=t,t'], 'repeated'],
    [{ in: 'cookie', name: 'c' }, ['Cookie', 'c=t', 'Cookie', 'c=t,t'], 'repeated'],
    [{ in: 'cookie', name: 'c' }, ['Cookie', 'a=b,b; c=t'], 'token t'],
    [{ in: 'cookie', name: 'c' }, [], 'none'],
  ])('%j: %j is %s', (location, rawHeaders, expected) => {
    expect(located(location, rawHeaders)).toBe(expected);
  });
});

describe('a prefix', () => {
  it.each([
    ['Bearer', 'Bearer t', 'token t'], ['bearer ', 'Bearer t', 'token t'], ['xBearer ', 'xBearer t', 'token t'], ['Bearers ', 'Bearers t', 'token t'],
    ['xBearer ', 'Bearer t', 'none'],
  ])('%j of %j: %s', (prefix, value, expected) => {
    expect(located({ in: 'header', name: 'x', prefix }, ['X', value])).toBe(expected);
  });
});

describe('locationKey', () => {
  it('is the same for the same place alone', () => {
    const places: readonly JwtLocation[] = [
      { in: 'header', name: 'a', prefix: '' }, { in: 'header', name: 'a', prefix: 'b' }, { in: 'header', name: 'b', prefix: '' },
      { in: 'query', name: 'a' }, { in: 'cookie', name: 'a' }, { in: 'cookie', name: 'b' },
    ];
    expect(new Set(places.map(locationKey)).size).toBe(places.length);
    expect(places.map((place) => locationKey({ ...place }))).toEqual(places.map(locationKey));
  });

  it('does not depend on the order in which a place is described', () => {
    expect(locationKey({ prefix: 'b', name: 'a', in: 'header' })).toBe(locationKey({ in: 'header', name: 'a', prefix: 'b' }));
  });
});

describe('readRawHeaders', () => {
  it('keeps every field, in order, under lower-case names', () => {
    const headers = readRawHeaders(['A', '1', 'b', '2', 'a', '3', '__proto__', 'x', 'odd']);
    expect([...headers]).toEqual([['a', ['1', '3']], ['b', ['2']], ['__proto__', ['x']]]);
  });
});

describe('redactQuery', () => {
  it('knows each of several names', () => expect(redactQuery('t=1&u=2&v=3', ['t', 'u'])).toBe('t=REDACTED&u=REDACTED&v=3'));

  it.each([
    ['a=b', 'a=b'],
    ['access_token=secret', 'access_token=REDACTED'],
    ['a=b&access_token=secret&c', 'a=b&access_token=REDACTED&c'],
    ['access%5Ftoken=secret&ACCESS_TOKEN=secret', 'access%5Ftoken=REDACTED&ACCESS_TOKEN=REDACTED'],
    ['%zz=secret', '%zz=REDACTED'],
    ['access_token', 'access_token'],
    ['', ''],
  ])('%s', (query, expected) => {
    expect(redactQuery(query, ['access_token'])).toBe(expected);
  });
});
