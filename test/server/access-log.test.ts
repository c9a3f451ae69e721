import { describe, expect, it } from 'vitest';
import { policyForAllPaths, type EspPolicy, type JwtLocation } from '../../src/esp/index.ts';
import { createAccessLog, redactTarget, type AccessEntry } from '../../src/server/access-log.ts';
import { busyTime } from '../jose/busy.ts';

const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl';

/** A policy whose tokens stand in these places. */
function policyWith(locations: readonly JwtLocation[]): EspPolicy {
  const policy = policyForAllPaths({ issuer: 'https://issuer.example', audiences: ['my-api'] });
  return { ...policy, providers: policy.providers.map((provider) => ({ ...provider, locations })) };
}

const ENTRY: AccessEntry = { method: 'GET', target: '/', status: 200, code: 'allowed', seconds: 0.5, complete: true };

/** The one line that is written of a request. */
function lineOf(entry: Partial<AccessEntry>, locations: readonly JwtLocation[] = []): string {
  const lines: string[] = [];
  createAccessLog(policyWith(locations), (line) => lines.push(line))({ ...ENTRY, ...entry });
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
}

describe('a line of the access log', () => {
  it('is one JSON object, when, what, how it went and for how long', () => {
    const before = Date.now();
    const line = lineOf({ status: 401, code: 'token_expired', seconds: 0.012_345_6, complete: false });
    expect(line).toMatch(/^[^\n]+\n$/);
    const { time, ...rest } = JSON.parse(line);
    expect(Date.parse(time)).toBeGreaterThanOrEqual(before);
    expect(new Date(time).toISOString()).toBe(time);
    expect(rest).toEqual({ method: 'GET', target: '/', status: 401, code: 'token_expired', complete: false, milliseconds: 12.346 });
  });

  it('tells of the template, the fault of the service and the client where they are known', () => {
    expect(JSON.parse(lineOf({ template: '/{id}', upstream: 'reset', client: '192.0.2.1' })))
      .toMatchObject({ template: '/{id}', upstream: 'reset', client: '192.0.2.1', milliseconds: 500 });
  });

  it('has room for 32 characters of a method that somebody made up', () => {
    expect(JSON.parse(lineOf({ method: 'A'.repeat(40) }))).toMatchObject({ method: 'A'.repeat(32) });
  });

  it.each(['access_token', 'id_token', 'token', 'jwt'])('has no value of %s, whatever the policy says', (name) => {
    expect(JSON.parse(lineOf({ target: `/a?${name}=opaque&b=c` }))).toMatchObject({ target: `/a?${name}=REDACTED&b=c` });
  });

  it('has no value of a parameter in which the policy looks for tokens; what it looks for elsewhere is no parameter', () => {
    const locations: readonly JwtLocation[] = [{ in: 'cookie', name: 'a' }, { in: 'query', name: 'pass' }, { in: 'header', name: 'b', prefix: '' }];
    expect(JSON.parse(lineOf({ target: '/?a=1&pass=2&b=3' }, locations))).toMatchObject({ target: '/?a=1&pass=REDACTED&b=3' });
  });

  it('that cannot be written is dropped', () => {
    const log = createAccessLog(policyWith([]), () => {
      throw new Error('no space left');
    });
    expect(() => log(ENTRY)).not.toThrow();
  });
});

describe('a target', () => {
  it.each([
    ['/a?b=c', '/a?b=c'],
    ['/a', '/a'],
    ['/a?', '/a?'],
    ['?t=opaque', '?t=REDACTED'],
    // Whatever comes behind the first "?" is a query: a second one is part of a value, or of a name.
    ['/a?b=?t=opaque', '/a?b=?t=opaque'],
    ['/a?b&t=opa?que', '/a?b&t=REDACTED'],
    ['https://host/a?t=opaque', 'https://host/a?t=REDACTED'],
    ['/t=opaque', '/t=opaque'],
    // By its look, wherever it stands.
    [`/a/${TOKEN}/b`, '/a/REDACTED/b'],
    [`/a?b=${TOKEN}&c`, '/a?b=REDACTED&c'],
    [`/a?b=${TOKEN}&c=${TOKEN}`, '/a?b=REDACTED&c=REDACTED'],
    [`/${TOKEN.replaceAll('.', '%2e')}`, '/REDACTED'],
    [`/${TOKEN.replaceAll('.', '%2E')}`, '/REDACTED'],
    ['/eyJhbGciOiJub25lIn0.e30', '/REDACTED'],
    ['/eyJhbGciOiJub25lIn0.e30.', '/REDACTED'],
    ['/eyJ_-.e-_.a-_', '/REDACTED'],
    ['/eyJ.', '/REDACTED'],
    ['/eyJ..', '/REDACTED'],
    ['/index.html.', '/index.html.'],
    // One part is a word like any other.
    ['/eyJhbGciOiJub25lIn0', '/eyJhbGciOiJub25lIn0'],
    ['/v1.eyJhbGciOiJub25lIn0', '/v1.eyJhbGciOiJub25lIn0'],
    // Whatever stands before it: a word, or what ends with the digits of an encoded character.
    [`/reset_${TOKEN}`, '/reset_REDACTED'],
    [`/v1.${TOKEN}`, '/v1.REDACTED'],
    [`/a?authorization=Bearer%20${TOKEN}`, '/a?authorization=Bearer%20REDACTED'],
    [`/a?b=%22${TOKEN}%22`, '/a?b=%22REDACTED%22'],
    [`/${TOKEN.replaceAll('.', '%252e')}`, '/REDACTED'],
  ])('%s is told as %s', (target, told) => {
    expect(redactTarget(target, ['t'])).toBe(told);
  });

  it('is cut behind 1024 characters, and says so', () => {
    const longest = `/${'a'.repeat(1023)}`;
    expect(redactTarget(longest, [])).toBe(longest);
    expect(redactTarget(`${longest}b`, [])).toBe(`${longest}...`);
    // What is taken out is taken out first: half a token is still one.
    expect(redactTarget(`/${'a'.repeat(1010)}/${TOKEN}`, [])).toBe(`/${'a'.repeat(1010)}/REDACTED`);
  });
});

// A stranger chooses the target, and a head has room for 32 KiB of it.
it.each(['eyJ-', 'eyJ', '-', 'eyJ.', 'a.', '%2e', '%25', '%20eyJ', 'a'])('a target of %j over and over costs little', async (piece) => {
  const many = piece.repeat(Math.ceil(1_000_000 / piece.length));
  for (const start of ['', 'a.', 'eyJ.']) expect(await busyTime(() => redactTarget(`/?${start}${many}`, ['t']))).toBeLessThan(1000);
});
