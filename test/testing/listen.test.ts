import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestIssuer, type ListeningIssuer } from '../../src/testing/index.ts';

const issuer = createTestIssuer({ alg: 'EdDSA' });

let server: ListeningIssuer;
beforeAll(async () => {
  server = await issuer.listen();
});
afterAll(() => server.close());

describe('listen', () => {
  const elsewhere = ['0.0.0.0', '::', 'localhost', '192.168.0.1', '127.0.0.1.example', ''];
  test.each(elsewhere)('refuses the host "%s"', async (host) => {
    await expect(issuer.listen(0, host)).rejects.toThrow(TypeError);
  });

  test.each([-1, 65_536, 1.5, Number.NaN])('refuses the port %d', async (port) => {
    await expect(issuer.listen(port)).rejects.toThrow(TypeError);
  });

  test('says so when the port is taken', async () => {
    await expect(issuer.listen(Number(new URL(server.url).port))).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test.each([
    ['127.0.0.2', /^http:\/\/127\.0\.0\.2:\d+$/],
    ['::1', /^http:\/\/\[::1\]:\d+$/],
  ])('takes %s, where the machine has it', async (host, url) => {
    const other = await issuer.listen(0, host).catch((error: unknown) => {
      // macOS has one address of 127.0.0.0/8 only, and containers may lack IPv6.
      expect(Reflect.get(Object(error), 'code')).toMatch(/^E(ADDRNOTAVAIL|AFNOSUPPORT)$/);
      return undefined;
    });
    if (other === undefined) return;
    expect(other.url).toMatch(url);
    expect((await fetch(other.url)).status).toBe(200);
    await other.close();
  });
});

describe('close', () => {
  test('cuts what hangs and drips, stops listening, and can be called again', async () => {
    const listening = await issuer.listen();
    issuer.fail('hang');
    const before = issuer.requests.length;
    const hanging = fetch(listening.jwksUri);
    await expect.poll(() => issuer.requests.length, { timeout: 15_000 }).toBe(before + 1);
    issuer.fail('drip');
    const dripping = await (await fetch(listening.jwksUri)).body?.getReader();
    await dripping?.read();
    await listening.close();
    await listening.close();
    await expect(hanging).rejects.toThrow(TypeError);
    await expect(fetch(listening.url)).rejects.toThrow(TypeError);
  });

  test('leaves nothing that keeps a process alive', async () => {
    const entry = new URL('../../src/testing/index.ts', import.meta.url).href;
    const program = `
      import { createTestIssuer } from ${JSON.stringify(entry)};
      const issuer = createTestIssuer({ alg: 'EdDSA' });
      const server = await issuer.listen();
      for (const mode of ['hang', 'drip', 'huge']) {
        issuer.fail(mode);
        fetch(server.jwksUri).then((response) => response.text()).catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      issuer.fail('hang');
      issuer.fetch(issuer.jwksUri);
      issuer.fail('drip');
      await (await issuer.fetch(issuer.jwksUri)).body.cancel();
      await server.close();
      console.log('closed');
    `;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 50_000 });
    expect(stdout).toBe('closed\n');
  });
});
