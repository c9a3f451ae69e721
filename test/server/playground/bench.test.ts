/** The bench over HTTP: every attack, a token that is hostile to the page, and what the issuer's bad days do. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signJwt } from '../../../src/jose/index.ts';
import { ATTACKS } from '../../../src/server/playground/attacks.ts';
import type { AttackResult, Certificate, IssuerState } from '../../../src/server/playground/page/wire.ts';
import { CODE_NOTES } from '../../../src/server/playground/rule-book.ts';
import { createTestIssuer } from '../../../src/testing/index.ts';
import { standPlayground, type Standing } from './standing.ts';

let bench: Standing;
let now = 1_800_000_000;
beforeAll(async () => {
  bench = await standPlayground({ clock: () => now });
});
afterAll(() => bench.end());

const mint = async (claims: object = {}): Promise<string> =>
  (await bench.ask<{ readonly token: string }>('/api/mint', { claims: JSON.stringify(claims) })).token;
const judge = (token: string): Promise<Certificate> => bench.ask('/api/judge', { token });
const pull = (path: string, body?: object): Promise<IssuerState> => bench.ask(path, body);

describe('a good token', () => {
  it('is accepted, every check held, and every member found in its characters', async () => {
    const token = await mint({ name: 'Ada "<b>" \u202e L\u00f6velace', nested: { a: [1, ',}'] }, exp: now + 60 });
    const { verdict, checks, parts, seal, authentic } = await judge(token);
    expect({ verdict, authentic, equal: seal?.equal }).toEqual({ verdict: 'accepted', authentic: true, equal: true });
    expect(new Set(checks.map(({ outcome }) => outcome))).toEqual(new Set(['passed']));
    expect(checks.map(({ title }) => title)).toEqual([
      'three parts', 'header', 'key', 'signature', 'claims set', 'types', 'presence', 'expiry', 'time of issue', 'length of life',
      'issuer', 'audience',
    ]);
    const [header, payload, signature] = parts;
    expect(parts.map(({ span: [start, end] }) => token.slice(start, end))).toEqual(token.split('.'));
    expect(header?.members?.map(({ name }) => name)).toEqual(['alg', 'kid', 'typ']);
    expect(signature?.members).toBeUndefined();
    for (const part of [header, payload]) {
      for (const { name, span } of part?.members ?? []) {
        // Decoding from the character in front that begins a group of four gives the member, and little more.
        const [start = 0, end = 0] = span ?? [];
        const group = start - ((start - (part?.span[0] ?? 0)) % 4);
        const text = Buffer.from(token.slice(group, end), 'base64url').toString('latin1');
        expect(text).toMatch(new RegExp(`^.{0,3}"${name}":`, 's'));
      }
    }
    const name = payload?.members?.find((member) => member.name === 'name');
    expect(name?.value).toBe('"Ada \\"<b>\\" \\u202e L\u00f6velace"');
    expect(payload?.members?.find((member) => member.name === 'exp')?.time).toBe('2027-01-15T08:01:00Z, in 1 minute');
  });

  it('is minted with claims that are JSON, and with no others', async () => {
    const send = (claims: string) =>
      bench.send('POST', '/api/mint', { 'content-type': 'application/json' }, JSON.stringify({ claims }));
    for (const claims of ['', '[]', 'null', '{"sub":"a","sub":"b"}', '{"exp":1e999}', '{']) {
      expect(JSON.parse((await send(claims)).text), claims).toEqual({ problem: expect.stringMatching(/^The claims .*\.$/) });
    }
    expect(JSON.parse((await send('{"sub":"7"}')).text)).toHaveProperty('token');
    expect((await bench.send('POST', '/api/mint', { 'content-type': 'application/json' }, '{"claims":{}}')).status).toBe(400);
  });
});

describe.each(ATTACKS.map((attack) => [attack.name, attack] as const))('the attack %s', (name, { code }) => {
  it(`is refused with ${code} by one check, and shows what it has changed`, async () => {
    const good = await mint({ sub: '110169484474386276334' });
    const result = await bench.ask<AttackResult>('/api/attack', { name, token: good });
    const certificate = await judge(result.token);
    expect(certificate.code).toBe(code);
    // The one that refuses; what was asked after the verdict does not count.
    const [broken, ...others] = certificate.checks.filter(({ outcome, afterVerdict }) => outcome === 'failed' && !afterVerdict);
    expect(others).toEqual([]);
    expect(broken?.sentence).toBe(CODE_NOTES[code].sentence);
    expect(broken?.rule).toBe(certificate.rule);
    const index = certificate.checks.indexOf(broken as never);
    expect(new Set(certificate.checks.slice(0, index).map(({ outcome }) => outcome))).toEqual(new Set(['passed']));
    const later = certificate.checks.slice(index + 1);
    expect(later.every(({ outcome, afterVerdict }) => outcome === 'not_reached' || afterVerdict)).toBe(true);
    expect(result.changes.length).toBeGreaterThan(0);
    for (const { span: [start, end], part } of result.changes) {
      const [from = 0, to = 0] = certificate.parts.find((one) => one.name === part)?.span ?? [];
      expect(from <= start && start <= end && end <= to).toBe(true);
    }
    if (name === 'bit') expect(result.changes[0]?.bits).toEqual({
      before: '00110100', after: '00110101', words: 'one octet: 1 of its eight bits',
    });
    if (name === 'confusion') expect(result.changes[0]?.bits?.words).toBe('one octet: 3 of its eight bits');
    if (name === 'twin') expect(result.changes[0]?.bits?.after).toMatch(/[01]{5}1/);
  });

  it('begins with a fresh token where the one at hand is no good', async () => {
    const { token } = await bench.ask<AttackResult>('/api/attack', { name, token: 'a.b.c' });
    expect((await judge(token)).code).toBe(code);
  });
});

it('there are as many attacks as the README says', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  expect([readme.includes('fourteen attacks'), ATTACKS.length]).toEqual([true, 14]);
});

it('an attack that nobody knows is a mistake', async () => {
  await expect(bench.ask('/api/attack', { name: '__proto__', token: '' })).rejects.toThrow('400 no such attack');
});

describe('a token from elsewhere', () => {
  it('is told why this verifier is not the one to ask', async () => {
    const foreign = createTestIssuer({ clock: () => now }).mint({ email: 'someone@example.com' });
    const { code, foreign: said, parts, authentic } = await judge(foreign);
    expect({ code, authentic }).toEqual({ code: 'key_not_found', authentic: false });
    expect(said).toContain('assay explain --google');
    expect(parts[1]?.members?.some(({ value }) => value === '"someone@example.com"')).toBe(true);
    const other = createTestIssuer({ issuer: 'https://issuer.example', clock: () => now, alg: 'EdDSA' }).mint();
    expect((await judge(other)).code).toBe('algorithm_not_allowed');
  });

  it.each([
    '', '.', '..', '...', 'a', 'a.b.c', '\u0000.\u202e.\ufffd', 'ey'.repeat(15_000), `${'.'.repeat(60)}`,
    'e30.e30.', 'e30.W10.AAAA', '<img src=x onerror=alert(1)>.<script>.</script>', 'eyJhbGciOiJSUzI1NiJ9.bm90IGpzb24.AA',
  ])('what is no token is answered with a certificate: %#', async (token) => {
    const { verdict, checks } = await judge(token);
    expect(verdict).toBe('refused');
    expect(checks.filter(({ outcome }) => outcome === 'failed')).toHaveLength(1);
  });

  it('holds no character that hides or turns words around, wherever its words are repeated', async () => {
    const nasty = '<script>alert(1)</script>\u202e\u200b\u0007\ufeff\u2028';
    const issuer = createTestIssuer({ clock: () => now });
    const tokens = [
      issuer.mint({ [nasty]: nasty, sub: nasty, iss: nasty, aud: [nasty], name: 'x'.repeat(5000) }),
      await mint({ [nasty]: nasty, sub: nasty, iss: nasty, aud: nasty, hd: nasty }),
      signJwt({ sub: nasty }, { kty: 'oct', k: Buffer.alloc(32, 7).toString('base64url') },
        { kid: nasty }),
      `${Buffer.from(`{"alg":"${nasty}",}`).toString('base64url')}.${Buffer.from(nasty).toString('base64url')}.AA`,
    ];
    for (const token of tokens) {
      const text = JSON.stringify(await judge(token));
      expect(text).not.toMatch(/[\u202e\u200b\u0007\ufeff\u2028]/);
      expect(text).not.toMatch(/x{2100}/);
    }
  });
});

describe('the issuer', () => {
  it('rotates: old tokens stay good until their key is withdrawn and the cache has noticed', async () => {
    const old = await mint();
    await judge(old);
    const { keys } = await pull('/api/rotate');
    expect(keys.map(({ current }) => current)).toEqual([true, ...keys.slice(1).map(() => false)]);
    now += 2;
    expect((await judge(await mint())).verdict).toBe('accepted');
    expect((await judge(old)).verdict).toBe('accepted');
    expect((await pull('/api/retire')).keys).toHaveLength(1);
    expect((await judge(old)).verdict).toBe('accepted');
    await pull('/api/clock', { seconds: 601 });
    const { code, journal } = { ...(await judge(old)), ...(await pull('/api/state')) };
    expect(code).toBe('key_not_found');
    expect(journal.map(({ text }) => text).join()).toContain('keys fetched: 1');
    await pull('/api/clock/reset');
  });

  it('is down: the keys serve on, then there is no verdict, which is not the token\'s fault', async () => {
    expect((await judge(await mint())).verdict).toBe('accepted');
    expect((await pull('/api/down')).down).toBe(true);
    await pull('/api/clock', { seconds: 1200 });
    expect((await judge(await mint())).verdict).toBe('accepted');
    const { moved, journal } = await pull('/api/clock', { seconds: 7200 });
    expect(moved).toBe('2 hours 20 minutes ahead');
    expect(journal.some(({ kind, text }) => kind === 'bad' && text.includes('no connection'))).toBe(true);
    const { verdict, code } = await judge(await mint());
    expect({ verdict, code }).toEqual({ verdict: 'undecided', code: 'keys_unavailable' });
    await pull('/api/up');
    await pull('/api/clock', { seconds: 120 });
    expect((await judge(await mint())).verdict).toBe('accepted');
    expect((await pull('/api/clock/reset')).moved).toBe('');
  });

  it.each([{}, { seconds: '60' }, { seconds: 1.5 }, { seconds: 1e12 }, { seconds: null }])('does not move by %j', async (body) => {
    await expect(bench.ask('/api/clock', body)).rejects.toThrow('400');
  });

  it('does not move its clock out of all calendars', async () => {
    for (let year = 0; year < 12; year++) await pull('/api/clock', { seconds: 366 * 86_400 });
    expect((await pull('/api/state')).moved).toMatch(/^9 years/);
    await pull('/api/clock/reset');
  });
});
