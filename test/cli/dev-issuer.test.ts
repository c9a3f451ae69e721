/** `assay dev-issuer`: in this process, and in one of its own as people start it. */
import { spawnSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { Agent, get } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createTestIssuer, TEST_AUDIENCE } from '../../src/testing/index.ts';
import { freePort } from './free-port.ts';
import { temporaryFolder } from './key-files.ts';
import { NODE, start, writeShim, type Start, type Started } from './processes.ts';
import { NOW, run, type Run, type Surroundings } from './run.ts';

const ADDRESS = /^http:\/\/127\.0\.0\.1:\d+\n/;

/** Posts JSON to a server, and returns the text that it answers. */
async function post(url: string, body: object = {}): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.status).toBe(200);
  return response.text();
}

interface Listening {
  readonly url: string;
  readonly stop: () => Promise<Run>;
}

/** Starts it here, and waits for its address. */
async function listening(argv: readonly string[] = [], surroundings: Surroundings = {}): Promise<Listening> {
  const stopping = new EventEmitter();
  const stopped = once(stopping, 'stop').then(() => {});
  let ended = Promise.resolve<Run>({ status: -1, stdout: '', stderr: '' });
  const address = new Promise<string>((resolve, reject) => {
    const onWrite = (stream: string, text: string): void => void (stream === 'stdout' && resolve(text));
    ended = run(['dev-issuer', ...argv], { ...surroundings, stopped, onWrite });
    ended.then(({ stderr }) => reject(new Error(stderr)), reject);
  });
  const url = (await address).trimEnd();
  return {
    url,
    stop: () => {
      stopping.emit('stop');
      return ended;
    },
  };
}

describe('in this process', () => {
  it('writes its address alone on standard output, and how to use it on standard error', async () => {
    const { url, stop } = await listening([], { now: Date.now() / 1000 });
    const token = await post(`${url}/mint`, { sub: '42' });
    const policy = ['--issuer', url, '--allow-loopback-http', '--audience', TEST_AUDIENCE, '--json'];
    const { status, stdout } = await run(['verify', token.trim(), ...policy], { now: Date.now() / 1000 });
    expect(status).toBe(0);
    expect(JSON.parse(stdout).claims).toMatchObject({ iss: url, aud: TEST_AUDIENCE, sub: '42' });
    const ended = await stop();
    expect(ended.status).toBe(0);
    expect(ended.stdout).toBe(`${url}\n`);
    expect(ended.stdout).toMatch(ADDRESS);
    expect(ended.stderr.split('\n').filter((line) => line.length > 80 || line !== line.trimEnd())).toEqual([]);
    await expect(fetch(url)).rejects.toThrow(TypeError);
  });

  it.each([
    [['--audience', 'my-api'], 'RS256', 'my-api'],
    [['--alg', 'ES256'], 'ES256', TEST_AUDIENCE],
    [['--alg', 'EdDSA', '--audience', "it's mine; $(rm) \u009b"], 'EdDSA', "it's mine; $(rm) \u009b"],
  ])('mints as %j says', async (options, alg, audience) => {
    const { url, stop } = await listening(options);
    const token = await post(`${url}/mint`);
    const policy = ['--issuer', url, '--allow-loopback-http', '--audience', audience, '--alg', alg, '--json'];
    const { status, stdout } = await run(['verify', token.trim(), ...policy]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ key: { alg }, claims: { iat: NOW } });
    const { stderr } = await stop();
    expect(stderr).toMatch(/^[\n -~]+$/);
    if (alg !== 'RS256') expect(stderr).toContain(` --alg ${alg} \\\n`);
  });

  it('rotates, retires and fails', async () => {
    const { url, stop } = await listening(['--alg', 'EdDSA']);
    const [token, policy] = [await post(`${url}/mint`), ['--issuer', url, '--allow-loopback-http', '--alg', 'EdDSA']];
    const verdict = async (): Promise<unknown> => {
      const { status, stdout } = await run(['verify', token.trim(), ...policy, '--audience', TEST_AUDIENCE, '--json']);
      return [status, JSON.parse(stdout).code];
    };
    await post(`${url}/rotate`);
    expect(await verdict()).toEqual([0, undefined]);
    await post(`${url}/retire`);
    expect(await verdict()).toEqual([1, 'key_not_found']);
    await post(`${url}/fail`, { mode: 'down' });
    expect(await verdict()).toEqual([3, 'keys_unavailable']);
    await post(`${url}/fail`, { mode: 'none' });
    expect(await verdict()).toEqual([1, 'key_not_found']);
    await stop();
  });

  it('listens where --port, or else PORT, says', async () => {
    const port = String(await freePort());
    const byOption = await listening(['--port', port], { env: { PORT: '1' } });
    expect(byOption.url).toBe(`http://127.0.0.1:${port}`);
    await byOption.stop();
    const byEnvironment = await listening([], { env: { PORT: port } });
    expect(byEnvironment.url).toBe(`http://127.0.0.1:${port}`);
    await byEnvironment.stop();
    const byNeither = await listening([], { env: { PORT: '' } });
    expect(Number(new URL(byNeither.url).port)).toBeGreaterThan(1023);
    await byNeither.stop();
  });

  it('says so when the port is taken', async () => {
    const server = await createTestIssuer().listen();
    const { status, stdout, stderr } = await run(['dev-issuer', '--port', new URL(server.url).port]);
    await server.close();
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toBe('assay dev-issuer: cannot listen: the port is taken\nTry: assay dev-issuer --help\n');
  });

  it.each([
    ['--port expected a number from 0 to 65535', ['--port', '65536']],
    ['--port expected a number', ['--port', '0x50']],
    ['--port expected a number', ['--port=-1']],
    ['--port has an empty value', ['--port', '']],
    ['PORT expected a number from 0 to 65535', [], { PORT: 'pipe' }],
    ['PORT expected a number', [], { PORT: '99999' }],
    ['--host expected 127.0.0.1 or another literal loopback address', ['--host', '0.0.0.0']],
    ['--host expected', ['--host', 'localhost']],
    ['--alg expected one of RS256 ES256 EdDSA', ['--alg', 'HS256']],
    ['--audience has an empty value', ['--audience', '']],
    ["unknown option '--issuer'", ['--issuer', 'https://a.example']],
    ['too many arguments', ['8080']],
  ] as const)('is called wrongly: %s', async (message, argv, env: Record<string, string> = {}) => {
    const { status, stdout, stderr } = await run(['dev-issuer', ...argv], { env, stopped: Promise.resolve() });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.startsWith(`assay dev-issuer: ${message}`)).toBe(true);
  });
});

describe('in a process of its own', () => {
  const running = new Set<Started>();
  afterEach(() => {
    for (const { child } of running) child.kill('SIGKILL');
    running.clear();
  });

  async function serve(argv: readonly string[], options: Start = {}): Promise<Started & { readonly url: string }> {
    const started = start([...NODE, 'dev-issuer', ...argv], options);
    running.add(started);
    await expect.poll(() => started.written.stdout, { timeout: 40_000 }).toContain('\n');
    expect(started.written.stdout).toMatch(ADDRESS);
    return { ...started, url: started.written.stdout.trimEnd() };
  }

  if (process.platform === 'win32') {
    console.info('not run: there are no signals here');
    return;
  }

  it('serves another process, and ends on SIGINT whoever is still connected', async () => {
    // The example of --help, on a port that is free here.
    const { url, child, ended } = await serve(['--port', '0']);
    const token = await post(`${url}/mint`);
    const policy = ['--issuer', url, '--audience', TEST_AUDIENCE, '--allow-loopback-http', '--json'];
    const verified = await start([...NODE, 'verify', ...policy], { stdin: token }).ended;
    expect({ status: verified.status, stderr: verified.stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(verified.stdout).claims.iss).toBe(url);

    // One connection is kept alive and idle, another waits for an answer that never comes.
    const agent = new Agent({ keepAlive: true });
    const idle = new Promise((resolve) => get(url, { agent }, (response) => response.resume().once('end', resolve)));
    await idle;
    await post(`${url}/fail`, { mode: 'hang' });
    const hanging = fetch(`${url}/certs`).catch((error: unknown) => error);
    await expect.poll(() => Object.keys(agent.freeSockets), { timeout: 20_000 }).toHaveLength(1);
    // Whatever hangs, hangs for longer than this test may take.
    child.kill('SIGINT');
    const { status, stdout } = await ended;
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${url}\n` });
    expect(await hanging).toBeInstanceOf(TypeError);
    agent.destroy();
  });

  it('takes PORT, is ended by SIGTERM, and what it prints works as printed', async () => {
    const argv = ['--alg', 'ES256', '--audience', "it's mine"];
    const { url, child, written, ended } = await serve(argv, { env: { PORT: '0' } });
    await expect.poll(() => written.stderr, { timeout: 20_000 }).toContain('Ctrl-C ends it.\n');
    const commands = [...written.stderr.matchAll(/^ {4}(\S.*\n(?: {6}.*\n)*)/gm)].map(([, command = '']) => command);
    expect(commands).toHaveLength(6);
    if (spawnSync('curl', ['--version']).error === undefined) {
      const shim = writeShim(temporaryFolder());
      const script = `set -e\nassay() { sh '${shim}' "$@"; }\n${commands.join('')}`;
      const { status, stdout, stderr } = await start(['sh', '-c', script]).ended;
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\naccepted ES256, key [0-9a-f]{40}, at /);
      expect(stdout).toMatch(/"kid": "[0-9a-f]{40}"[^]*"retired": \[[^]*"failing": "down"[^]*"discovery_uri": /);
    } else {
      console.info('not run: what dev-issuer prints needs curl');
    }
    expect(await (await fetch(url)).json()).toMatchObject({ issuer: url, audience: "it's mine" });
    child.kill('SIGTERM');
    expect((await ended).status).toBe(0);
  });
});
