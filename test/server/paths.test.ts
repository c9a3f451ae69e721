/**
 * Path confusion, against the real process: however a service behind reads a target, no spelling of a closed path is
 * let through without a token (attack I3), and what goes on goes on octet for octet.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendRaw, startRecorder, statusesOf, type Recorder } from './raw.ts';
import { createWorld, startAssay, type Assay, type World } from './world.ts';

let world: World;
let service: Recorder;
/** With the document as it is, and with one that lets pass whatever it does not list. */
let strict: Assay;
let lax: Assay;

beforeAll(async () => {
  world = await createWorld();
  service = await startRecorder();
  world.later(() => service.close());
  const argv = ['--allow-loopback-http', '--upstream', `http://${service.host}`];
  const all = join(world.folder, 'all.json');
  writeFileSync(all, JSON.stringify({ ...world.openapi, 'x-google-allow': 'all' }));
  [strict, lax] = await Promise.all([
    startAssay(world, ['gateway', '--openapi', world.document, ...argv]),
    startAssay(world, ['gateway', '--openapi', all, ...argv]),
  ]);
});
afterAll(() => world.end());

async function ask(assay: Assay, target: string, fields = ''): Promise<{ status: number | undefined; passed: string }> {
  const before = service.octets().length;
  const text = await sendRaw(assay.url, `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${fields}\r\n`);
  return { status: statusesOf(text)[0], passed: service.octets().slice(before) };
}

/** What some server, framework or proxy is known to read as /closed. */
const CONFUSING: readonly string[] = [
  '//closed', '/closed//', '///closed', '/./closed', '/closed/.', '/open/../closed', '/open/..//closed', '/closed/../closed',
  '/open/.%2e/closed', '/open/%2e%2e/closed', '/open/%2E./closed', '/%2e/closed', '/open/..;/closed', '/closed;', '/closed;x=y',
  '/;/closed', '/closed%3b', '/closed%3Bx', '/%63losed%2f', '/closed%2f', '/closed%2F..%2Fclosed', '/open%2f..%2fclosed',
  '/open%5c..%5cclosed', '\\closed', '/\\closed', '/open\\..\\closed', '/closed\\', '/%5cclosed', '/closed%00', '/closed%00.html',
  '/closed%0a', '/closed%0d%0aX:%20a', '/closed%09', '/%c0%aeclosed', '/open/%c0%ae%c0%ae/closed', '/open/%252e%252e/closed',
  '/closed%252f', '/closed%253b', '/%2563losed%2500', '/closed#', '/closed#/open', '/open#/../closed', 'http://a/closed',
  'http://a/open/../closed', 'HTTP://A/closed', '//a/closed', 'closed', '*', '', '?/closed', '/closed%', '/closed%2', '/closed%zz',
  '/closed%u002e', '/closed"', '/closed|', '/closed^', '/closed`', '/closed{', '/closed<', '/closed\x7f', `/${'a/'.repeat(5000)}`,
];

describe.each([['strict', () => strict], ['lax', () => lax]] as const)('a %s document', (_, assay) => {
  it.each(CONFUSING)('refuses %j', async (target) => {
    const { status, passed } = await ask(assay(), target);
    expect(passed).toBe('');
    // 401: read as /closed, as it should be.
    expect([400, 401, 404, 431]).toContain(status);
  });

  it.each(['/closed', '/closed/', '/%63losed', '/clos%65d/', '/closed?', '/closed?/open', '/closed/open', '/closed?a=/../open'])(
    'takes %j for what it is', async (target) => {
      expect((await ask(assay(), target)).status).toBe(401);
      const { status, passed } = await ask(assay(), target, `Authorization: Bearer ${world.mint()}\r\n`);
      expect(status).toBe(200);
      expect(passed.split('\r\n')[0]).toBe(`GET ${target} HTTP/1.1`);
    });
});

it.each(['/CLOSED', '/closed.', '/closed%20', '/closed~', '/closed.json'])('a strict document does not list %j', async (target) => {
  expect(await ask(strict, target)).toEqual({ status: 404, passed: '' });
});

describe('methods', () => {
  it.each([
    ['HEAD', '/closed', 401], ['POST', '/closed', 401], ['OPTIONS', '/closed', 405], ['TRACE', '/closed', 405], ['TRACE', '/open', 405],
    ['DELETE', '/open', 405], ['PROPFIND', '/closed', 405], ['get', '/open', 400], ['Get', '/closed', 400], ['HEAD', '/open', 200],
  ] as const)('%s %s is %i', async (method, target, status) => {
    const before = service.octets().length;
    const text = await sendRaw(strict.url, `${method} ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(statusesOf(text)).toEqual([status]);
    expect(service.octets().length > before).toBe(status === 200);
    if (method === 'HEAD') expect(text.split('\r\n\r\n')[1]).toBe('');
    if (status === 405) expect(text).toMatch(/\r\nallow: (?:GET, HEAD, POST|GET, HEAD)\r\n/i);
  });
});
