/** What strains a gateway: content without end, and heads without end. Against the real process. */
import { request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dial, statusesOf } from '../server/raw.ts';
import {
  bearer, createWorld, serve, startGateway, startService, statusOf, until, type Assay, type Service, type World,
} from '../server/world.ts';

let world: World;
let service: Service;

beforeAll(async () => {
  world = await createWorld();
  service = await startService(world);
});
afterAll(() => world.end());

const memoryOf = async (assay: Assay): Promise<number> => {
  const text = await (await fetch(`${assay.adminUrl}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\d+)$/m.exec(text)?.[1]);
};

describe('clients', () => {
  const MEBIBYTE = Buffer.alloc(1_048_576, 'x');

  it('send 1 GiB, and get it back, at flat memory', async () => {
    const url = await serve(world, (request, response) => void request.pipe(response));
    const assay = await startGateway(world, url);
    const token = bearer(world.mint());
    await statusOf(`${assay.url}/open`);
    const before = await memoryOf(assay);
    let most = 0;
    let received = 0;
    await new Promise<void>((resolve, reject) => {
      const out = httpRequest(`${assay.url}/closed`, { method: 'POST', headers: token }, (response) => {
        response.on('data', (chunk: Buffer) => (received += chunk.length));
        response.on('end', resolve);
        response.on('error', reject);
      });
      out.on('error', reject);
      let sent = 0;
      const send = (): void => {
        while (sent < 1024) {
          sent += 1;
          if (sent % 256 === 0) void memoryOf(assay).then((now) => (most = Math.max(most, now)));
          if (!out.write(MEBIBYTE)) return void out.once('drain', send);
        }
        out.end();
      };
      send();
    });
    expect(received).toBe(1024 * MEBIBYTE.length);
    most = Math.max(most, await memoryOf(assay));
    expect((most - before) / MEBIBYTE.length).toBeLessThan(120);
    await assay.stop();
  }, 300_000);

  it('send half a header, three thousand of them, and others are served meanwhile', async () => {
    const assay = await startGateway(world, `http://${service.host}`, '--head-timeout', '5');
    const before = await memoryOf(assay);
    const sockets: Socket[] = [];
    let answered = '';
    while (sockets.length < 3000) {
      for (const socket of await Promise.all(Array.from({ length: 100 }, () => dial(assay.url)))) {
        if (sockets.length === 0) socket.on('data', (chunk: Buffer) => (answered += chunk.toString('latin1')));
        socket.write('GET /open HTTP/1.1\r\nHost: a\r\nX: ');
        sockets.push(socket.resume());
      }
    }
    expect(await statusOf(`${assay.url}/closed`, bearer(world.mint()))).toBe(200);
    expect((await memoryOf(assay) - before) / 1_048_576).toBeLessThan(160);
    // They are cut, each with an answer, when the time for a head is over.
    await until(() => (sockets.every(({ readyState }) => readyState === 'closed') ? true : undefined));
    expect(statusesOf(answered)).toEqual([408]);
    await assay.stop();
  }, 240_000);
});
