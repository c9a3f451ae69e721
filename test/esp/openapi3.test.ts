import { describe, expect, it } from 'vitest';
import { loadOpenApi } from '../../src/esp/openapi.ts';
import { keySourceOf, policyForAllPaths } from '../../src/esp/policy.ts';
import { audienceSpellings } from '../../src/esp/audience.ts';
import { ISSUER, SERVICE } from './fixtures.ts';

const AUTH = { issuer: ISSUER, jwksUri: 'https://keys.example/jwks', audiences: ['https://aud.example/'] };

function document(more: object = {}, auth: object = AUTH, scheme: object = {}): object {
  return {
    openapi: '3.0.3',
    servers: [
      { url: 'https://other.example/' },
      { url: `https://${SERVICE}/v1`, 'x-google-endpoint': { allowCors: true } },
    ],
    'x-google-api-management': {},
    components: { securitySchemes: { one: { type: 'oauth2', flows: {}, 'x-google-auth': auth, ...scheme } } },
    paths: { '/a': { get: { security: [{ one: [] }] } } },
    ...more,
  };
}

describe('loadOpenApi, 3.x', () => {
  it('reads the marked server, the schemes and the operations', () => {
    const policy = loadOpenApi(document());
    expect(policy).toMatchObject({ serviceName: SERVICE, allowCors: true, allowUnlisted: false, warnings: [] });
    expect(policy.operations).toMatchObject([{ method: 'GET', template: '/v1/a', optional: false }]);
    expect(policy.providers).toMatchObject([{ id: 'one', issuer: ISSUER, jwksUri: AUTH.jwksUri }]);
    expect(policy.providers[0]?.audiences).toEqual(audienceSpellings(['aud.example', SERVICE]));
  });

  it.each(['http', 'openIdConnect', 'oauth2'])('takes x-google-auth in a scheme of type %s', (type) => {
    expect(loadOpenApi(document({}, AUTH, { type })).providers).toHaveLength(1);
  });

  it('reads locations', () => {
    const jwtLocations = [{ header: 'X-T', valuePrefix: 'T ' }, { query: 'q' }, { cookie: 'c' }];
    expect(loadOpenApi(document({}, { ...AUTH, jwtLocations })).providers[0]?.locations).toEqual([
      { in: 'header', name: 'x-t', prefix: 'T ' }, { in: 'query', name: 'q' }, { in: 'cookie', name: 'c' },
    ]);
  });

  it('needs no mark where there is one server, and no server where there is a name or an audience', () => {
    expect(loadOpenApi(document({ servers: [{ url: 'https://one.example/x' }] })).serviceName).toBe('one.example');
    expect(loadOpenApi(document({ servers: undefined })).operations[0]?.template).toBe('/a');
    expect(loadOpenApi(document({ servers: [{ url: '/v2' }] })).operations[0]?.template).toBe('/v2/a');
    expect(loadOpenApi(document({ servers: undefined }), { serviceName: 's' }).serviceName).toBe('s');
    expect(loadOpenApi(document({ servers: undefined,
      'x-google-api-management': { allowCors: true } })).allowCors).toBe(true);
  });

  it.each(['3.10.0', '3.0.10', '3.1.0-rc'])('reads version %s', (openapi) => {
    expect(loadOpenApi(document({ openapi })).operations).toHaveLength(1);
  });

  it.each([['https://one.example', '/a'], ['http://one.example', '/a'], ['https://one.example/', '/a'], ['https://one.example/x/', '/x/a']])(
    'takes the base path of %s', (url, template) => {
      const policy = loadOpenApi(document({ servers: [{ url }] }));
      expect(policy.operations[0]?.template).toBe(template);
      expect([policy.serviceName, policy.allowCors]).toEqual(['one.example', false]);
    });

  it('has no name for a service that is given none, and no schemes where there are none', () => {
    const policy = loadOpenApi({ openapi: '3.0.0', paths: { '/a': { get: {} } } });
    expect([Object.hasOwn(policy, 'serviceName'), policy.allowCors, policy.operations.length]).toEqual([false, false, 1]);
    expect(loadOpenApi({ openapi: '3.0.0', 'components': {}, 'paths': {}, 'x-google-allow': 'configured' }).warnings)
      .toEqual(['no operation wants a token: everything that is listed is open']);
  });

  it('knows what cannot be enforced by its type', () => {
    for (const type of ['apiKey', 'http', 'mutualTLS', 'oauth2', 'openIdConnect']) {
      const components = { securitySchemes: { key: { type } } };
      expect(() => loadOpenApi(document({ components, paths: { '/a': { get: { security: [{ key: [] }] } } } }))).toThrow('--unenforced key');
    }
  });

  it('wants one scheme for each issuer', () => {
    const scheme = { 'type': 'oauth2', 'x-google-auth': AUTH };
    expect(() => loadOpenApi(document({ components: { securitySchemes: { one: scheme, two: scheme } } })))
      .toThrow('components.securitySchemes.two.x-google-auth.issuer: is also that of "one"');
  });

  const wrong: readonly (readonly [path: string, document: object])[] = [
    // It would be another path behind the base path: /v1a.
    ['paths.a', document({ paths: { a: { get: {} } } })],
    ['openapi', document({ openapi: '4.0.0' })],
    ['openapi', document({ openapi: '13.0.0' })],
    ['openapi', document({ openapi: undefined })],
    // Which of the two is meant, two readers would say differently.
    ['openapi', document({ swagger: '2.0' })],
    ['openapi', document({ swagger: '1.2' })],
    ['openapi', document({ openapi: 3.1 })],
    ['openapi', document({ openapi: ['3.0.0'] })],
    ['servers[0].url', document({ servers: [{ url: 'xhttps://a.example/' }] })],
    ['servers[0].url', document({ servers: [{ url: 'https://a.example/b?c' }] })],
    ['components.securitySchemes.one.type', document({}, AUTH, { type: 'mutualTLS' })],
    ['components.securitySchemes.one.type', document({}, AUTH, { type: 'apiKey' })],
    ['servers', document({ servers: {} })],
    ['servers', document({ servers: [{ url: '/a' }, { url: '/b' }] })],
    ['servers', document({ servers: [{ url: '/a', 'x-google-endpoint': {} },
      { url: '/b', 'x-google-endpoint': {} }] })],
    ['servers[0].url', document({ servers: [{ url: 'https://{host}/' }] })],
    ['servers[0].url', document({ servers: [{ url: 'ftp://a.example/' }] })],
    ['servers[0].url', document({ servers: [{ url: 'v1' }] })],
    ['servers[0].url', document({ servers: [{ url: '/a/../b' }] })],
    ['servers[0].url', document({ servers: [{}] })],
    ['servers[1].x-google-endpoint', document({ servers: [{ url: '/' }, { url: '/', 'x-google-endpoint': true }] })],
    ['x-google-api-management', document({ 'x-google-api-management': 'x' })],
    ['x-google-api-management.allowCors', document({ 'x-google-api-management': { allowCors: 1 } })],
    ['components.securitySchemes', document({ components: { securitySchemes: [] } })],
    ['components.securitySchemes.one.type', document({}, AUTH, { type: 'apiKey' })],
    ['components.securitySchemes.one.type', document({}, AUTH, { type: 'jwt' })],
    ['components.securitySchemes.one.$ref', document({}, AUTH, { $ref: '#/x' })],
    ['components.securitySchemes.one.x-google-issuer', document({}, AUTH, { 'x-google-issuer': ISSUER })],
    ['components.securitySchemes.one.x-google-auth', document({}, [])],
    ['components.securitySchemes.one.x-google-auth.jwks_uri',
      document({}, { ...AUTH, jwks_uri: 'https://a.example/' })],
    ['components.securitySchemes.one.x-google-auth.audience', document({}, { ...AUTH, audience: 'a' })],
    ['components.securitySchemes.one.x-google-auth.audiences', document({}, { ...AUTH, audiences: 'a,b' })],
    ['components.securitySchemes.one.x-google-auth.audiences[1]', document({}, { ...AUTH, audiences: ['a', ''] })],
    ['components.securitySchemes.one.x-google-auth.issuer', document({}, { audiences: ['a'] })],
    ['components.securitySchemes.one.x-google-auth.issuer', document({ servers: undefined }, { issuer: ISSUER })],
    ['components.securitySchemes.one.x-google-auth.jwtLocations[0].value_prefix', document({}, {
      ...AUTH, jwtLocations: [{ header: 'a', value_prefix: 'b' }],
    })],
  ];
  it.each(wrong)('refuses a wrong %s', (path, doc) => {
    const field = path.replace(/[.[\]$]/g, '\\$&');
    expect(() => loadOpenApi(doc)).toThrow(new RegExp(`^the OpenAPI document, ${field}[:.[]`));
  });

  it('refuses a scheme without x-google-auth where it is the only one', () => {
    const components = { securitySchemes: { one: { type: 'http', scheme: 'bearer' } } };
    expect(() => loadOpenApi(document({ components }))).toThrow('one cannot be enforced');
    expect(loadOpenApi(document({ components }), { unenforced: ['one'] }).operations[0]?.alternatives).toEqual([]);
  });
});

describe('keySourceOf', () => {
  const account = 'me@my-project.iam.gserviceaccount.com';
  it.each([
    [{ issuer: ISSUER, jwksUri: 'https://a.example/k' }, { kind: 'jwks', url: 'https://a.example/k' }],
    [{ issuer: 'me@mail.example', jwksUri: 'https://a.example/k' }, { kind: 'jwks', url: 'https://a.example/k' }],
    [{ issuer: account }, { kind: 'jwks', url: `https://www.googleapis.com/service_accounts/v1/jwk/${account}` }],
    [{ issuer: 'https://accounts.google.com' }, { kind: 'discovery', issuer: 'https://accounts.google.com' }],
    [{ issuer: 'accounts.google.com' }, { kind: 'discovery', issuer: 'https://accounts.google.com' }],
    [{ issuer: 'https://login.example/@tenant' }, { kind: 'discovery', issuer: 'https://login.example/@tenant' }],
    [{ issuer: 'me@mail.example' }, undefined],
    [{ issuer: 'me@evil.example/x.gserviceaccount.com' },
      { kind: 'discovery', issuer: 'https://me@evil.example/x.gserviceaccount.com' }],
    [{ issuer: 'a b' }, undefined],
    [{ issuer: 'https://me@p.gserviceaccount.com' }, { kind: 'discovery', issuer: 'https://me@p.gserviceaccount.com' }],
    [{ issuer: `${account}.evil.example` }, undefined],
    [{ issuer: 'me@developer.gserviceaccount.com' },
      { kind: 'jwks', url: 'https://www.googleapis.com/service_accounts/v1/jwk/me@developer.gserviceaccount.com' }],
    [{ issuer: 'issuer.example/http://x' }, { kind: 'discovery', issuer: 'https://issuer.example/http://x' }],
  ])('%j', (provider, source) => {
    expect(keySourceOf(provider)).toEqual(source);
  });
});

describe('audienceSpellings', () => {
  const strip = (text: string) => text.replace(/^https?:\/\//, '').replace(/\/$/, '');
  it.each(['a.example', 'https://a.example', 'http://a.example/', 'a.example/', 'a//', 'https://https://a', 'https://',
    '/', 'HTTPS://a', 'a/b', 'a-https://b'])(
    '%s: exactly what ESP takes for it',
    (audience) => {
      const spellings = audienceSpellings([audience]);
      expect(new Set(spellings).size).toBe(spellings.length);
      expect(spellings.every((spelling) => spelling !== '' && strip(spelling) === strip(audience))).toBe(true);
      for (const scheme of ['', 'http://', 'https://', 'HTTP://', 'ftp://', '//']) {
        for (const tail of ['', '/', '//']) {
          const candidate = `${scheme}${strip(audience)}${tail}`;
          const same = candidate !== '' && strip(candidate) === strip(audience);
          expect(spellings.includes(candidate), candidate).toBe(same);
        }
      }
    },
  );
});

describe('policyForAllPaths', () => {
  it('asks the same of everything, and adds no spelling', () => {
    const policy = policyForAllPaths({ issuer: ISSUER, audiences: ['a'] });
    expect(policy.providers).toMatchObject([{ issuer: ISSUER, audiences: ['a'] }]);
    expect(policy.operations).toMatchObject([{ method: '*', template: '/**', optional: false }]);
    expect(() => policyForAllPaths({ issuer: ISSUER, audiences: [] })).toThrow(TypeError);
    expect(() => policyForAllPaths({ issuer: '', audiences: ['a'] })).toThrow(TypeError);
  });
});
