import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/server/limits.ts';

describe('the limits of a server, where nobody says otherwise,', () => {
  it('leave room for the longest token that a verifier reads, and for as much beside it', () => {
    expect(DEFAULT_LIMITS.headOctets).toBeGreaterThan(2 * 10_000);
  });

  it('give up on a service that is not there before they give up on one that is slow', () => {
    expect(DEFAULT_LIMITS.connectTimeout).toBeLessThan(DEFAULT_LIMITS.idleTimeout);
    expect(DEFAULT_LIMITS.idleTimeout).toBeLessThan(DEFAULT_LIMITS.upgradedIdle);
  });

  it('keep a connection for longer than the minute after which a load balancer forgets it', () => {
    expect(DEFAULT_LIMITS.keepAlive).toBeGreaterThan(60);
  });

  it('are all there, each more than nothing, and nobody\'s to change', () => {
    expect(Object.values(DEFAULT_LIMITS).every((limit) => limit > 0)).toBe(true);
    expect(Object.isFrozen(DEFAULT_LIMITS)).toBe(true);
  });
});
