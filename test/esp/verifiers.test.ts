import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createKeySet } from '../../src/jose/key-set.ts';
import { signJwt } from '../../src/jose/sign.ts';
import { loadOpenApi } from '../../src/esp/openapi.ts';
import type { AuthProvider } from '../../src/esp/policy.ts';
import { createVerifierSource, ESP_CHECKS } from '../../src/esp/verifiers.ts';
import { bearer, decider, definition, document, ISSUER, KEYS, mint, NOW, request, SERVICE, verdict } from './fixtures.ts';
import { exportJwk } from '../../src/jose/pem.ts';

describe('what the page asks of claims', () => {
  const decide = decider();
  const verdictOf = async (claims: object, by = mint) => {
    const decision = await decide(request('GET', '/shelves', ...bearer(by(claims as Record<string, unknown>))));
    return decision.allowed ? 'allowed' : [decision.refusal.code,
      decision.refusal.error?.claim ?? decision.refusal.error?.check].join(' ');
  };
  it.each<readonly [object, string]>([
    [{}, 'allowed'],
    [{ iss: undefined }, 'claim_missing iss'],
    [{ sub: undefined }, 'claim_missing sub'],
    [{ aud: undefined }, 'claim_missing aud'],
    [{ exp: undefined }, 'claim_missing exp'],
    [{ iat: undefined }, 'allowed'],
    [{ iss: 1 }, 'claim_invalid iss'],
    [{ sub: 1 }, 'claim_invalid sub'],
    [{ jti: 1 }, 'claim_invalid jti'],
    [{ aud: 1 }, 'claim_invalid aud'],
    [{ aud: [SERVICE, 1] }, 'claim_invalid aud'],
    [{ exp: `${NOW + 9}` }, 'claim_invalid exp'],
    [{ nbf: '1' }, 'claim_invalid nbf'],
    [{ iat: null }, 'claim_invalid iat'],
    [{ iat: 0 }, 'check_failed positive_iat'],
    [{ iat: -1 }, 'check_failed positive_iat'],
    [{ nbf: 0 }, 'check_failed positive_nbf'],
    [{ iat: 0.5, nbf: 0.5 }, 'allowed'],
    // A time before 1970 is past, whatever else it is.
    [{ exp: 0 }, 'token_expired exp'],
    [{ exp: NOW - 59 }, 'allowed'],
    [{ exp: NOW - 60 }, 'token_expired exp'],
    [{ nbf: NOW + 60 }, 'allowed'],
    [{ nbf: NOW + 61 }, 'token_not_yet_valid nbf'],
    [{ iat: NOW + 61 }, 'token_issued_in_future iat'],
    [{ aud: [] }, 'audience_not_allowed aud'],
    [{ aud: ['x', `https://${SERVICE}/`] }, 'allowed'],
    [{ aud: `http://${SERVICE}` }, 'allowed'],
    [{ aud: `https://${SERVICE}//` }, 'audience_not_allowed aud'],
    [{ aud: `ftp://${SERVICE}` }, 'audience_not_allowed aud'],
    [{ aud: `${SERVICE}.evil` }, 'audience_not_allowed aud'],
    [{ iss: `${ISSUER}/` }, 'issuer_not_allowed iss'],
  ])('%j: %s', async (claims, expected) => {
    expect(await verdictOf(claims)).toBe(expected);
  });

  it('asks for an "exp" above zero even where the clock stands there', async () => {
    const early = decider(document(), { verifier: { clock: () => 10 } });
    const decision = await early(request('GET', '/shelves', ...bearer(mint({ exp: 0, iat: 1 }))));
    expect(decision).toMatchObject({ refusal: { code: 'check_failed', error: { check: 'positive_exp' } } });
  });

  it('says nothing of a claim that is not there: that it is missing is for another rule to say', () => {
    for (const check of Object.values(ESP_CHECKS)) expect(check({}, { alg: 'ES256' })).toBe(true);
  });

  it('wants an e-mail issuer to speak for itself', async () => {
    const email = 'me@project.iam.gserviceaccount.com';
    const doc = document({
      securityDefinitions: { one: definition(email), two: definition('https://login.example/@tenant') },
      paths: { '/shelves': { get: { security: [{ one: [] }, { two: [] }] } } },
    });
    const ask = async (claims: Record<string, unknown>) => {
      const decision = await decider(doc)(request('GET', '/shelves', ...bearer(mint(claims))));
      return decision.allowed ? 'allowed' : `${decision.refusal.code} ${decision.refusal.error?.check}`;
    };
    expect(await ask({ iss: email, sub: email })).toBe('allowed');
    expect(await ask({ iss: email, sub: 'other@project.iam.gserviceaccount.com' })).toBe('check_failed self_issued');
    expect(await ask({ iss: email, sub: email.toUpperCase() })).toBe('check_failed self_issued');
    expect(await ask({ iss: 'https://login.example/@tenant', sub: 'me' })).toBe('allowed');
  });
});

describe('createVerifierSource', () => {
  it('gives one verifier for one set of providers, in whatever order they are named, and asks once for the keys of each', () => {
    const { providers } = loadOpenApi(document());
    const asked: AuthProvider[] = [];
    const verifierOf = createVerifierSource((provider) => {
      asked.push(provider);
      return { keys: KEYS };
    });
    const verifier = verifierOf(providers);
    expect(verifierOf([...providers])).toBe(verifier);
    expect(verifierOf([...providers].reverse())).toBe(verifier);
    expect(providers.map((provider) => verifierOf([provider]) === verifier)).toEqual([false, false]);
    expect(asked).toEqual(providers);
  });
});

describe('algorithms', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ed = generateKeyPairSync('ed25519');
  const secret = createSecretKey(Buffer.alloc(32, 7));
  const keys = createKeySet({ keys: [
    { ...exportJwk(rsa.publicKey), kid: 'rs', alg: 'RS256' },
    { ...exportJwk(rsa.publicKey), kid: 'ps', alg: 'PS256' },
    { ...exportJwk(ed.publicKey), kid: 'ed' },
  ] });
  const claims = { iss: ISSUER, sub: 's', aud: SERVICE, exp: NOW + 60 };

  it('takes RS*, PS*, ES* and EdDSA, and no shared secret', async () => {
    const decide = decider(document(), { keysFor: () => ({ keys }) });
    const ask = async (token: string) => verdict(await decide(request('GET', '/shelves', ...bearer(token))));
    expect(await ask(signJwt(claims, rsa.privateKey, { kid: 'rs' }))).toBe('allowed');
    expect(await ask(signJwt(claims, rsa.privateKey, { kid: 'ps', alg: 'PS256' }))).toBe('allowed');
    expect(await ask(signJwt(claims, ed.privateKey, { kid: 'ed' }))).toBe('allowed');
    expect(await ask(signJwt(claims, secret, { kid: 'rs' }))).toBe('algorithm_not_allowed');
  });

  it('takes a shared secret where one was given, and nothing else there', async () => {
    const decide = decider(document(), { keysFor: () => ({ keys: createKeySet(secret), algorithms: ['HS256'] }) });
    const ask = async (token: string) => verdict(await decide(request('GET', '/shelves', ...bearer(token))));
    expect(await ask(signJwt(claims, secret))).toBe('allowed');
    expect(await ask(mint())).toBe('algorithm_not_allowed');
  });
});
