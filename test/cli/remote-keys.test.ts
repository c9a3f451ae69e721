/** `assay verify` with keys from the network: from a URL, by discovery, and Google's own. */
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import * as remoteOptions from '../../src/keys/remote-options.ts';
import { createTestIssuer, FAILURE_MODES, type FailureMode, type ListeningIssuer } from '../../src/testing/index.ts';
import { AUDIENCE, privateKey, temporaryFolder } from './key-files.ts';
import { NOW, run, type Run } from './run.ts';

const issuer = createTestIssuer({ clock: () => NOW, audience: AUDIENCE, keys: [privateKey] });
let server: ListeningIssuer;
beforeAll(async () => {
  server = await issuer.listen();
  return () => server.close();
});
afterEach(() => {
  issuer.fail('none');
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Its header says "alg": "none". */
const UNSIGNED = 'eyJhbGciOiJub25lIn0.e30.';

const HTTP = '--allow-loopback-http';
const verify = (token: string, ...options: string[]): Promise<Run> =>
  run(['verify', token, '--audience', AUDIENCE, ...options]);
const byDiscovery = (...more: string[]): string[] => ['--issuer', server.issuer, HTTP, ...more];
const byUrl = (url = server.jwksUri): string[] => ['--issuer', server.issuer, '--keys', url, HTTP];
const requestsDuring = async (work: () => Promise<unknown>): Promise<number> => {
  const before = issuer.requests.length;
  await work();
  return issuer.requests.length - before;
};

describe('where the keys come from', () => {
  it.each([
    ['a JWK Set at a URL', () => byUrl(), 1],
    ['a map of certificates at a URL', () => byUrl(server.certificatesUri), 1],
    ['discovery', () => byDiscovery(), 2],
    ['a URL, whoever the issuer', () => ['--any-issuer', '--keys', server.jwksUri, HTTP], 1],
    ['a URL, several spellings of the issuer', () => ['--issuer', 'other', ...byUrl()], 1],
  ])('%s', async (_, options, requests) => {
    expect(await requestsDuring(async () => {
      const { status, stdout, stderr } = await verify(server.mint(), ...options(), '--json');
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(JSON.parse(stdout).claims.iss).toBe(server.issuer);
    })).toBe(requests);
  });

  it('is not asked for a token that no key can help', async () => {
    expect(await requestsDuring(async () => {
      for (const token of ['a.b', `=${server.mint()}`, 'e30.e30.', UNSIGNED]) {
        expect((await verify(token, ...byUrl())).status).toBe(1);
      }
    })).toBe(0);
  });

  it('refuses a token of another key, and of another issuer', async () => {
    const codeOf = async (token: string): Promise<unknown> => {
      const { status, stdout, stderr } = await verify(token, ...byDiscovery(), '--json');
      for (const part of [...token.split('.'), '110169484474386276334']) expect(stdout + stderr).not.toContain(part);
      return { status, code: JSON.parse(stdout).code };
    };
    const foreign = server.mint({}, { key: 'unpublished' });
    expect(await codeOf(foreign)).toEqual({ status: 1, code: 'key_not_found' });
    expect(await codeOf(issuer.mint())).toEqual({ status: 1, code: 'issuer_not_allowed' });
  });

  it('is fetched now, whatever --at says', async () => {
    const spy = vi.spyOn(remoteOptions, 'readRemoteOptions');
    for (const at of [0, NOW + 3599, 1e11]) {
      const { stdout } = await verify(server.mint({ exp: 2e11 }), ...byUrl(), '--at', String(at), '--json');
      expect(JSON.parse(stdout)).toMatchObject(at < NOW ? { code: 'token_issued_in_future' } : { ok: true });
    }
    expect(spy.mock.calls.length).toBeGreaterThanOrEqual(3);
    for (const [options] of spy.mock.calls) expect(Object.keys(Object(options))).toEqual(['allowLoopbackHttp']);
  });
});

describe('keys that cannot be had', () => {
  const modes = FAILURE_MODES.filter((mode) => mode !== 'none' && mode !== 'wrong-keys');
  it.each(modes)('%s: no verdict', async (mode) => {
    issuer.fail(mode);
    const token = server.mint({ secret: 'kept-to-itself' });
    for (const options of [byUrl(), byDiscovery()]) {
      // The modes that never end do so by the deadline.
      const { status, stdout, stderr } = await verify(token, ...options, '--timeout', '0.2', '--json');
      expect({ status, stderr }).toEqual({ status: 3, stderr: '' });
      expect(JSON.parse(stdout)).toStrictEqual({ ok: false, code: 'keys_unavailable', rule: 'OIDC Core §10.1.1' });
    }
  });

  it('are another matter than wrong ones', async () => {
    issuer.fail('wrong-keys');
    const { status, stdout } = await verify(server.mint(), ...byUrl(), '--json');
    expect({ status, ...JSON.parse(stdout) }).toMatchObject({ status: 1, code: 'signature_invalid' });
  });

  const reasons: readonly (readonly [FailureMode, string])[] = [
    ['error', 'status 500'], ['hang', 'no answer within 0.2 s'], ['empty', 'no usable key in the set'],
    ['redirect', 'redirected'], ['down', 'no connection'],
  ];
  it.each(reasons)('%s: says why, and nothing of the token', async (mode, reason) => {
    issuer.fail(mode);
    const token = server.mint({ secret: 'kept-to-itself' });
    const { status, stdout, stderr } = await verify(token, ...byUrl(), '--timeout', '0.2');
    expect({ status, stderr }).toEqual({ status: 3, stderr: '' });
    const words = `the issuer's keys could not be had: ${reason}`;
    expect(stdout).toBe(`undecided keys_unavailable (OIDC Core §10.1.1): ${words}\n`);
  });

  it('are those of a discovery document of another issuer', async () => {
    // The same server under another of its names.
    const other = server.issuer.replace('127.0.0.1', '127.1');
    const { status, stdout } = await verify(server.mint(), '--issuer', other, HTTP);
    expect(status).toBe(3);
    expect(stdout).toContain('the discovery document is of another issuer');
  });
});

describe('--google without --keys', () => {
  const google = createTestIssuer({ clock: () => NOW, audience: AUDIENCE, keys: [privateKey] });
  beforeEach(() => vi.stubGlobal('fetch', google.fetch));

  it.each([
    ['its JWK Set', [], 'https://www.googleapis.com/oauth2/v3/certs'],
    ['its JWK Set, by name', ['--key-format', 'jwk'], 'https://www.googleapis.com/oauth2/v3/certs'],
    ['its certificates', ['--key-format', 'x509'], 'https://www.googleapis.com/oauth2/v1/certs'],
  ])('fetches %s', async (_, options, url) => {
    const before = google.requests.length;
    const { status, stdout, stderr } = await verify(google.mint(), '--google', ...options, '--json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout).ok).toBe(true);
    expect(google.requests.slice(before).map((request) => request.url)).toEqual([url]);
  });

  it('is no verdict while Google is down', async () => {
    google.fail('down');
    const { status, stdout } = await verify(google.mint(), '--google', '--json');
    google.fail('none');
    expect({ status, code: JSON.parse(stdout).code }).toEqual({ status: 3, code: 'keys_unavailable' });
  });
});

describe('is called wrongly:', () => {
  const file = temporaryFolder().write('keys.json', '{"keys":[]}');
  const ISSUER = ['--issuer', 'https://issuer.example'];
  const discovery = 'without --keys URL|FILE, keys are found by discovery (OIDC Discovery §4)';
  const cases: readonly (readonly [message: string, ...options: string[]])[] = [
    [`${discovery}, which takes exactly one --issuer`, ...ISSUER, '--issuer', 'https://b.example'],
    [`${discovery}: --issuer expected an absolute URL`, '--issuer', 'accounts.google.com'],
    [`${discovery}: --issuer expected https, or with --allow-loopback-http http`, '--issuer', 'http://127.0.0.1:1'],
    [`${discovery}: --issuer expected https`, '--issuer', 'http://localhost:1', HTTP],
    [`${discovery}: --issuer must not have a query`, '--issuer', 'https://issuer.example/?a'],
    [`${discovery}: --issuer must not hold credentials`, '--issuer', 'https://u:p@issuer.example'],
    ['--keys expected https, or with --allow-loopback-http', ...ISSUER, '--keys', 'http://127.0.0.1:1/keys'],
    ['--keys expected https', ...ISSUER, HTTP, '--keys', 'http://10.0.0.1/keys'],
    ['--keys expected https', ...ISSUER, '--keys', 'file:///etc/passwd'],
    ['--keys expected an absolute URL', ...ISSUER, '--keys', 'https://'],
    ['--timeout expected a number from 0.001 to 300', ...ISSUER, '--timeout', '301'],
    ['--timeout expected a number from 0.001 to 300', '--google', '--timeout', '0'],
    ['--timeout expected a number', ...ISSUER, '--timeout', '1s'],
    ["--key-format is for Google's own keys", ...ISSUER, '--key-format', 'jwk'],
    ["--key-format is for Google's own keys", '--google', '--key-format', 'jwk', '--keys', file],
    ['--key-format expected jwk or x509', '--google', '--key-format', 'pem'],
    ['--ignore-certificate-dates is for archives: it needs --keys FILE', '--google', '--ignore-certificate-dates'],
    ['--ignore-certificate-dates is', ...ISSUER, '--keys', 'https://a.example', '--ignore-certificate-dates'],
  ];
  it.each(cases)('%s', async (message, ...options) => {
    const fetch = vi.fn();
    vi.stubGlobal('fetch', fetch);
    const token = server.mint();
    const { status, stdout, stderr } = await verify(token, ...options);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.startsWith(`assay verify: ${message}`)).toBe(true);
    expect(stderr).toMatch(/\nTry: assay verify --help\n$/);
    for (const part of token.split('.')) expect(stderr).not.toContain(part);
    expect(fetch).not.toHaveBeenCalled();
  });
});
