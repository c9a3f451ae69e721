import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { createKeySet } from '../../src/jose/key-set.ts';
import { readUnverified } from '../../src/jose/jwt.ts';
import { createVerifier } from '../../src/verifier/verifier.ts';
import { AUDIENCE, CLAIMS, ISSUER, KID, pem, privateKey, publicKey, SECRET, temporaryFolder } from './key-files.ts';
import { NOW, run } from './run.ts';

const folder = temporaryFolder();
const key = folder.write('private.pem', pem(privateKey));
const JSON_CLAIMS = JSON.stringify(CLAIMS);

async function sign(...argv: string[]): Promise<string> {
  const { status, stdout, stderr } = await run(['sign', ...argv]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  return stdout.trimEnd();
}

it('signs a token that verifies', async () => {
  const token = await sign('--key', key, '--claims', JSON_CLAIMS, '--kid', KID, '--typ', 'at+jwt', '--alg', 'PS384');
  const keys = createKeySet(publicKey);
  const verifier = createVerifier({
    issuer: ISSUER, audience: AUDIENCE, keys, algorithms: ['PS384'], typ: 'at+jwt', clock: () => NOW,
  });
  const { header, claims } = verifier.verifySync(token);
  expect(header).toStrictEqual({ alg: 'PS384', kid: KID, typ: 'at+jwt' });
  expect(claims).toStrictEqual(CLAIMS);
});

it('takes claims from a file and from standard input', async () => {
  const file = folder.write('claims.json', `${JSON_CLAIMS}\n`);
  const token = await sign('--key', key, '--claims', JSON_CLAIMS);
  expect(await sign('--key', key, '--claims', `@${file}`)).toBe(token);
  const piped = await run(['sign', '--key', key, '--claims', '-'], { stdin: JSON_CLAIMS });
  expect(piped.stdout).toBe(`${token}\n`);
});

it('takes "alg" and "kid" from a JWK', async () => {
  const ed = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const file = folder.write('ed.json', JSON.stringify({ ...ed, alg: 'Ed25519', kid: 'own' }));
  expect(readUnverified(await sign('--key', file, '--claims', '{}')).header).toStrictEqual({
    alg: 'Ed25519', kid: 'own', typ: 'JWT',
  });
  expect(readUnverified(await sign('--key', file, '--claims', '{}', '--kid', 'other')).header['kid']).toBe('other');
  const { status, stderr } = await run(['sign', '--key', file, '--claims', '{}', '--alg', 'EdDSA']);
  expect(status).toBe(2);
  expect(stderr).toContain('--alg is not the "alg" of the key (RFC 7517 §4.4)');
});

it('signs with a secret', async () => {
  const file = folder.write('secret.json', JSON.stringify({ kty: 'oct', k: SECRET }));
  expect(readUnverified(await sign('--key', file, '--claims', '{}')).header['alg']).toBe('HS256');
});

it('signs the claims as they are', async () => {
  const token = await sign('--key', key, '--claims', '{"__proto__":{"a":1},"1":2}');
  expect(Object.entries(readUnverified(token).claims)).toEqual([['1', 2], ['__proto__', { a: 1 }]]);
});

const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
const weakPem = folder.write('weak.pem', pem(weak));
it.each([
  ['needs --key FILE', ['--claims', '{}']],
  ['needs --claims', ['--key', key]],
  ['unknown option', ['--secret', 'hunter2', '--key', key, '--claims', '{}']],
  ['--claims: the claims set is not valid JSON (RFC 8259 §2)', ['--key', key, '--claims', '{']],
  ['--claims: the claims set is not a JSON object', ['--key', key, '--claims', '[]']],
  ['--claims: the claims set has two members of one name', ['--key', key, '--claims', '{"a":1,"a":2}']],
  ['there is no such file', ['--key', key, '--claims', '@none.json']],
  ['there is no such file', ['--key', 'none.pem', '--claims', '{}']],
  ['more than 1 MiB', ['--key', key, '--claims', `@${folder.write('large', Buffer.alloc(1_048_577))}`]],
  ['--key cannot be read as a private key', ['--key', folder.write('public.pem', pem(publicKey)), '--claims', '{}']],
  ['--key: the RSA modulus is shorter than 2048 bits', ['--key', weakPem, '--claims', '{}']],
  ['not valid JSON (RFC 8259 §2)', ['--key', folder.write('broken.json', '{'), '--claims', '{}']],
  ['--key expected one PEM or one JWK', ['--key', folder.write('array.json', '[]'), '--claims', '{}']],
  ['--alg is not an algorithm of this key', ['--key', key, '--claims', '{}', '--alg', 'ES256']],
  ['--alg is not an algorithm of this key', ['--key', key, '--claims', '{}', '--alg', 'none']],
  ['too many arguments', ['--key', key, '--claims', '{}', 'x']],
])('is called wrongly: %s', async (message, argv) => {
  const { status, stdout, stderr } = await run(['sign', ...argv]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('hunter2');
});

it('refuses endless claims on standard input', async () => {
  function* endless(): Generator<Uint8Array> {
    for (;;) yield Buffer.alloc(65_536, ' ');
  }
  const { status, stderr } = await run(['sign', '--key', key, '--claims', '-'], { stdin: endless() });
  expect(status).toBe(2);
  expect(stderr).toContain('--claims has more than 1 MiB');
});
