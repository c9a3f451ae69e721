import { describe, expect, it } from 'vitest';
import { createGoogleVerifier } from '../../src/google/index.ts';
import { PRESET_OPTIONS } from '../../src/google/preset.ts';
import type { PolicyOptions } from '../../src/jose/policy.ts';
import { OPTIONS, untyped } from '../verifier/issuer.ts';

const GOOGLE_OPTIONS = { audience: 'client-1', keys: OPTIONS.keys, clock: OPTIONS.clock };

/** What a preset does with each option of a policy. Does not compile when one is missing. */
const OF_POLICY: Readonly<Record<keyof PolicyOptions, 'settled by the preset' | 'for the caller'>> = {
  issuer: 'settled by the preset', algorithms: 'settled by the preset', typ: 'settled by the preset',
  audience: 'for the caller', leeway: 'for the caller', maxTokenLength: 'for the caller', requiredClaims: 'for the caller',
  maxAge: 'for the caller', maxLifetime: 'for the caller', subject: 'for the caller', checks: 'for the caller',
};

it('presets hand on every option of a policy but those that they settle', () => {
  const open = Object.entries(OF_POLICY).filter(([, whose]) => whose === 'for the caller').map(([name]) => name);
  expect([...PRESET_OPTIONS].sort()).toEqual([...open, 'keys', 'clock', 'cache'].sort());
});

describe('the options of createGoogleVerifier', () => {
  it.each([
    ['audience', [undefined, null, '', [], [''], 1]],
    ['keys', [undefined, null, {}, { keys: [] }, 'https://www.googleapis.com/oauth2/v3/certs']],
    ['hostedDomain', [undefined, null, '', [], 1, true, new Array(1)]],
    ['authorizedParty', [undefined, null, '', [], 1, true]],
    ['requireVerifiedEmail', [undefined, null, 'true', 1, 0]],
    ['maxLifetime', [undefined, null, -1, 86_401, Infinity, '3600']],
    ['requiredClaims', [undefined, null, 'sub', [1]]],
    ['leeway', [undefined, null, 301]], ['clock', [undefined, null, 1]], ['checks', [undefined, null]],
    ['maxAge', [undefined, null]],
  ])('refuse a %s that would turn a check off', (name, values) => {
    for (const value of values) {
      expect(() => createGoogleVerifier(untyped({ ...GOOGLE_OPTIONS, [name]: value })), String(value))
        .toThrow(TypeError);
    }
  });

  it.each(['issuer', 'issuers', 'algorithms', 'typ', 'hd', 'nonce', 'accessToken', 'audiance'])('do not know %s',
    (name) => {
    expect(() => createGoogleVerifier(untyped({ ...GOOGLE_OPTIONS, [name]: 'x' }))).toThrow(TypeError);
  });
});
