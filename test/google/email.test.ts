import { describe, expect, it } from 'vitest';
import { emailIsAuthoritative } from '../../src/google/index.ts';
import { untyped } from '../verifier/issuer.ts';

type Claims = Parameters<typeof emailIsAuthoritative>[0];

describe('emailIsAuthoritative', () => {
  it.each<[boolean, string, Claims]>([
    [true, 'a Gmail address', { email: 'user@gmail.com' }],
    [true, 'a Gmail address, verified or not', { email: 'user@gmail.com', email_verified: false }],
    [true, 'a verified address of an organisation',
      { email: 'user@example.com', email_verified: true, hd: 'example.com' }],
    [false, 'a verified address of no organisation', { email: 'user@example.com', email_verified: true }],
    [false, 'an unverified address of an organisation',
      { email: 'user@example.com', email_verified: false, hd: 'example.com' }],
    [false, 'an address of an organisation that does not say', { email: 'user@example.com', hd: 'example.com' }],
    [false, 'an empty organisation', { email: 'user@example.com', email_verified: true, hd: '' }],
    [false, 'a domain that only ends likewise', { email: 'user@notgmail.com', email_verified: true }],
    [false, 'a domain that only begins likewise', { email: 'user@gmail.com.example', email_verified: true }],
    [false, 'no address', { email_verified: true, hd: 'example.com' }],
    [false, 'an address that is not a string', untyped({ email: ['user@gmail.com'] })],
    [false, 'verified in words', untyped({ email: 'user@example.com', email_verified: 'true', hd: 'example.com' })],
    [false, 'an organisation that is not a string',
      untyped({ email: 'user@example.com', email_verified: true, hd: ['example.com'] })],
  ])('%s: %s', (expected, _, claims) => expect(emailIsAuthoritative(claims)).toBe(expected));

  it('looks at the claims themselves, not at what they inherit', () => {
    Object.assign(Object.prototype, { hd: 'example.com', email_verified: true });
    try {
      expect(emailIsAuthoritative({ email: 'user@example.com' })).toBe(false);
    } finally {
      Reflect.deleteProperty(Object.prototype, 'hd');
      Reflect.deleteProperty(Object.prototype, 'email_verified');
    }
  });
});
