/**
 * A folder with every kind of key file, made of fresh keys, and claims to sign.
 *
 * @module
 */

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { signJwt } from '../../src/jose/sign.ts';
import { NOW } from './run.ts';
import { exportJwk } from '../../src/jose/pem.ts';

export const ISSUER = 'https://issuer.example';
export const AUDIENCE = 'my-api';
export const KID = 'key-1';
export const SECRET = 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow';

export const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

export function publicJwk(key: KeyObject = publicKey): Record<string, unknown> {
  return { ...exportJwk(key), kid: KID, alg: 'RS256', use: 'sig' };
}

export function pem(key: KeyObject): string {
  return key.export({ format: 'pem', type: key.type === 'private' ? 'pkcs8' : 'spki' }).toString();
}

export interface TemporaryFolder {
  readonly path: string;
  /** Writes a file, and returns its path. */
  readonly write: (name: string, data: string | Uint8Array) => string;
}

const folders: string[] = [];
// Said once, as the file is read: within a test that runs, vitest takes no afterAll.
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

/** A folder that goes when the tests of the file have ended. */
export function temporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), 'assay-cli-'));
  folders.push(path);
  return {
    path,
    write(name, data) {
      const file = join(path, name);
      writeFileSync(file, data);
      return file;
    },
  };
}

export const CLAIMS = Object.freeze({ iss: ISSUER, aud: AUDIENCE, sub: 'someone', iat: NOW - 60, exp: NOW + 3600 });

/** Signs the usual claims, some of them replaced. */
export function mint(claims: object = {}): string {
  return signJwt({ ...CLAIMS, ...claims }, privateKey, { kid: KID });
}

export const GOOGLE_CLAIMS = Object.freeze({ ...CLAIMS, iss: 'https://accounts.google.com', aud: 'my-client-id' });
