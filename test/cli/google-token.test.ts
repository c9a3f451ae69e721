/** The token that Google really signed, where it can be read, and always a minted one that is its equal. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { signJwt } from '../../src/jose/sign.ts';
import { GOOGLE_CLAIMS, KID, pem, privateKey, publicJwk, publicKey, temporaryFolder } from './key-files.ts';
import { NOW, run } from './run.ts';

interface GoogleToken {
  readonly token: string;
  readonly jwks: object;
  readonly x509: object;
  readonly audience: string;
  readonly validAt: number;
  readonly tooEarly: number;
  readonly expiredAt: number;
}

const REAL = new URL('../../../shared/data/google-signed-id-token.json', import.meta.url);

function minted(): GoogleToken {
  return {
    token: signJwt(GOOGLE_CLAIMS, privateKey, { kid: KID }),
    jwks: { keys: [publicJwk()] },
    x509: { [KID]: pem(publicKey) },
    audience: GOOGLE_CLAIMS.aud,
    validAt: NOW,
    tooEarly: NOW - 3600,
    expiredAt: NOW + 3601,
  };
}

function behaves({ token, jwks, x509, audience, validAt, tooEarly, expiredAt }: GoogleToken): void {
  const folder = temporaryFolder();
  const files = { 'a JWK Set': jwks, 'the map of PEMs': x509 };
  describe.each(Object.entries(files))('with %s', (what, keys) => {
    const file = folder.write(`${what}.json`, JSON.stringify(keys));
    const verify = async (at: number, text = token, id = audience) => {
      const argv = ['verify', '--google', '--audience', id, '--keys', file, '--at', String(at), '--json', '-'];
      const { status, stdout } = await run(argv, { stdin: `${text}\n` });
      return { status, verdict: JSON.parse(stdout) };
    };

    it('is accepted in its time', async () => {
      const { status, verdict } = await verify(validAt);
      expect(status).toBe(0);
      expect(Object.keys(verdict)).toEqual(['ok', 'header', 'claims', 'key']);
      expect(verdict.key).toStrictEqual({ kid: verdict.header.kid, alg: 'RS256' });
      expect(verdict.claims.aud).toBe(audience);
    });

    // A certificate may be out of its dates by then as well; an hour more or less is none for Google's.
    it.each([
      ['token_issued_in_future', 'RFC 7519 §4.1.6', tooEarly],
      ['token_expired', 'RFC 7519 §4.1.4', expiredAt],
    ])('is refused out of it: %s', async (code, rule, at) => {
      const { status, verdict } = await verify(at);
      expect({ status, verdict }).toMatchObject({ status: 1, verdict: { ok: false, code, rule } });
      expect(verdict.skew).toBeGreaterThan(0);
    });

    it('is refused for another audience', async () => {
      const { status, verdict } = await verify(validAt, token, `${audience}x`);
      const expected = { ok: false, code: 'audience_not_allowed', rule: 'RFC 7519 §4.1.3', claim: 'aud' };
      expect({ status, verdict }).toStrictEqual({ status: 1, verdict: expected });
    });

    it('is refused with one character of its signature changed', async () => {
      const place = token.lastIndexOf('.') + 100;
      const changed = token.slice(0, place) + (token[place] === 'A' ? 'B' : 'A') + token.slice(place + 1);
      const { status, verdict } = await verify(validAt, changed);
      const expected = { ok: false, code: 'signature_invalid', rule: 'RFC 7515 §5.2 step 8' };
      expect({ status, verdict }).toStrictEqual({ status: 1, verdict: expected });
    });
  });
}

describe('a minted token', () => behaves(minted()));

if (existsSync(REAL)) {
  const real: GoogleToken = JSON.parse(readFileSync(REAL, 'utf8'));
  describe('the real token', () => behaves(real));

  it('is judged by a certificate out of its dates only where that is asked for', async () => {
    const file = temporaryFolder().write('x509.json', JSON.stringify(real.x509));
    const argv = ['verify', real.token, '--google', '--audience', real.audience, '--keys', file, '--json'];
    expect(JSON.parse((await run(argv)).stdout).code).toBe('key_unusable');
    expect(JSON.parse((await run([...argv, '--ignore-certificate-dates'])).stdout).code).toBe('token_expired');
  });
} else {
  console.info('not run: the token that Google signed is not here (../shared/data)');
}
