/** The examples that need a framework, as programs. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { start, type Started } from '../cli/processes.ts';
import { exampleIn } from '../examples/example.ts';
import { AUDIENCE, createWorld, type World } from '../server/world.ts';

// Where the packages of ./package.json are found.
const parent = fileURLToPath(new URL('node_modules', import.meta.url));
mkdirSync(parent, { recursive: true });
const folder = mkdtempSync(join(parent, '.examples-'));
let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await world.end();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(['express-api', 'fastify-api'])('%s', (name) => {
  let program: Started;
  let url = '';

  beforeAll(async () => {
    program = start(exampleIn(folder, name), { env: { ISSUER: world.keys.issuer, AUDIENCE, PORT: '0' } });
    await vi.waitFor(() => expect(program.written.stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n/), { timeout: 30_000 });
    url = program.written.stdout.trim();
  });
  afterAll(async () => {
    program.child.kill('SIGKILL');
    await program.ended;
  });

  const ask = (claims: Record<string, unknown>, init: RequestInit = {}) => fetch(`${url}/notes`, {
    ...init,
    headers: { authorization: `Bearer ${world.mint(claims)}`, 'content-type': 'application/json' },
  });
  const write = (claims: Record<string, unknown>) => ask(claims, { method: 'POST', body: '{"text":"hello"}' });

  it('lets write who may, and each read what is theirs', async () => {
    expect((await write({ sub: 'ada', scope: 'notes:read notes:write' })).status).toBe(201);
    expect(await (await ask({ sub: 'ada' })).json()).toEqual(['hello']);
    expect(await (await ask({ sub: 'eve' })).json()).toEqual([]);
  });

  it('says which permission is wanted', async () => {
    const refused = await write({ sub: 'eve', scope: 'notes:write-nothing' });
    expect([refused.status, refused.headers.get('www-authenticate')])
      .toEqual([403, 'Bearer realm="api", error="insufficient_scope", scope="notes:write"']);
    expect(await (await ask({ sub: 'eve' })).json()).toEqual([]);
  });

  it('knows nobody without a token, or by one that has expired or names no account', async () => {
    expect((await fetch(`${url}/notes`)).status).toBe(401);
    expect((await ask({ sub: 'ada', exp: 1 })).status).toBe(401);
    expect((await ask({ sub: undefined })).status).toBe(401);
    expect(program.written.stderr.trim().split('\n')).toEqual([
      '{"refused":"credentials_missing"}', '{"refused":"token_expired"}', '{"refused":"claim_missing"}',
    ]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('ends in order', async () => {
    program.child.kill('SIGTERM');
    expect(await program.ended).toMatchObject({ status: 0 });
  });
});
