import { describe, expect, it } from 'vitest';
import { createGoogleVerifier } from '../../src/google/index.ts';
import { createKeySet, type KeyLookup } from '../../src/jose/index.ts';
import { createRemoteKeySet } from '../../src/keys/index.ts';
import { createTestIssuer } from '../../src/testing/index.ts';
import { createVerifier, type VerifierOptions } from '../../src/verifier/index.ts';
import { innerOf } from '../../src/verifier/verifier.ts';
import { jwkSet, publicJwk } from '../../spec-vectors/generate/keys.ts';
import { mistake } from '../jose/refusal.ts';
import { CLAIMS, codeOf, ISSUER, mint, NOW, OPTIONS, untyped } from './issuer.ts';

/** A set that counts its look-ups and can be exchanged, with the same keys from one look-up to the next. */
function countingKeys() {
  let set = createKeySet(jwkSet('rsa-1', 'rsa-2'));
  const keys: KeyLookup = { find: (kid) => set.find(kid) };
  return { keys, exchange: (other: object) => void (set = createKeySet(other)) };
}

/** A verifier with a cache; a hit is told by its result being the very object of before. */
function cached(options: Partial<VerifierOptions> = {}, cache: object = { maxTokens: 10 }) {
  let now = NOW;
  const { verifySync } = createVerifier({ ...OPTIONS, clock: () => now, cache, ...options } as VerifierOptions);
  return {
    verify: verifySync,
    setTime: (time: number) => void (now = time),
    hits: (token: string): boolean => verifySync(token) === verifySync(token),
  };
}

/** The same characters, in another string. */
const afresh = (token: string): string => Buffer.from(token).toString();

describe('the verified-token cache', () => {
  it('is off by default', () => {
    const { verifySync } = createVerifier(OPTIONS);
    const token = mint();
    expect(verifySync(token)).not.toBe(verifySync(token));
  });

  it('gives a token that comes again the result of before, which is frozen', () => {
    const { verify } = cached();
    const token = mint();
    const first = verify(token);
    expect(verify(afresh(token))).toBe(first);
    expect(Reflect.set(first.claims, 'sub', 'admin')).toBe(false);
    expect(verify(token).claims.sub).toBe(CLAIMS.sub);
  });

  it('serves verify, tryVerify and their twins alike', async () => {
    const verifier = createVerifier({ ...OPTIONS, cache: { maxTokens: 1 } });
    const token = mint();
    const first = await verifier.verify(token);
    expect(await verifier.tryVerify(token)).toBe(first);
    expect(verifier.tryVerifySync(token)).toBe(first);
  });

  it('is passed by where steps are to be told: every one is taken', async () => {
    const verifier = createVerifier({ ...OPTIONS, cache: { maxTokens: 1 } });
    const token = mint();
    verifier.verifySync(token);
    const steps: string[] = [];
    await innerOf(verifier).verify(token, undefined, () => ({ step }) => void steps.push(step));
    expect(new Set(steps)).toEqual(new Set(['parseCompact', 'parseHeader', 'selectKeys', 'verifySignature', 'parseClaimsSet', 'validateClaims']));
  });

  it.each([undefined, null, 7, {}, ['a.b.c'], new String('a.b.c')])('refuses what is no string: %o', (token) => {
    expect(codeOf(() => cached().verify(untyped(token)))).toBe('malformed_compact');
  });

  it('takes no other token for the one it knows, however much they share (CVE-2026-35039)', () => {
    const { verify } = cached();
    const token = mint();
    verify(token);
    const [header = '', payload = '', signature = ''] = token.split('.');
    const forgedPayload = Buffer.from(JSON.stringify({ ...CLAIMS, sub: 'admin' })).toString('base64url');
    expect(codeOf(() => verify(`${header}.${forgedPayload}.${signature}`))).toBe('signature_invalid');
    expect(codeOf(() => verify(`${header}.${payload}.${'A'.repeat(299)}${signature.slice(-43)}`))).toBe('signature_invalid');
    expect(codeOf(() => verify(`${header}.${payload}.${signature.slice(-43)}`))).toBe('signature_invalid');
    expect(codeOf(() => verify(signature.slice(-43)))).toBe('malformed_compact');
    expect(codeOf(() => verify(`${token.slice(0, -43).toLowerCase()}${token.slice(-43)}`))).not.toBe('accepted');
    expect(verify(token).claims.sub).toBe(CLAIMS.sub);
  });

  it('asks the times anew on a hit, to the second', () => {
    const { verify, setTime } = cached();
    const token = mint({ exp: NOW + 10, nbf: NOW });
    verify(token);
    setTime(NOW + 9.999);
    expect(verify(token).claims.exp).toBe(NOW + 10);
    setTime(NOW + 10);
    expect(codeOf(() => verify(token))).toBe('token_expired');
    setTime(NOW - 31);
    expect(codeOf(() => verify(token))).toBe('token_not_yet_valid');
  });

  it('asks maxAge of the policy anew', () => {
    const { verify, setTime } = cached({ maxAge: 100 });
    const token = mint();
    verify(token);
    setTime(NOW + 40);
    verify(token);
    setTime(NOW + 41);
    expect(codeOf(() => verify(token))).toBe('token_too_old');
  });

  it('forgets a token once it is expired, so that it holds none in memory for nothing', () => {
    const { verify, setTime, hits } = cached({ leeway: 60 }, { maxTokens: 1 });
    const token = mint({ exp: NOW + 10 });
    verify(token);
    setTime(NOW + 69);
    expect(hits(token)).toBe(true);
    setTime(NOW + 70);
    expect(codeOf(() => verify(token))).toBe('token_expired');
  });

  it('verifies anew after its own maxAge, and when the clock was set back', () => {
    const { verify, setTime } = cached({}, { maxTokens: 10, maxAge: 5 });
    const token = mint();
    const first = verify(token);
    setTime(NOW + 4.9);
    expect(verify(token)).toBe(first);
    setTime(NOW + 5);
    const second = verify(token);
    expect(second).not.toBe(first);
    setTime(NOW + 4);
    expect(verify(token)).not.toBe(second);
  });

  it('refuses a token whose key was exchanged for another under the same ID', () => {
    const { keys, exchange } = countingKeys();
    const { verify } = cached({ keys });
    const token = mint();
    const first = verify(token);
    exchange({ keys: [{ ...publicJwk('rsa-2'), kid: 'rsa-1' }] });
    expect(codeOf(() => verify(token))).toBe('signature_invalid');
    exchange({ keys: [publicJwk('rsa-1')] });
    const anew = verify(token);
    expect(anew).not.toBe(first);
    expect(verify(token)).toBe(anew);
  });

  it('refuses a token whose key has left the set, may no longer verify, or is for another algorithm', () => {
    const { keys, exchange } = countingKeys();
    const { verify } = cached({ keys });
    const token = mint();
    verify(token);
    exchange(jwkSet('rsa-2'));
    expect(codeOf(() => verify(token))).toBe('key_not_found');
    exchange({ keys: [publicJwk('rsa-1', { use: 'enc' })] });
    expect(codeOf(() => verify(token))).toBe('key_unusable');
    exchange({ keys: [publicJwk('rsa-1', { alg: 'RS512' })] });
    expect(codeOf(() => verify(token))).toBe('algorithm_not_allowed');
  });

  it('obeys revoke at once, and verifies anew what a fetch has brought anew', async () => {
    const issuer = createTestIssuer();
    const keys = createRemoteKeySet(issuer.jwksUri, { fetch: issuer.fetch, clock: issuer.clock });
    const google = createGoogleVerifier({ audience: issuer.audience, keys, clock: issuer.clock, cache: { maxTokens: 10 } });
    const token = issuer.mint();
    const first = await google.verify(token);
    expect(await google.verify(token)).toBe(first);
    issuer.clock.advance(2);
    await keys.refresh();
    const second = await google.verify(token);
    expect(second).not.toBe(first);
    expect(google.verifySync(token)).toBe(second);
    keys.revoke(issuer.kid);
    expect(codeOf(() => google.verifySync(token))).toBe('key_not_found');
    await expect(google.verify(token)).rejects.toMatchObject({ code: 'key_not_found' });
  });

  it('does not serve without keys: over the stale window, and when a refresh is forced and fails', async () => {
    const issuer = createTestIssuer();
    const keys = createRemoteKeySet(issuer.jwksUri, { fetch: issuer.fetch, clock: issuer.clock });
    const google = createGoogleVerifier({ audience: issuer.audience, keys, clock: issuer.clock, cache: { maxTokens: 10 } });
    const token = issuer.mint({ exp: issuer.clock() + 80_000 });
    await google.verify(token);
    issuer.fail('down');
    await expect(google.verify(token, { forceKeyRefresh: true })).rejects.toMatchObject({ code: 'keys_unavailable' });
    issuer.clock.advance(70_000);
    expect(codeOf(() => google.verifySync(token))).toBe('keys_unavailable');
  });

  it('binds a hit to nonce and access token of its own call', () => {
    const issuer = createTestIssuer();
    const { keys } = issuer;
    const google = createGoogleVerifier({ audience: issuer.audience, keys, clock: issuer.clock, cache: { maxTokens: 10 } });
    const token = issuer.mint({ nonce: 'n-1' });
    const first = google.verifySync(token, { nonce: 'n-1' });
    expect(google.verifySync(token, { nonce: 'n-1' })).toBe(first);
    expect(codeOf(() => google.verifySync(token, { nonce: 'n-2' }))).toBe('nonce_mismatch');
    expect(codeOf(() => google.verifySync(token, { accessToken: 'other' }))).toBe('access_token_mismatch');
    expect(google.verifySync(token)).toBe(first);
  });

  it("asks the caller's checks anew, which may change their mind", () => {
    let banned = false;
    let asked = 0;
    const { verify } = cached({ checks: { notBanned: () => (asked++, !banned) } });
    const token = mint();
    const first = verify(token);
    expect(verify(token)).toBe(first);
    banned = true;
    expect(codeOf(() => verify(token))).toBe('check_failed');
    banned = false;
    expect(verify(token)).toBe(first);
    expect(asked).toBe(4);
  });

  it('stores no refused token: what was wrong once is verified whole when it comes again', () => {
    let willing = false;
    const { verify, setTime, hits } = cached({ checks: { willing: () => willing } });
    const [refused, early] = [mint(), mint({ nbf: NOW + 100 })];
    expect(codeOf(() => verify(refused))).toBe('check_failed');
    expect(codeOf(() => verify(early))).toBe('token_not_yet_valid');
    willing = true;
    const first = verify(refused);
    expect(verify(refused)).toBe(first);
    setTime(NOW + 100);
    expect(hits(early)).toBe(true);
  });

  it('is not shared: what one verifier accepts, another judges by itself', () => {
    const token = mint();
    cached().verify(token);
    expect(codeOf(() => cached({ audience: 'someone else' }).verify(token))).toBe('audience_not_allowed');
    expect(codeOf(() => cached({ keys: createKeySet(publicJwk('rsa-2', { kid: 'rsa-1' })) }).verify(token))).toBe('signature_invalid');
  });

  it('asks a directory anew whose token it is', () => {
    const policy = { issuer: ISSUER, audience: OPTIONS.audience, keys: OPTIONS.keys };
    let known: typeof policy | undefined = policy;
    const verifier = createVerifier({ issuers: () => known, clock: () => NOW, cache: { maxTokens: 10 } });
    const token = mint();
    const first = verifier.verifySync(token);
    expect(verifier.verifySync(token)).toBe(first);
    known = { ...policy, audience: 'someone else' };
    expect(codeOf(() => verifier.verifySync(token))).toBe('audience_not_allowed');
    known = { ...policy, keys: createKeySet(publicJwk('rsa-2', { kid: 'rsa-1' })) };
    expect(codeOf(() => verifier.verifySync(token))).toBe('signature_invalid');
    known = undefined;
    expect(codeOf(() => verifier.verifySync(token))).toBe('issuer_not_allowed');
  });

  it('holds as many tokens as it may, and gives up the one not seen for longest', () => {
    const { verify } = cached({}, { maxTokens: 2 });
    const [a, b, c] = ['a', 'b', 'c'].map((sub) => mint({ sub })) as [string, string, string];
    const first = verify(a);
    const second = verify(b);
    expect(verify(a)).toBe(first);
    const third = verify(c);
    expect(verify(a)).toBe(first);
    expect(verify(c)).toBe(third);
    expect(verify(b)).not.toBe(second);
  });

  it('verifies another token within a check, and each gets its own', () => {
    const inner = mint({ sub: 'inner' });
    const verifiers: ReturnType<typeof cached>[] = [];
    const outer = cached({ checks: { nested: ({ sub }) => sub === 'inner' || verifiers[0]?.verify(inner).claims.sub === 'inner' } });
    verifiers.push(outer);
    const token = mint({ sub: 'outer' });
    for (let time = 0; time < 3; time++) expect(outer.verify(token).claims.sub).toBe('outer');
  });

  it.each([
    [null], [{}], [true], [{ maxTokens: 0 }], [{ maxTokens: 1.5 }], [{ maxTokens: 1_000_001 }], [{ maxTokens: '10' }],
    [{ maxTokens: 10, maxAge: 0 }], [{ maxTokens: 10, maxAge: Infinity }], [{ maxTokens: 10, maxage: 5 }],
    [{ maxTokens: 10, maxAge: undefined }], [undefined],
  ])('throws TypeError for the option %o', (cache) => {
    expect(() => createVerifier(untyped({ ...OPTIONS, cache }))).toThrow(mistake('cache'));
    expect(() => createGoogleVerifier(untyped({ audience: 'a', cache }))).toThrow(TypeError);
  });
});
