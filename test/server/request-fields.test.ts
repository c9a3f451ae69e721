import { describe, expect, it } from 'vitest';
import { fieldsOf, type IncomingRequest } from '../../src/server/request-fields.ts';

describe('the fields of one name', () => {
  it.each<[string, IncomingRequest, readonly string[]]>([
    ['a Headers that has it', { headers: new Headers({ Cookie: 'a=b' }) }, ['a=b']],
    ['a Headers that has it twice, and joined it', { headers: new Headers([['cookie', 'a=b'], ['cookie', 'c=d']]) }, ['a=b; c=d']],
    ['a Headers that has it, and nothing in it', { headers: new Headers({ cookie: '' }) }, ['']],
    ['a Headers that has it not', { headers: new Headers({ accept: 'a' }) }, []],
    ['an object', { headers: { cookie: 'a=b', accept: 'c' } }, ['a=b']],
    ['an object with a list', { headers: { cookie: ['a=b', 'c=d'] } }, ['a=b', 'c=d']],
    ['an object with two spellings', { headers: { Cookie: 'a=b', COOKIE: ['c=d'] } }, ['a=b', 'c=d']],
    ['an object with nothing under the name', { headers: { cookie: undefined, Cookie: 'a=b' } }, ['a=b']],
    ['an object that has it not', { headers: { accept: 'a', cookies: 'c' } }, []],
    ['raw headers, whatever Node has made of them', { headers: { cookie: 'a=b' }, rawHeaders: ['Cookie', 'a=b', 'cookie', 'c=d'] }, ['a=b', 'c=d']],
    ['raw headers that have it not', { headers: { cookie: 'a=b' }, rawHeaders: [] }, []],
  ])('of %s', (_, request, values) => {
    expect(fieldsOf(request, 'cookie')).toEqual(values);
  });
});
