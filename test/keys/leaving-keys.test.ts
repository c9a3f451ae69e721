import { describe, expect, it } from 'vitest';
import { KEY_1, KEY_2, makeKey, outcome, remote, setOf } from './issuer.ts';
import { listen, publish, status } from './loopback.ts';

const BOTH = publish(setOf(KEY_1, KEY_2));
const ONE = publish(setOf(KEY_1));
const TOKEN = KEY_1.mint();
const LEAVER = KEY_2.mint();
const LIFETIME = 3600;

describe('a key that has left the set', () => {
  it('verifies nothing once the lifetime is over, though nobody has verified since', async () => {
    const server = await listen(BOTH);
    const { keys, verifier, clock } = remote(server.url);
    await keys.load();
    server.answerWith(ONE);
    clock.advance(LIFETIME - 1);
    expect(await outcome(verifier.verify(TOKEN))).toBe('accepted');
    await keys.underWay();
    clock.advance(1);
    expect(await outcome(verifier.verify(LEAVER))).toBe('key_not_found');
    expect(await outcome(() => verifier.verifySync(LEAVER))).toBe('key_not_found');
  });

  it('verifies nothing after the lifetime, to the token that comes first', async () => {
    const server = await listen(BOTH);
    const { keys, verifier, clock } = remote(server.url);
    await keys.load();
    server.answerWith(ONE);
    clock.advance(LIFETIME);
    expect(await outcome(verifier.verify(LEAVER))).toBe('key_not_found');
  });

  it('verifies nothing after any fetch, whoever caused it', async () => {
    const server = await listen(BOTH);
    const { keys, verifier } = remote(server.url);
    expect(await outcome(verifier.verify(LEAVER))).toBe('accepted');
    server.answerWith(ONE);
    await keys.refresh();
    expect(await outcome(() => verifier.verifySync(LEAVER))).toBe('key_not_found');
    expect(await outcome(verifier.verify(LEAVER))).toBe('key_not_found');
  });

  it('verifies nothing to a caller who forces a fetch', async () => {
    const server = await listen(BOTH);
    const { verifier } = remote(server.url);
    expect(await outcome(verifier.verify(LEAVER))).toBe('accepted');
    server.answerWith(ONE);
    expect(await outcome(verifier.verify(LEAVER, { forceKeyRefresh: true }))).toBe('key_not_found');
  });

  it('verifies nothing though its ID has come back with another key', async () => {
    const server = await listen(BOTH);
    const { keys, verifier } = remote(server.url);
    await keys.load();
    const successor = makeKey(KEY_2.kid);
    server.answerWith(publish(setOf(KEY_1, successor)));
    await keys.refresh();
    expect(await outcome(verifier.verify(LEAVER))).toBe('signature_invalid');
    expect(await outcome(verifier.verify(successor.mint()))).toBe('accepted');
  });

  it('does not come back through a failed fetch', async () => {
    const server = await listen(BOTH);
    const { keys, verifier, clock } = remote(server.url);
    await keys.load();
    server.answerWith(ONE);
    await keys.refresh();
    server.answerWith(status(500, setOf(KEY_1, KEY_2)));
    clock.advance(LIFETIME + 1);
    expect(await outcome(verifier.verify(LEAVER))).toBe('key_not_found');
    expect(await outcome(verifier.verify(TOKEN))).toBe('accepted');
  });
});

describe('a revoked key', () => {
  it('verifies nothing from that moment on, in no way', async () => {
    const server = await listen(BOTH);
    const { keys, verifier } = remote(server.url);
    expect(await outcome(verifier.verify(LEAVER))).toBe('accepted');
    keys.revoke(KEY_2.kid);
    expect(await outcome(() => verifier.verifySync(LEAVER))).toBe('key_not_found');
    expect(await outcome(verifier.verify(LEAVER))).toBe('key_not_found');
    expect(await outcome(verifier.verify(LEAVER, { forceKeyRefresh: true }))).toBe('key_not_found');
    expect(await outcome(() => verifier.verifySync(KEY_2.mint({}, { kid: undefined })))).toBe('signature_invalid');
    expect(await outcome(() => verifier.verifySync(TOKEN))).toBe('accepted');
  });

  it('causes no fetch', async () => {
    const server = await listen(BOTH);
    const { keys, verifier } = remote(server.url);
    await keys.load();
    keys.revoke(KEY_2.kid);
    for (let i = 0; i < 10; i++) expect(await outcome(verifier.verify(LEAVER))).toBe('key_not_found');
    expect(server.targets).toHaveLength(1);
  });

  it('stays revoked through refreshes that publish it still', async () => {
    const server = await listen(BOTH);
    const { keys, verifier, clock } = remote(server.url);
    await keys.load();
    keys.revoke(KEY_2.kid);
    for (let i = 0; i < 3; i++) {
      clock.advance(LIFETIME);
      await keys.refresh();
      expect(await outcome(verifier.verify(LEAVER))).toBe('key_not_found');
      expect(await outcome(() => verifier.verifySync(LEAVER))).toBe('key_not_found');
      expect(await outcome(verifier.verify(TOKEN))).toBe('accepted');
    }
  });

  it('may be revoked before anything was fetched, and during a fetch', async () => {
    const server = await listen(BOTH);
    const { keys, verifier } = remote(server.url);
    keys.revoke(KEY_1.kid);
    const cold = outcome(verifier.verify(LEAVER));
    keys.revoke(KEY_2.kid);
    expect(await cold).toBe('key_not_found');
    expect(await outcome(verifier.verify(TOKEN))).toBe('key_not_found');
    expect(await outcome(() => verifier.verifySync(KEY_1.mint({}, { kid: undefined })))).toBe('key_not_found');
  });

  it('is revoked for whoever shares the set, and for no other set', async () => {
    const server = await listen(BOTH);
    const first = remote(server.url);
    const second = remote(server.url);
    await Promise.all([first.keys.load(), second.keys.load()]);
    first.keys.revoke(KEY_2.kid);
    expect(await outcome(second.verifier.verify(LEAVER))).toBe('accepted');
  });
});
