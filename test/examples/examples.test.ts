/** The examples that need no framework, as programs. */
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { createTestIssuer } from '../../src/testing/index.ts';
import { temporaryFolder } from '../cli/key-files.ts';
import { start } from '../cli/processes.ts';
import { exampleIn } from './example.ts';

const folder = temporaryFolder();
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

describe('audit-log', () => {
  const NOW = 1_700_000_000;
  const issuer = createTestIssuer({ issuer: 'https://issuer.example', audience: 'my-api', clock: () => NOW, keys: [privateKey] });
  folder.write('keys.json', JSON.stringify(issuer.jwks));
  const audit = async (lines: readonly (object | string)[]) => {
    const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
    return start([...exampleIn(folder.path, 'audit-log'), 'https://issuer.example', 'my-api', `${folder.path}/keys.json`], { stdin: `${text}\n` })
      .ended;
  };
  const token = issuer.mint();
  const other = issuer.mint({ aud: 'another' });

  it('asks of each token by the time of its line', async () => {
    const { status, stdout, stderr } = await audit([
      { time: NOW + 1, token }, { time: NOW + 3600, token }, { time: NOW + 2, token }, { time: NOW, token: other }, { time: NOW },
      { time: NOW * 1000, token }, 'not JSON', { time: NOW + 7200, token },
    ]);
    expect({ status, stderr, lines: stdout.trimEnd().split('\n') }).toEqual({
      status: 1,
      stderr: '',
      lines: [
        '2 token_expired (RFC 7519 §4.1.4), first in line 2, 8',
        '1 audience_not_allowed (RFC 7519 §4.1.3), first in line 4',
        expect.stringMatching(/^1 malformed_compact \(.+\), first in line 5$/),
        '1 line_without_time, first in line 6',
        '1 line_not_json, first in line 7',
        '8 lines, 6 refused',
      ],
    });
    expect(stdout).not.toContain(token.slice(0, 20));
  });

  it('is content where all were good', async () => {
    expect(await audit([{ time: NOW, token }, { time: NOW + 3599, token }])).toMatchObject({ status: 0, stdout: '2 lines, 0 refused\n' });
  });
});

describe('service-to-service', () => {
  const EMAIL = 'orders@my-project.iam.gserviceaccount.com';
  const AUDIENCE = 'https://billing.example';
  const seconds = (): number => Date.now() / 1000;
  const ends: (() => unknown)[] = [];
  afterAll(async () => {
    for (const end of ends) await end();
  });

  it('lets the account in for whom it was, and nobody else', async () => {
    const issuer = createTestIssuer({ issuer: EMAIL, clock: seconds, keys: [privateKey] });
    const google = await issuer.listen();
    ends.push(() => google.close());
    const program = exampleIn(folder.path, 'service-to-service');
    const billing = start([...program, 'billing'], { env: { EMAIL, AUDIENCE, KEYS_URL: google.jwksUri, PORT: '0' } });
    ends.push(async () => {
      billing.child.kill();
      await billing.ended;
    });
    await expect.poll(() => billing.written.stdout, { timeout: 30_000 }).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n/);
    const BILLING = billing.written.stdout.trim();

    const account = { client_email: EMAIL, private_key_id: issuer.kid };
    const call = async (pem: string, audience = AUDIENCE) => {
      folder.write('orders.json', JSON.stringify({ ...account, private_key: pem }));
      return start([...program, 'orders'], { env: { KEY_FILE: `${folder.path}/orders.json`, AUDIENCE: audience, BILLING } }).ended;
    };
    const pemOf = (key: typeof privateKey): string => key.export({ type: 'pkcs8', format: 'pem' }) as string;
    expect(await call(pemOf(privateKey))).toMatchObject({ status: 0, stdout: `200 {"billed":"${EMAIL}"}\n` });
    expect(await call(pemOf(privateKey), 'https://shipping.example')).toMatchObject({ status: 1, stdout: expect.stringMatching(/^403 /) });
    const stolen = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    expect(await call(pemOf(stolen))).toMatchObject({ status: 1, stdout: expect.stringMatching(/^401 /) });
    expect(billing.written.stderr).toBe('refused: audience_not_allowed\nrefused: signature_invalid\n');
  });
});
