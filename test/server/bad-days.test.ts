/** Bad days of a gateway, each against the real process. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer as createPort, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../cli/free-port.ts';
import { NODE, start } from '../cli/processes.ts';
import { dial, sendRaw, statusesOf } from './raw.ts';
import {
  bearer, createWorld, serve, startAssay, startGateway, startService, statusOf, until, type Assay, type Service, type World,
} from './world.ts';

let world: World;
let service: Service;

beforeAll(async () => {
  world = await createWorld();
  service = await startService(world);
});
afterAll(() => world.end());

describe('the key server', () => {
  it('is down at start, and comes back', async () => {
    const own = await createWorld();
    own.issuer.fail('down');
    const assay = await startGateway(own, `http://${service.host}`);
    const token = bearer(own.mint());
    expect((await fetch(`${assay.adminUrl}/readyz`)).status).toBe(503);
    expect((await fetch(`${assay.adminUrl}/healthz`)).status).toBe(200);
    expect(await statusOf(`${assay.url}/closed`, token)).toBe(503);
    expect(await statusOf(`${assay.url}/open`)).toBe(200);
    own.issuer.fail('none');
    await until(async () => ((await statusOf(`${assay.url}/closed`, token)) === 200 ? true : undefined));
    expect((await fetch(`${assay.adminUrl}/readyz`)).status).toBe(200);
    own.issuer.fail('error');
    // It has its keys: what the key server does now is not the clients' to notice.
    for (let i = 0; i < 5; i += 1) expect(await statusOf(`${assay.url}/closed`, token)).toBe(200);
    await own.end();
  });

  it('is down at start, and comes back, and nobody asks before it is ready, as behind a load balancer', async () => {
    const own = await createWorld();
    own.issuer.fail('down');
    const assay = await startGateway(own, `http://${service.host}`);
    const ready = await fetch(`${assay.adminUrl}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([503, 'no keys yet: users\n']);
    own.issuer.fail('none');
    await until(async () => ((await statusOf(`${assay.adminUrl}/readyz`)) === 200 ? true : undefined));
    expect(await statusOf(`${assay.url}/closed`, bearer(own.mint()))).toBe(200);
    await own.end();
  });

  it.each([['gateway', 503, 0.4], ['envoy', 401, 0.15]] as const)(
    'hangs: %s answers %i after %f s of it, however many wait', async (which, status, wait) => {
      const own = await createWorld();
      own.issuer.fail('hang');
      // The fetch hangs for longer than this test may take.
      const policy = ['--openapi', own.document, '--allow-loopback-http', '--timeout', '300'];
      const assay = await startAssay(own, which === 'envoy'
        ? ['forward-auth', '--proxy', 'envoy', ...policy]
        : ['gateway', '--upstream', `http://${service.host}`, '--key-wait', String(wait), ...policy]);
      const token = bearer(own.mint());
      const statuses = await Promise.all(Array.from({ length: 50 }, () => statusOf(`${assay.url}/closed`, token)));
      expect(new Set(statuses)).toEqual(new Set([status]));
      await own.end();
    });

  it.each(['drip', 'garbage'] as const)(
    'is no better than down (%s), and then better', async (mode) => {
      const own = await createWorld();
      own.issuer.fail(mode);
      const assay = await startGateway(own, `http://${service.host}`, '--key-wait', '0.3', '--timeout', '0.5');
      const token = bearer(own.mint());
      expect(await statusOf(`${assay.url}/closed`, token)).toBe(503);
      expect((await fetch(`${assay.adminUrl}/readyz`)).status).toBe(503);
      own.issuer.fail('none');
      await until(async () => ((await statusOf(`${assay.url}/closed`, token)) === 200 ? true : undefined));
      await own.end();
    });
});

describe('the service', () => {
  it('is not there, dies, hangs, or talks nonsense', async () => {
    const url = await serve(world, (request, response) => {
      if (request.url === '/open') request.socket.destroy();
      else if (request.url === '/open?hang') return;
      else if (request.url === '/open?early') {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('half of it', () => request.socket.destroy());
      } else request.socket.end('nonsense\r\n\r\n');
    });
    const [assay, hasty] = await Promise.all([startGateway(world, url), startGateway(world, url, '--upstream-timeout', '0.5')]);
    expect(await statusOf(`${assay.url}/open`)).toBe(502);
    expect(await statusOf(`${hasty.url}/open?hang`)).toBe(504);
    expect(await statusOf(`${assay.url}/open?nonsense`)).toBe(502);
    // The client must see that it is not whole.
    await expect(statusOf(`${assay.url}/open?early`)).rejects.toThrow();
    await until(() => (/early","status":200,"code":"allowed","complete":false/.test(
      assay.written.stdout.replace(/"template":"[^"]*",/g, '')) ? true : undefined));
    const metrics = await (await fetch(`${hasty.adminUrl}/metrics`)).text();
    expect(metrics).toMatch(/^assay_upstream_errors_total\{kind="timeout"\} 1$/m);
    await Promise.all([assay.stop(), hasty.stop()]);

    const alone = await startGateway(world, `http://127.0.0.1:${await freePort()}`);
    const response = await fetch(`${alone.url}/open`);
    expect({ status: response.status, body: await response.text() })
      .toEqual({ status: 502, body: '{"title":"Bad Gateway","status":502,"code":"upstream_refused"}' });
    await alone.stop();
  });

  describe('that answers once, and', () => {
    let [assay, hasty]: Assay[] = [];
    let say = (_: Socket): void => {};
    beforeAll(async () => {
      const server = createPort((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => say(socket));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      world.later(() => void server.close());
      const { port } = server.address() as AddressInfo;
      const url = `http://127.0.0.1:${port}`;
      [assay, hasty] = await Promise.all([startGateway(world, url), startGateway(world, url, '--upstream-timeout', '2')]);
    });

    it.each([
      ['dies within a chunk', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhal', 'broken'],
      ['dies between chunks', 'Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n', 'broken'],
      ['says a length and a coding', 'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 'broken'],
      ['says two lengths', 'Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd', 'broken'],
      ['splits its answer', 'X: a\rSet-Cookie: b=c\r\nContent-Length: 0\r\n\r\n', 'broken'],
      ['has a name with a space', 'X a: b\r\nContent-Length: 0\r\n\r\n', 'broken'],
      ['switches to another protocol unasked', 'X: a\r\n\r\n', 'broken', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c'],
      ['is no HTTP', '', 'broken', 'SSH-2.0-OpenSSH_9.2'],
      ['speaks HTTP/2', '', 'broken', 'HTTP/2.0 200 OK'],
      ['says nothing more', 'Content-Length: 9\r\n\r\nhalf', 'timeout'],
    ])('%s', async (_, rest, kind, first = 'HTTP/1.1 200 OK') => {
      say = (socket) => void socket.write(`${first}\r\n${rest}`, () => void (kind === 'broken' && socket.end()));
      const { url = '' } = (kind === 'timeout' ? hasty : assay) ?? {};
      const text = await sendRaw(url, 'GET /open HTTP/1.1\r\nHost: a\r\n\r\n', 20_000);
      // Either it is said that there is no answer, or what there is of one does not look whole.
      const [head = '', body = ''] = text.split('\r\n\r\n', 2);
      if (statusesOf(text)[0] === 200) {
        expect(body).not.toMatch(/0\r\n\r\n$/);
        expect(body.length).toBeLessThan(Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Infinity));
      } else {
        expect(statusesOf(text)).toEqual([502]);
      }
      expect(text).not.toMatch(/set-cookie/i);
    });
  });

  it('is told when a client has gone', async () => {
    let cut = 0;
    const url = await serve(world, (request, response) => {
      response.once('close', () => (cut += 1));
      response.write('first');
      request.resume();
    });
    const assay = await startGateway(world, url);
    const socket = await dial(assay.url);
    socket.write('GET /open HTTP/1.1\r\nHost: a\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    await until(() => (cut === 1 ? true : undefined));
    await assay.stop();
  });
});

describe('clients', () => {
  let assay: Assay;
  beforeAll(async () => {
    assay = await startGateway(world, `http://${service.host}`, '--claim-header', 'name=X-User-Name');
  });

  it('send heads that are too large, or no HTTP at all', async () => {
    const get = 'GET /open HTTP/1.1\r\nHost: a\r\n';
    expect(statusesOf(await sendRaw(assay.url, `${get}X: ${'x'.repeat(40_000)}\r\n\r\n`))).toEqual([431]);
    expect(statusesOf(await sendRaw(assay.url, `${get}${'X: x\r\n'.repeat(250)}\r\n`))).toEqual([431]);
    expect(statusesOf(await sendRaw(assay.url, `${get}Expect: miracles\r\n\r\n`))).toEqual([417]);
    expect(statusesOf(await sendRaw(assay.url, '\x16\x03\x01\x02\x00\x01\x00'))).toEqual([400]);
    expect(statusesOf(await sendRaw(assay.url, 'CONNECT /open HTTP/1.1\r\nHost: a\r\n\r\n'))).not.toContain(200);
    expect(await statusOf(`${assay.url}/open`)).toBe(200);
  });

  it('that never say anything are cut when the time for a head is over', async () => {
    const own = await startGateway(world, `http://${service.host}`, '--head-timeout', '0.5');
    const [silent, half] = (await Promise.all([dial(own.url), dial(own.url)])).map((socket) => socket.resume());
    half?.write('GET /open HT');
    await until(() => ([silent, half].every((socket) => socket?.readyState === 'closed') ? true : undefined));
    await own.stop();
  });

  it('have claims that no header can hold', async () => {
    const named = async (name: string) => {
      const response = await fetch(`${assay.url}/closed`, { headers: bearer(world.mint({ name })) });
      const text = await response.text();
      return response.status === 200 ? JSON.parse(text).headers['x-user-name'] : response.status;
    };
    expect(await named('Ada')).toBe('Ada');
    expect(await named('Adä')).toBe("UTF-8''Ad%C3%A4");
    expect(await named('渡辺 🦄')).toBe("UTF-8''%E6%B8%A1%E8%BE%BA%20%F0%9F%A6%84");
    expect(await named("UTF-8''Ad%C3%A4")).toBe(401);
    expect(await named('a\r\nX-Admin: yes')).toBe(401);
    expect(await named('x'.repeat(5000))).toBe(401);
    // The token is then longer than any that is read.
    expect(await named('x'.repeat(16_384))).toBe(401);
    const kid = Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'a\r\nX-Admin: yes' })).toString('base64url');
    expect(await statusOf(`${assay.url}/closed`, bearer(`${kid}.e30.AAAA`))).toBe(401);
    expect(assay.written.stdout + assay.written.stderr).not.toContain('X-Admin');
  });

  it('override the method only where they may (--method-override)', async () => {
    const headers = { ...bearer(world.mint()), 'X-HTTP-Method-Override': 'PUT', 'content-length': '2' };
    const ask = async (url: string) => fetch(`${url}/closed/7`, { method: 'POST', headers, body: 'ok' });
    expect((await ask(assay.url)).status).toBe(405);
    const willing = await startGateway(world, `http://${service.host}`, '--method-override');
    const response = await ask(willing.url);
    const seen: { method?: string; headers?: object } = await response.json() as object;
    expect({ status: response.status, method: seen.method }).toEqual({ status: 200, method: 'PUT' });
    expect(Object.keys(seen.headers ?? {})).not.toContain('x-http-method-override');
    await willing.stop();
  });
});

it('SIGTERM: what is under way ends, nothing new begins, and the process with it', async () => {
  const held: (() => void)[] = [];
  const url = await serve(world, (_, response) => {
    response.write('first ');
    held.push(() => void response.end('last'));
  });
  const assay = await startGateway(world, url);
  const response = await fetch(`${assay.url}/open`);
  const idle = (await dial(assay.url)).resume();
  assay.child.kill('SIGTERM');
  await until(() => (idle.readyState === 'closed' ? true : undefined));
  await expect(statusOf(`${assay.url}/open`)).rejects.toThrow();
  // Whoever balances the load is told meanwhile.
  const ready = await fetch(`${assay.adminUrl}/readyz`);
  expect([ready.status, await ready.text()]).toEqual([503, 'draining\n']);
  held[0]?.();
  expect(await response.text()).toBe('first last');
  expect(await assay.ended).toMatchObject({ status: 0 });
  expect(assay.written.stdout.trimEnd().split('\n')).toHaveLength(2);
});

it('SIGTERM: what does not end is cut after the time that it was given', async () => {
  const url = await serve(world, (_, response) => void response.write('first '));
  const assay = await startGateway(world, url, '--drain', '0.2');
  const response = await fetch(`${assay.url}/open`);
  const started = performance.now();
  assay.child.kill('SIGTERM');
  await expect(response.text()).rejects.toThrow();
  expect(await assay.ended).toMatchObject({ status: 0 });
  // By default it would be ten seconds.
  expect(performance.now() - started).toBeLessThan(9000);
});

// In this process, where mutants are, signals are one and the same.
it.skipIf(process.env['MUTATION_FOLDER'] === 'server')('a second signal ends it at once, whichever it is', async () => {
  const url = await serve(world, (_, response) => void response.write('first '));
  const assay = await startGateway(world, url, '--drain', '60');
  const response = await fetch(`${assay.url}/open`);
  assay.child.kill('SIGTERM');
  await until(async () => ((await fetch(`${assay.adminUrl}/readyz`)).status === 503 ? true : undefined));
  assay.child.kill('SIGINT');
  expect(await assay.ended).toMatchObject({ status: -1 });
  await expect(response.text()).rejects.toThrow();
});

if (process.platform === 'win32') {
  console.info('not run: there is no limit on the size of a file to set here');
} else {
  it('a log that has no room left keeps no request from being answered', async () => {
    const log = join(world.folder, 'full.log');
    const argv = ['gateway', '--openapi', world.document, '--allow-loopback-http', '--upstream', `http://${service.host}`];
    // A full disk, as far as this one process is concerned: POSIX counts blocks of 512 octets, some shells of 1024.
    const { child, ended } = start(['sh', '-c', 'ulimit -f 1024 && log=$1 && shift && exec "$@" > "$log"', 'sh', log, ...NODE, ...argv]);
    const told = (): string => (existsSync(log) ? readFileSync(log, 'utf8') : '');
    const url = await until(() => /^(http:\/\/\S+)\n/.exec(told())?.[1], child);
    const request = `GET /none/${'a'.repeat(1000)} HTTP/1.1\r\nHost: a\r\n\r\n`;
    const answers = async (): Promise<number> => statusesOf(await sendRaw(url, request.repeat(1200), 300, 1200)).length;
    expect(await answers()).toBe(1200);
    const size = statSync(log).size;
    expect(await answers()).toBe(1200);
    expect([size % 512, statSync(log).size]).toEqual([0, size]);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ status: 0 });
  });
}
