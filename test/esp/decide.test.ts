import { describe, expect, it } from 'vitest';
import { JwtError } from '../../src/jose/errors.ts';
import { createDecider, type DeciderOptions, type Decision } from '../../src/esp/decide.ts';
import { loadOpenApi } from '../../src/esp/openapi.ts';
import { policyForAllPaths } from '../../src/esp/policy.ts';
import { createRemoteKeySet } from '../../src/keys/index.ts';
import { createTestIssuer } from '../../src/testing/index.ts';
import { bearer, decider, definition, document, ISSUER, KEYS, mint, NOW, OTHER_ISSUER, request, SERVICE,
  verdict } from './fixtures.ts';

const other = (claims: object = {}) => mint({ iss: OTHER_ISSUER, aud: 'two.example', ...claims });

describe('the policy of one issuer for all paths', () => {
  it('lets nothing pass without a token, listed or not, and tells of no document', () => {
    const policy = policyForAllPaths({ issuer: ISSUER, audiences: ['a'] });
    expect(policy).toMatchObject({ allowUnlisted: false, allowCors: false, warnings: [] });
    expect(policy.providers).toEqual([expect.objectContaining({ id: 'issuer', issuer: ISSUER, audiences: ['a'] })]);
    expect(Object.hasOwn(policy.providers[0] ?? {}, 'jwksUri')).toBe(false);
    expect(policyForAllPaths({ issuer: ISSUER, audiences: ['a'], jwksUri: 'https://k' }).providers[0]?.jwksUri).toBe('https://k');
    expect(() => policyForAllPaths({ issuer: ISSUER, audiences: [''] })).toThrow('"audiences"');
    expect(() => policyForAllPaths({ issuer: ISSUER, audiences: ['a', ''] })).toThrow('"audiences"');
  });
});

describe('what is wrong with the options', () => {
  it.each<[string, object]>([
    ['"createDecider" does not know "keyFor"', { keyFor: 1 }], ['"keysFor"', { keysFor: 1 }], ['"methodOverride"', { methodOverride: 'yes' }],
  ])('%s', (message, options) => {
    expect(() => decider(document(), options)).toThrow(message.replace(/^"createDecider".*/, 'createDecider'));
  });
});

describe('a good token whose keys must be waited for', () => {
  it('does not make up for a bad one that is looked at after it', async () => {
    const issuer = createTestIssuer({ issuer: ISSUER, audience: SERVICE, clock: () => NOW });
    const decideCold = (target: string) => {
      const keys = createRemoteKeySet(issuer.jwksUri, { fetch: issuer.fetch });
      return decider(document(), { keysFor: () => ({ keys }) })(request('GET', target, ...bearer(issuer.mint())));
    };
    expect(verdict(await decideCold('/shelves'))).toBe('allowed');
    expect(verdict(await decideCold('/shelves?access_token=a.b.c'))).not.toBe('allowed');
  });
});

describe('a refusal', () => {
  it('is of its operation, where there is one', async () => {
    const decide = decider();
    expect(await decide(request('GET', '/shelves'))).toMatchObject({ allowed: false, operation: { template: '/shelves' } });
    expect(Object.hasOwn(await decide(request('GET', '/none')), 'operation')).toBe(false);
    expect(await decide(request('get', '/shelves'))).toMatchObject({ refusal: { code: 'request_refused', method: '' } });
  });

  it('is not for methods of several words, nor for spaces around an override', async () => {
    const decide = decider(document(), { methodOverride: true });
    for (const method of ['M-SEARCH', 'VERSION-CONTROL', 'A-BC-DE']) expect(verdict(await decide(request(method, '/shelves')))).toBe('method_not_allowed');
    for (const method of ['M-', '-M', 'M--S', 'M_S', 'M-s']) expect(verdict(await decide(request(method, '/shelves')))).toBe('request_refused');
    expect(verdict(await decide(request('GET', '/open', 'X-HTTP-Method-Override', ' PUT ')))).toBe('method_not_allowed');
  });

  it('does not come of a place that is named twice', async () => {
    const one = definition(ISSUER, { 'x-google-jwt-locations': [{ query: 't' }, { query: 't' }] });
    const decide = decider(document({ securityDefinitions: { one }, paths: { '/a': { get: { security: [{ one: [] }] } } } }));
    expect(verdict(await decide(request('GET', `/a?t=${mint()}`)))).toBe('allowed');
  });
});

describe('createDecider', () => {
  const decide = decider();
  const ask = async (method: string, target: string,
    ...headers: readonly string[]) => verdict(await decide(request(method, target, ...headers)));

  it('lets through what asks for nothing, and does not look at tokens there', async () => {
    expect(await ask('GET', '/open')).toBe('allowed');
    expect(await ask('GET', '/open', ...bearer('rubbish'))).toBe('allowed');
    expect(await decide(request('GET', '/open', ...bearer(mint())))).toMatchObject({ tokens: [] });
  });

  it('tells the paths that are not listed from the methods', async () => {
    expect(await ask('GET', '/none')).toBe('operation_not_found');
    expect(await ask('PUT', '/shelves')).toBe('method_not_allowed');
    expect(await decide(request('PUT', '/shelves'))).toMatchObject({
      refusal: { template: '/shelves', methods: ['GET', 'HEAD', 'POST'] },
    });
  });

  it.each(['/shelves/../open', '/open/%2e%2e/shelves', '//shelves', 'http://api.example/shelves', '/shelves%2f1',
    '/shelves\\1'])(
    'refuses %s, with or without a token', async (target) => {
      expect(await ask('GET', target)).toBe('request_refused');
      expect(await ask('GET', target, ...bearer(mint()))).toBe('request_refused');
    },
  );

  it.each(['get', 'Get', '', 'GET ', 'CONNECT', 'G\u0130T'])('refuses the method %j', async (method) => {
    expect(await ask(method, '/open')).toBe('request_refused');
  });

  it('asks HEAD what it asks GET', async () => {
    expect(await ask('HEAD', '/shelves')).toBe('credentials_missing');
    expect(await ask('HEAD', '/shelves', ...bearer(mint()))).toBe('allowed');
  });

  it('asks for the token of the operation, under any spelling of its path', async () => {
    for (const path of ['/shelves/1', '/shelves/1/', '/%73helves/%31', '/shelves/1?x=/open']) {
      expect(await ask('GET', path), path).toBe('credentials_missing');
      expect(await ask('GET', path, ...bearer(mint())), path).toBe('allowed');
      expect(await ask('GET', path, ...bearer(other())), path).toBe('issuer_not_allowed');
      expect(await ask('DELETE', path, ...bearer(mint())), path).toBe('issuer_not_allowed');
      expect(await ask('DELETE', path, ...bearer(other())), path).toBe('allowed');
    }
  });

  it('takes any of several', async () => {
    expect(await ask('POST', '/shelves', ...bearer(mint()))).toBe('allowed');
    expect(await ask('POST', '/shelves', ...bearer(other()))).toBe('allowed');
    expect(await ask('POST', '/shelves', ...bearer(mint({ iss: 'https://third.example' })))).toBe('issuer_not_allowed');
  });

  it('keeps the audiences of an issuer to that issuer', async () => {
    expect(await ask('POST', '/shelves', ...bearer(mint({ aud: 'two.example' })))).toBe('audience_not_allowed');
    expect(await ask('POST', '/shelves', ...bearer(other({ aud: SERVICE })))).toBe('allowed');
  });

  it('never takes a bad token for none', async () => {
    expect(await ask('GET', '/optional')).toBe('allowed');
    expect(await ask('GET', '/optional', 'Authorization', 'Basic dXNlcjpwYXNz')).toBe('allowed');
    expect(await ask('GET', '/optional', ...bearer(mint()))).toBe('allowed');
    expect(await ask('GET', '/optional', ...bearer(mint({ exp: NOW - 100 })))).toBe('token_expired');
    expect(await ask('GET', '/optional', ...bearer(other()))).toBe('issuer_not_allowed');
    expect(await ask('GET', '/optional', ...bearer('rubbish'))).toBe('malformed_compact');
    expect(await ask('GET', '/optional', 'Authorization', mint())).toBe('credentials_malformed');
    expect(await ask('GET', '/optional', 'Authorization', 'Bearer')).toBe('credentials_malformed');
    expect(await ask('GET', '/optional', ...bearer(mint()), ...bearer(mint()))).toBe('credentials_repeated');
    expect(await ask('GET', '/optional?access_token=x')).toBe('malformed_compact');
  });

  it('wants every token that is there to hold', async () => {
    const bad = mint({ exp: NOW - 100 });
    expect(await ask('GET', `/shelves?access_token=${mint()}`)).toBe('allowed');
    expect(await ask('GET', '/shelves', 'X-Goog-Iap-Jwt-Assertion', mint())).toBe('allowed');
    expect(await ask('GET', `/shelves?access_token=${mint()}`, ...bearer(mint()))).toBe('allowed');
    expect(await ask('GET', `/shelves?access_token=${bad}`, ...bearer(mint()))).toBe('token_expired');
    expect(await ask('GET', `/shelves?access_token=${mint()}`, ...bearer(bad))).toBe('token_expired');
    expect(await ask('GET', '/shelves', ...bearer(mint()), 'X-Goog-Iap-Jwt-Assertion', 'x')).toBe('malformed_compact');
  });

  it('wants the tokens of all where the document joins them', async () => {
    expect(await ask('GET', '/both', ...bearer(mint()))).toBe('credentials_missing');
    expect(await ask('GET', `/both?access_token=${mint()}`, ...bearer(mint()))).toBe('credentials_missing');
    const decision = await decide(request('GET', `/both?access_token=${mint()}`, ...bearer(other())));
    // The first definition of the alternative says who the user is, wherever its token stood.
    expect(decision).toMatchObject({ allowed: true,
      tokens: [{ provider: { id: 'one' } }, { provider: { id: 'two' } }] });
  });

  it('takes some of the joined tokens for a failure, also where none would do', async () => {
    const decideBoth = decider(document({ paths: { '/a': { get: { security: [{ one: [], two: [] }, {}] } } } }));
    expect(verdict(await decideBoth(request('GET', '/a')))).toBe('allowed');
    expect(verdict(await decideBoth(request('GET', '/a', ...bearer(mint()))))).toBe('credentials_missing');
  });

  it('returns the verified token, its place and its provider', async () => {
    const token = mint();
    expect(await decide(request('GET', '/shelves', ...bearer(token)))).toMatchObject({
      allowed: true, method: 'GET', operation: { template: '/shelves' },
      tokens: [{ token, provider: { id: 'one' }, location: { in: 'header' }, jwt: { claims: { sub: 'user-1' } } }],
    });
  });
});

describe('the rest of the document and the options', () => {
  it('lets preflights through where allowCors says so, and no other method', async () => {
    const decide = decider(document({ 'x-google-endpoints': [{ allowCors: true }] }));
    expect(verdict(await decide(request('OPTIONS', '/shelves')))).toBe('allowed');
    expect(verdict(await decide(request('OPTIONS', '/none')))).toBe('operation_not_found');
    expect(verdict(await decide(request('PUT', '/shelves')))).toBe('method_not_allowed');
    expect(verdict(await decider()(request('OPTIONS', '/shelves')))).toBe('method_not_allowed');
  });

  it('lets what is not listed through with x-google-allow: all, and nothing that only looks so', async () => {
    const decide = decider(document({ 'x-google-allow': 'all' }));
    const ask = async (method: string, target: string) => verdict(await decide(request(method, target)));
    expect(await ask('GET', '/none')).toBe('allowed');
    expect(await ask('PUT', '/shelves')).toBe('allowed');
    expect(await ask('HEAD', '/shelves')).toBe('credentials_missing');
    for (const target of ['/%73helves', '/shelves/', '/shelves/a%20b']) expect(await ask('GET', target),
      target).toBe('credentials_missing');
    for (const target of ['//shelves', '/./shelves', '/x/../shelves', '/shelves;x', '/%2e/shelves', '/x%2f..%2fshelves',
      '/shelves\u0000']) {
      expect(await ask('GET', target), target).toBe('request_refused');
    }
    expect(await ask('get', '/shelves')).toBe('request_refused');
  });

  it('takes the method from X-HTTP-Method-Override only when told to', async () => {
    const headers = ['X-HTTP-Method-Override', 'DELETE'] as const;
    const ask = async (methodOverride: boolean, ...rawHeaders: readonly string[]) =>
      decider(document(), { methodOverride })(request('GET', '/shelves/1', ...bearer(other()), ...rawHeaders));
    expect(verdict(await ask(false, ...headers))).toBe('issuer_not_allowed');
    expect(await ask(true, ...headers)).toMatchObject({ allowed: true, method: 'DELETE' });
    expect(verdict(await ask(true))).toBe('issuer_not_allowed');
    expect(verdict(await ask(true, ...headers, ...headers))).toBe('request_refused');
    expect(verdict(await ask(true, 'X-HTTP-Method-Override', 'delete'))).toBe('request_refused');
    const lower = decider(document(), { methodOverride: true });
    expect(verdict(await lower(request('get', '/shelves/1', ...bearer(other()), ...headers)))).toBe('request_refused');
    expect(verdict(await ask(true, 'X-HTTP-Method-Override', 'DELETE, GET'))).toBe('request_refused');
  });

  it('decides without a document', async () => {
    const policy = policyForAllPaths({ issuer: ISSUER, audiences: ['exact'] });
    const decide = createDecider(policy, { keysFor: () => ({ keys: KEYS }), verifier: { clock: () => NOW } });
    expect(verdict(await decide(request('BREW', '/pot/1', ...bearer(mint({ aud: 'exact' })))))).toBe('allowed');
    expect(verdict(await decide(request('GET', '/',
      ...bearer(mint({ aud: 'https://exact' })))))).toBe('audience_not_allowed');
    expect(verdict(await decide(request('OPTIONS', '/')))).toBe('credentials_missing');
    expect(verdict(await decide(request('GET', '/a/../b', ...bearer(mint({ aud: 'exact' })))))).toBe('request_refused');
  });

  it('waits for keys where it must, and for nothing else', async () => {
    const issuer = createTestIssuer({ issuer: ISSUER, audience: 'exact', clock: () => NOW });
    const keys = createRemoteKeySet(issuer.jwksUri, { fetch: issuer.fetch });
    const policy = policyForAllPaths({ issuer: ISSUER, audiences: ['exact'] });
    const decide = createDecider(policy, { keysFor: () => ({ keys }), verifier: { clock: () => NOW } });
    const ask = (...fields: readonly string[]): Decision | Promise<Decision> => decide(request('GET', '/', ...fields));
    expect(ask()).toMatchObject({ allowed: false });
    expect(ask(...bearer('a.b.c'))).toMatchObject({ allowed: false });
    const first = ask(...bearer(issuer.mint()));
    expect(first).toBeInstanceOf(Promise);
    expect(verdict(await first)).toBe('allowed');
    expect(ask(...bearer(issuer.mint()))).toMatchObject({ allowed: true });
    expect(ask(...bearer(issuer.mint({ aud: 'another' })))).toMatchObject({ allowed: false });
    issuer.rotate();
    const rotated = ask(...bearer(issuer.mint()));
    expect(rotated).toBeInstanceOf(Promise);
    expect(verdict(await rotated)).toBe('allowed');
  });

  it('asks for the keys of a provider once, and at once', () => {
    const asked: string[] = [];
    const options: DeciderOptions = { keysFor: ({ id }) => (asked.push(id), { keys: KEYS }) };
    createDecider(loadOpenApi(document()), options);
    expect(asked.sort()).toEqual(['one', 'two']);
  });

  it('looks for tokens where the document says, and nowhere else', async () => {
    const one = definition(ISSUER, { 'x-google-jwt-locations': [{ header: 'X-Token' }, { query: 'jwt' }] });
    const decide = decider(document({ securityDefinitions: { one },
      paths: { '/a': { get: { security: [{ one: [] }] } } } }));
    const ask = async (target: string,
      ...headers: readonly string[]) => verdict(await decide(request('GET', target, ...headers)));
    expect(await ask('/a', ...bearer(mint()))).toBe('credentials_missing');
    expect(await ask(`/a?access_token=${mint()}`)).toBe('credentials_missing');
    expect(await ask('/a', 'x-token', mint())).toBe('allowed');
    expect(await ask(`/a?jwt=${mint()}`)).toBe('allowed');
    expect(await ask('/a', ...bearer('rubbish'), 'x-token', mint())).toBe('allowed');
  });

  it('does not take one place for another: a token of "two" where only "one" looks', async () => {
    const one = definition(ISSUER, { 'x-google-jwt-locations': [{ header: 'X-One' }] });
    const two = definition(OTHER_ISSUER, { 'x-google-jwt-locations': [{ header: 'X-Two' }] });
    const doc = document({ securityDefinitions: { one, two },
      paths: { '/a': { get: { security: [{ one: [] }, { two: [] }] } } } });
    const ask = async (...headers: readonly string[]) => verdict(await decider(doc)(request('GET', '/a', ...headers)));
    expect(await ask('x-two', other({ aud: SERVICE }))).toBe('allowed');
    expect(await ask('x-one', other({ aud: SERVICE }))).toBe('issuer_not_allowed');
  });

  it('says that keys could not be had, and passes on what is not a refusal', async () => {
    const failing = (error: Error): DeciderOptions['keysFor'] => () => ({ keys: { find: () => { throw error; } } });
    const ask = (error: Error) => decider(document(),
      { keysFor: failing(error) })(request('GET', '/shelves', ...bearer(mint())));
    expect(verdict(await ask(new JwtError('keys_unavailable')))).toBe('keys_unavailable');
    expect(() => ask(new Error('a bug'))).toThrow(TypeError);
  });

  it('refuses options that it does not know', () => {
    const policy = loadOpenApi(document());
    const keysFor = () => ({ keys: KEYS });
    expect(() => createDecider(policy,
      { keysFor, methodOveride: true } as unknown as DeciderOptions)).toThrow(TypeError);
    expect(() => createDecider(policy, {} as unknown as DeciderOptions)).toThrow(TypeError);
    expect(() => createDecider(policy,
      { keysFor, verifier: { clok: () => 1 } } as unknown as DeciderOptions)).toThrow(TypeError);
  });
});
