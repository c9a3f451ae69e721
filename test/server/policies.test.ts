/** Where a policy comes from and in whose words it answers, against the real process. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importSecret, sign } from './shared-secret.ts';
import { bearer, createWorld, startAssay, startService, type Assay, type Service, type World } from './world.ts';

let world: World;
let service: Service;

beforeAll(async () => {
  world = await createWorld();
  service = await startService(world);
});
afterAll(() => world.end());

const start = (...argv: string[]): Promise<Assay> =>
  startAssay(world, ['gateway', '--upstream', `http://${service.host}`, '--allow-loopback-http', ...argv]);

const fileOf = (name: string, value: object): string => {
  const file = join(world.folder, name);
  writeFileSync(file, JSON.stringify(value));
  return file;
};

const ask = async (assay: Assay, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> => {
  const response = await fetch(`${assay.url}${path}`, { method, headers });
  return new Response(response.status === 204 ? null : await response.text(), response);
};

describe('without a document, one issuer for all paths', () => {
  it.each([
    ['by discovery', () => []],
    ['with keys from a file', () => ['--keys', fileOf('jwks.json', world.issuer.jwks)]],
  ])('%s', async (_, keys) => {
    const assay = await start('--issuer', world.keys.issuer, '--audience', 'my-api', ...keys());
    expect((await ask(assay, '/any/thing', bearer(world.mint()))).status).toBe(200);
    expect((await ask(assay, '/any/thing', bearer(world.mint()), 'DELETE')).status).toBe(200);
    expect((await ask(assay, '/')).status).toBe(401);
    expect((await ask(assay, '/', {}, 'OPTIONS')).status).toBe(401);
    // Exactly as given: no other spelling of either.
    expect((await ask(assay, '/', bearer(world.mint({ aud: 'https://my-api' })))).status).toBe(403);
    expect((await ask(assay, '/', bearer(world.mint({ iss: `${world.keys.issuer}/` })))).status).toBe(401);
    await assay.stop();
  });
});

it('a shared secret, and nothing but it, for the issuer that has one', async () => {
  const secret = randomBytes(32);
  const file = fileOf('secret.json', importSecret(secret));
  const assay = await start('--openapi', world.document, '--hs-key', `${world.keys.issuer}=${file}`);
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: world.keys.issuer, aud: 'my-api', sub: 'ada', exp: now + 600 };
  expect((await ask(assay, '/closed', bearer(sign(claims, secret)))).status).toBe(200);
  expect((await ask(assay, '/closed', bearer(sign(claims, randomBytes(32))))).status).toBe(401);
  expect((await ask(assay, '/closed', bearer(world.mint()))).status).toBe(401);
  await assay.stop();
  // Without it, HS256 is not among the algorithms, whatever the secret is taken from.
  const open = await start('--openapi', world.document);
  for (const key of [secret, Buffer.from(JSON.stringify(world.issuer.jwks.keys[0])), Buffer.alloc(0)]) {
    expect((await ask(open, '/closed', bearer(sign(claims, key)))).status).toBe(401);
  }
  await open.stop();
});

describe('what the document lets pass', () => {
  it('a preflight, and what it does not list', async () => {
    const assay = await start('--openapi', fileOf('open.json', {
      ...world.openapi, 'x-google-allow': 'all', 'x-google-endpoints': [{ name: 'api.example', allowCors: true }],
    }));
    expect(assay.written.stderr).toContain('x-google-allow: all lets every request through that the document does not list');
    expect((await ask(assay, '/closed', {}, 'OPTIONS')).status).toBe(200);
    expect((await ask(assay, '/none')).status).toBe(200);
    expect((await ask(assay, '/closed')).status).toBe(401);
    await assay.stop();
  });

  it('deep and large documents are read', async () => {
    let schema: object = { type: 'string' };
    for (let depth = 0; depth < 60; depth += 1) schema = { type: 'object', properties: { inner: schema } };
    const paths = { '/deep': { get: { responses: { 200: { description: 'ok', schema } } } } };
    const description = 'x'.repeat(3_000_000);
    const assay = await start('--openapi', fileOf('deep.json', { ...world.openapi, info: { title: 'a', version: '1', description }, paths }));
    expect((await ask(assay, '/deep')).status).toBe(200);
    await assay.stop();
  });
});

describe('whose words', () => {
  const expired = (): Record<string, string> => bearer(world.mint({ exp: Math.floor(Date.now() / 1000) - 100 }));
  const other = (): Record<string, string> => bearer(world.mint({ aud: 'another' }));

  it('espv1: the page\'s, as a google.rpc.Status', async () => {
    const assay = await start('--openapi', world.document, '--responses', 'espv1');
    const late = await ask(assay, '/closed', expired());
    expect([late.status, late.headers.get('www-authenticate'), await late.json()]).toEqual([401, 'Bearer, error="invalid_token"', {
      code: 16,
      message: 'JWT validation failed: TIME_CONSTRAINT_FAILURE',
      details: [{ '@type': 'type.googleapis.com/google.rpc.DebugInfo', stackEntries: [], detail: 'auth' }],
    }]);
    expect((await ask(assay, '/closed', other())).status).toBe(403);
    const passed = await (await ask(assay, '/closed', bearer(world.mint()))).json() as { headers: Record<string, string> };
    const info = JSON.parse(Buffer.from(passed.headers['x-endpoint-api-userinfo'] ?? '', 'base64url').toString()) as object;
    expect(Object.keys(info)).toEqual(['claims', 'issuer', 'id', 'email', 'audiences']);
    await assay.stop();
  });

  it('espv2: Envoy\'s, and the realm never holds the query', async () => {
    const assay = await start('--openapi', world.document, '--responses', 'espv2');
    const late = await ask(assay, '/closed?access_token=a.b.c', expired());
    expect([late.status, late.headers.get('www-authenticate')]).toEqual([401, `Bearer realm="${assay.url}/closed", error="invalid_token"`]);
    expect(await (await ask(assay, '/closed', expired())).json()).toEqual({ code: 401, message: 'Jwt is expired' });
    expect(await (await ask(assay, '/closed', other())).json()).toEqual({ code: 403, message: 'Audiences in Jwt are not allowed' });
    expect(await (await ask(assay, '/closed')).json()).toEqual({ code: 401, message: 'Jwt is missing' });
    await assay.stop();
  });

  it('assay: nothing before the signature has held, unless all is to be told', async () => {
    const [assay, verbose] = await Promise.all([start('--openapi', world.document), start('--openapi', world.document, '--verbose-errors')]);
    const forged = bearer(`${world.mint().slice(0, -8)}AAAAAAAA`);
    const codeOf = async (server: Assay, headers: Record<string, string>): Promise<string> =>
      (await (await ask(server, '/closed', headers)).json() as { code: string }).code;
    expect(await codeOf(assay, forged)).toBe('invalid_token');
    expect(await codeOf(assay, bearer('a.b.c'))).toBe('invalid_token');
    expect(await codeOf(assay, expired())).toBe('token_expired');
    expect(await codeOf(verbose, forged)).toBe('signature_invalid');
    await Promise.all([assay.stop(), verbose.stop()]);
  });
});
