import { describe, expect, it } from 'vitest';
import { createKeySet } from '../../src/jose/key-set.ts';
import {
  verifyWith,
  type Authority,
  type AuthorityDirectory,
  type TraceEvent,
  type VerifiedJwt,
} from '../../src/jose/jwt.ts';
import type { PolicyOptions } from '../../src/jose/policy.ts';
import { signJwt } from '../../src/jose/sign.ts';
import { ED_1, ED_2 } from './keys.ts';
import { outcomeOf, refusalOf } from './refusal.ts';
import { CLAIMS, encodePart, forged, mint, NOW, policyOf } from './tokens.ts';

describe('several authorities (RFC 8725 §3.8)', () => {
  const asked: string[] = [];
  const authority = (issuer: string, pair: typeof ED_1, options: Partial<PolicyOptions> = {}): Authority => ({
    keys: createKeySet({ ...pair.jwk, kid: 'k' }),
    policy: policyOf({ issuer, ...options }),
  });
  const authorities = new Map([
    ['https://one.example', authority('https://one.example', ED_1)],
    ['https://two.example', authority('https://two.example', ED_2, { audience: 'two' })],
    ['https://alias.example', authority('https://one.example', ED_1)],
    ['https://any.example', { ...authority('x', ED_1), policy: policyOf({ issuer: null }) }],
  ]);
  const directory: AuthorityDirectory = {
    policy: policyOf(),
    authorityOf: (iss) => (asked.push(iss), authorities.get(iss)),
  };
  const run = (token: string, trace?: (event: TraceEvent) => void): VerifiedJwt =>
    verifyWith(token, directory, NOW, trace === undefined ? {} : { trace }).jwt;
  const one = { ...CLAIMS, iss: 'https://one.example' };

  it.each<[string, string, string]>([
    ['a token of the one', mint(one), 'accepted'],
    [
      'a token of the other', signJwt({ ...CLAIMS, iss: 'https://two.example', aud: 'two' }, ED_2.privateKey),
      'accepted',
    ],
    [
      'a token of the one that claims to be the other', mint({ ...one, iss: 'https://two.example' }),
      'signature_invalid',
    ],
    ['the audience of the other', mint({ ...one, aud: 'two' }), 'audience_not_allowed'],
    ['a stranger', mint({ ...one, iss: 'https://three.example' }), 'issuer_not_allowed'],
    ['a stranger, forged', forged(mint({ ...one, iss: '__proto__' })), 'issuer_not_allowed'],
    ['an iss that its authority does not accept', mint({ ...one, iss: 'https://alias.example' }), 'issuer_not_allowed'],
    ['an authority that accepts any iss', mint({ ...one, iss: 'https://any.example' }), 'issuer_not_allowed'],
    ['a payload that is no JSON', mint('{'), 'invalid_json'],
    ['a payload with two iss', mint('{"iss":"a","iss":"b"}'), 'duplicate_member'],
    ['a payload that is not base64url', 'eyJhbGciOiJFZERTQSJ9.*.', 'invalid_base64url'],
    ['another typ, before the payload is read', mint('{', { alg: 'EdDSA', typ: 'x' }), 'type_not_allowed'],
    [
      'alg none, after the issuer is known', `${encodePart({ alg: 'none' })}.${encodePart(one)}.`,
      'algorithm_not_allowed',
    ],
    ['alg none of a stranger', `${encodePart({ alg: 'none' })}.${encodePart(CLAIMS)}.`, 'issuer_not_allowed'],
    ['other claims that are wrong, forged', forged(mint({ ...one, exp: 'x' })), 'signature_invalid'],
  ])('%s: %3$s', (_, token, code) => {
    expect(outcomeOf(() => run(token))).toBe(code);
  });

  it('says which claim it was that is of no authority', () => {
    expect(refusalOf(() => run(mint({ ...one, iss: 'https://three.example' })))).toMatchObject({ code: 'issuer_not_allowed', claim: 'iss' });
  });

  it.each([
    [undefined, 'claim_missing'], [7, 'claim_invalid'], [null, 'claim_invalid'],
    [['https://one.example'], 'claim_invalid'],
  ])(
    'refuses iss %o as %s, and asks for no authority',
    (iss, code) => {
      asked.length = 0;
      expect(refusalOf(() => run(mint({ ...one, iss })))).toMatchObject(
        { code, claim: 'iss', rule: 'RFC 7519 §4.1.1' },
      );
      expect(outcomeOf(() => run(mint('{"__proto__":{"iss":"https://one.example"}}')))).toBe('claim_missing');
      expect(asked).toEqual([]);
    },
  );

  it('refuses a token without iss, though Object.prototype have one', () => {
    const token = mint({ ...one, iss: undefined });
    asked.length = 0;
    Object.defineProperty(Object.prototype, 'iss', { value: one.iss, configurable: true });
    let code: string;
    try {
      code = outcomeOf(() => run(token));
    } finally {
      Reflect.deleteProperty(Object.prototype, 'iss');
    }
    expect([code, asked]).toEqual(['claim_missing', []]);
  });

  it('tells the trace which issuer was found, before its keys are asked', () => {
    const events: TraceEvent[] = [];
    run(mint(one), (event) => events.push(event));
    expect(events.map(({ step }) => step).slice(0, 4)).toEqual(
      ['parseCompact', 'parseHeader', 'selectIssuer', 'selectKeys'],
    );
    expect(events[2]).toEqual({ step: 'selectIssuer', issuer: 'https://one.example' });
  });
});
