import { describe, expect, it } from 'vitest';
import { loadOpenApi, type LoadOptions } from '../../src/esp/openapi.ts';
import { DEFAULT_LOCATIONS, type Operation } from '../../src/esp/policy.ts';
import { definition, document, ISSUER, OTHER_ISSUER, SERVICE } from './fixtures.ts';

/** `GET /a` -> the ids of its alternatives, "?" where it is optional. */
function wishes(operations: readonly Operation[]): Readonly<Record<string, string>> {
  return Object.fromEntries(operations.map(({ method, template, alternatives, optional }) => [
    `${method} ${template}`,
    alternatives.map((providers) => providers.map(({ id }) => id).join('+')).join('|') + (optional ? '?' : ''),
  ]));
}

/** A document of one path `/a` with a GET that has these requirements. */
function asking(security: unknown, more: object = {}): object {
  return document({ paths: { '/a': { get: { security } } }, ...more });
}

const loading = (doc: string | object, options?: LoadOptions) => () => loadOpenApi(doc, options);

describe('what is wrong with the options is named', () => {
  it.each<[string, object]>([
    ['"serviceName"', { serviceName: 1 }], ['"unenforced"', { unenforced: [1] }], ['"unenforced" expected an array', { unenforced: 'key' }],
    ['"allowLoopbackHttp"', { allowLoopbackHttp: 1 }], ['loadOpenApi', { allowLoopback: true }],
  ])('%s', (message, options) => {
    expect(loading(document(), options)).toThrow(message);
    expect(loading(document(), options)).toThrow(TypeError);
  });
});

describe('a definition', () => {
  const one = (more: object, issuer = ISSUER) => asking([{ one: [] }], { securityDefinitions: { one: definition(issuer, more) } });
  const keysOf = (doc: object, options?: LoadOptions) => loadOpenApi(doc, options).providers[0]?.jwksUri;
  it('may have its keys on this very machine, over http, where that is said', () => {
    for (const url of ['http://127.0.0.1:1/k', 'http://127.10.200.255/k', 'http://[::1]/k']) {
      expect(keysOf(one({ 'x-google-jwks_uri': url }), { allowLoopbackHttp: true })).toBe(url);
      expect(loading(one({ 'x-google-jwks_uri': url }))).toThrow('securityDefinitions.one.x-google-jwks_uri: expected an https URL');
    }
    for (const url of ['ftp://127.0.0.1/k', 'http://localhost/k', 'http://127.0.0.1.example/k', 'http://128.0.0.1/k']) {
      expect(loading(one({ 'x-google-jwks_uri': url }), { allowLoopbackHttp: true })).toThrow('expected an https URL');
    }
  });

  it('of an e-mail issuer has its keys where it says, and one that says nothing has no address at all', () => {
    expect(keysOf(one({}, 'robot@mail.example'))).toBe('https://keys.example/jwks');
    const policy = loadOpenApi(one({ 'x-google-jwks_uri': undefined }));
    expect(Object.hasOwn(policy.providers[0] ?? {}, 'jwksUri')).toBe(false);
  });

  it('has places for its tokens, each of one kind', () => {
    const at = (...places: object[]) => one({ 'x-google-jwt-locations': places });
    expect(loadOpenApi(at({ query: 'a b' })).providers[0]?.locations).toEqual([{ in: 'query', name: 'a b' }]);
    for (const place of [{}, { value_prefix: 'a' }, { header: 'a', query: 'b' }]) {
      expect(loading(at(place))).toThrow('x-google-jwt-locations[0]: expected one of header, query and cookie');
    }
    expect(loading(at({ cookie: 'a b' }))).toThrow('x-google-jwt-locations[0].cookie: expected a name');
  });

  it('that cannot be enforced is named with the way out, and its scopes are nobody\'s to enforce', () => {
    const paths = { '/a': { get: { security: [{ key: ['scope'] }] } } };
    expect(loading(document({ paths }))).toThrow(/^the OpenAPI document, paths\.\/a\.get\.security\[0\]: key cannot be enforced here; .*--unenforced key$/);
    expect(loadOpenApi(document({ paths }), { unenforced: ['key'] }).warnings).toEqual([
      'paths./a.get.security[0]: key cannot be enforced here, and is left to be enforced elsewhere',
      'no operation wants a token: everything that is listed is open',
    ]);
  });
});

describe('loadOpenApi, 2.0', () => {
  it('reads operations and what they want', () => {
    const policy = loadOpenApi(document());
    expect(wishes(policy.operations)).toEqual({
      'GET /open': '', 'GET /shelves': 'one', 'POST /shelves': 'one|two', 'GET /shelves/{shelf}': 'one',
      'DELETE /shelves/{shelf}': 'two', 'GET /optional': 'one?', 'GET /both': 'one+two',
    });
    expect(policy).toMatchObject({ serviceName: SERVICE, allowUnlisted: false, allowCors: false, warnings: [] });
    expect(policy.providers.map(({ id }) => id)).toEqual(['one', 'two']);
  });

  it('reads providers: exact issuer, every spelling of the audiences and of the service', () => {
    const [one, two] = loadOpenApi(document()).providers;
    expect(one).toMatchObject({ issuer: ISSUER, jwksUri: 'https://keys.example/jwks', locations: DEFAULT_LOCATIONS });
    expect(two?.issuer).toBe(OTHER_ISSUER);
    const spellings = (name: string) => ['', 'http://', 'https://'].flatMap((s) => [`${s}${name}`, `${s}${name}/`]);
    expect(one?.audiences).toEqual(spellings(SERVICE));
    expect(two?.audiences).toEqual([...spellings('two.example'), ...spellings(SERVICE)]);
  });

  it('splits audiences at commas, trims them, and ignores empty ones', () => {
    const one = definition(ISSUER, { 'x-google-audiences': ' a , ,b,' });
    const policy = loadOpenApi(asking([{ one: [] }], { securityDefinitions: { one } }));
    expect(policy.providers[0]?.audiences).toEqual(expect.arrayContaining(['a', 'https://a/', 'b', SERVICE]));
    expect(policy.providers[0]?.audiences).toHaveLength(18);
  });

  it('reads locations in place of the defaults', () => {
    const one = definition(ISSUER, {
      'x-google-jwt-locations': [{ header: 'X-Token', value_prefix: 'Tok ' }, { query: 'jwt' }, { cookie: 'session' }],
    });
    expect(loadOpenApi(asking([{ one: [] }], { securityDefinitions: { one } })).providers[0]?.locations).toEqual([
      { in: 'header', name: 'x-token', prefix: 'Tok ' }, { in: 'query', name: 'jwt' },
        { in: 'cookie', name: 'session' },
    ]);
  });

  it('lets an operation override the top, and switch it off', () => {
    const { operations } = loadOpenApi(document({
      security: [{ two: [] }],
      paths: { '/a': { get: {}, put: { security: [{ one: [] }] }, post: { security: [] } } },
    }));
    expect(wishes(operations)).toEqual({ 'GET /a': 'two', 'PUT /a': 'one', 'POST /a': '' });
  });

  it.each([['/v1', '/v1/a'], ['/v1/', '/v1/a'], ['/', '/a'], ['/v1/x', '/v1/x/a']])('puts %s before the paths',
    (basePath, path) => {
    expect(loadOpenApi(asking([], { basePath })).operations[0]?.template).toBe(path);
  });

  it('reads x-google-allow and allowCors', () => {
    const policy = loadOpenApi(document({ 'x-google-allow': 'all',
      'x-google-endpoints': [{ name: SERVICE, allowCors: true }] }));
    expect(policy).toMatchObject({ allowUnlisted: true, allowCors: true });
    expect(policy.warnings).toEqual([expect.stringContaining('x-google-allow: all')]);
  });

  it('takes the service name from the operator before the document', () => {
    const policy = loadOpenApi(document(), { serviceName: 'other.name' });
    expect(policy.serviceName).toBe('other.name');
    expect(policy.providers[0]?.audiences).not.toContain(SERVICE);
  });

  it('accepts what is in the examples: an empty authorizationUrl, no scopes, no flow', () => {
    const one = { type: 'oauth2', authorizationUrl: '', 'x-google-issuer': ISSUER };
    expect(loadOpenApi(asking([{ one: [] }], { securityDefinitions: { one } })).providers[0]?.jwksUri).toBeUndefined();
  });

  it('warns where something written is not done', () => {
    const policy = loadOpenApi(asking([{ one: ['read'] }], { 'x-google-management': {}, 'x-google-backend': {} }));
    expect(policy.warnings).toEqual([
      'x-google-management: ignored, it does not concern tokens',
      'x-google-backend: ignored, it does not concern tokens',
      'paths./a.get.security[0].one: scopes are not enforced',
    ]);
    expect(loadOpenApi(asking([])).warnings).toEqual(['no operation wants a token: everything that is listed is open']);
  });
});

describe('what cannot be enforced', () => {
  const basic = { basic: { type: 'basic' } };
  const cases: readonly (readonly [security: unknown, unenforced: readonly string[], outcome: string | RegExp])[] = [
    [[{ one: [] }, { key: [] }], [], 'one'],
    [[{ key: [] }, { one: [] }], [], 'one'],
    [[{ one: [] }, { key: [] }], ['key'], 'one'],
    [[{ key: [] }, {}], [], ''],
    [[{ one: [] }, { key: [] }, {}], [], 'one?'],
    [[{ key: [] }], [], /paths\.\/a\.get\.security\[0\]: key cannot be enforced .*--unenforced key/],
    [[{ key: [] }], ['key'], ''],
    [[{ key: [] }, { basic: [] }], [], /security\[0\]/],
    [[{ key: [] }, { basic: [] }], ['key'], ''],
    [[{ key: [], basic: [] }], ['key'], /security\[0\]/],
    [[{ key: [], basic: [] }], ['key', 'basic'], ''],
    [[{ one: [], key: [] }], [], /security\[0\]/],
    [[{ one: [], key: [] }], ['key'], 'one'],
    [[{ one: [], key: [], basic: [] }], ['key'], /security\[0\]/],
    [[{ two: [] }, { one: [], key: [] }], [], /security\[1\]/],
  ];
  it.each(cases)('%j with %j: %s', (security, unenforced, outcome) => {
    const load = loading(asking(security, {
      securityDefinitions: {
        one: definition(ISSUER), two: definition(OTHER_ISSUER), key: { type: 'apiKey', name: 'key', in: 'query' },
          ...basic,
      },
    }), { unenforced });
    if (outcome instanceof RegExp) {
      expect(load).toThrow(outcome);
      expect(load).toThrow(TypeError);
    } else {
      expect(wishes(load().operations)).toEqual({ 'GET /a': outcome });
      expect(load().warnings.length).toBeGreaterThan(0);
    }
  });

  it('refuses an --unenforced that does nothing', () => {
    expect(loading(document(), { unenforced: ['kye'] })).toThrow('"kye"');
    expect(loading(document(), { unenforced: ['one'] })).toThrow('"one"');
  });
});

describe('a wrong document is refused, with the path of the field', () => {
  const withOne = (one: object, more: object = {}) => asking([{ one: [] }], { securityDefinitions: { one }, ...more });
  const cases: readonly (readonly [path: string, document: object])[] = [
    ['openapi', {}],
    ['swagger', document({ swagger: 2 })],
    ['swagger', document({ swagger: '1.2' })],
    ['host', { swagger: '2.0', paths: {} }],
    ['host', document({ host: '' })],
    ['basePath', document({ basePath: 'v1' })],
    ['basePath', document({ basePath: '/a/../b' })],
    ['basePath', document({ basePath: '/{v}' })],
    ['paths', { swagger: '2.0', host: 'a' }],
    ['paths./a', document({ paths: { '/a': null } })],
    ['paths.a', document({ paths: { a: {} } })],
    ['paths./a.GET', document({ paths: { '/a': { GET: {} } } })],
    ['paths./a.gett', document({ paths: { '/a': { gett: {} } } })],
    ['paths./a.get', document({ paths: { '/a': { get: 'x' } } })],
    ['paths./a.$ref', document({ paths: { '/a': { $ref: '#/x' } } })],
    ['paths./a/{b}.x', document({ paths: { '/a/{b}.x': {} } })],
    ['paths./a//b', document({ paths: { '/a//b': {} } })],
    ['paths./a/../b', document({ paths: { '/a/../b': {} } })],
    ['paths./a/{y}.get', document({
      paths: { '/a/{x}': { get: { security: [{ one: [] }] } }, '/a/{y}': { get: {} } },
    })],
    ['paths./a/.get', document({ paths: { '/a': { get: { security: [{ one: [] }] } }, '/a/': { get: {} } } })],
    ['paths./a.get.security', asking({ one: [] })],
    ['paths./a.get.security[0]', asking(['one'])],
    ['paths./a.get.security[0].three', asking([{ three: [] }])],
    ['paths./a.get.security[0].constructor', asking([{ constructor: [] }])],
    ['paths./a.get.security[0].one', asking([{ one: 'read' }])],
    ['security[0].three', document({ security: [{ three: [] }] })],
    ['x-google-allow', document({ 'x-google-allow': 'some' })],
    ['x-google-endpoints', document({ 'x-google-endpoints': {} })],
    ['x-google-endpoints[0].allowCors', document({ 'x-google-endpoints': [{ allowCors: 'true' }] })],
    ['securityDefinitions.one', withOne([])],
    ['securityDefinitions.one.type', withOne({ 'x-google-issuer': ISSUER })],
    ['securityDefinitions.one.type', withOne({ type: 'jwt' })],
    ['securityDefinitions.one.type', withOne(definition(ISSUER, { type: 'apiKey' }))],
    ['securityDefinitions.one.x-google-issuer', withOne(definition(''))],
    ['securityDefinitions.one.x-google-jwks-uri',
      withOne(definition(ISSUER, { 'x-google-jwks-uri': 'https://a.example' }))],
    ['securityDefinitions.one.x-google-audience', withOne(definition(ISSUER, { 'x-google-audience': 'a' }))],
    ['securityDefinitions.one.x-google-audiences', withOne(definition(ISSUER, { 'x-google-audiences': ['a'] }))],
    ['securityDefinitions.one.x-google-audiences', withOne({ type: 'oauth2', 'x-google-audiences': 'a' })],
    ['securityDefinitions.one.x-google-jwks_uri', withOne(definition(ISSUER, { 'x-google-jwks_uri': '' }))],
    ['securityDefinitions.one.x-google-jwks_uri', withOne(definition(ISSUER, { 'x-google-jwks_uri': 'keys.json' }))],
    ['securityDefinitions.one.x-google-jwks_uri',
      withOne(definition(ISSUER, { 'x-google-jwks_uri': 'http://keys.example/' }))],
    ['securityDefinitions.one.x-google-jwks_uri',
      withOne(definition(ISSUER, { 'x-google-jwks_uri': 'http://127.0.0.1/' }))],
    ['securityDefinitions.one.x-google-jwks_uri', withOne({ type: 'oauth2', 'x-google-issuer': 'me@mail.example' })],
    ['securityDefinitions.one.x-google-issuer',
      withOne({ type: 'oauth2', 'x-google-issuer': 'http://issuer.example' })],
    ['securityDefinitions.one.x-google-jwt-locations', withOne(definition(ISSUER, { 'x-google-jwt-locations': [] }))],
    ['securityDefinitions.one.x-google-jwt-locations', withOne(definition(ISSUER, { 'x-google-jwt-locations': {} }))],
    ...[
      {}, { header: 'a', query: 'b' }, { header: 'a', valuePrefix: 'b' }, { body: 'a' },
        { query: 'a', value_prefix: 'b' },
      { header: '' }, { header: 'a b' }, { header: 'a', value_prefix: ' b' }, { header: 'a', value_prefix: 1 },
        'header',
    ].map((location) => [
      'securityDefinitions.one.x-google-jwt-locations[0]',
      withOne(definition(ISSUER, { 'x-google-jwt-locations': [location] })),
    ] as const),
    ['securityDefinitions.two.x-google-issuer',
      asking([], { securityDefinitions: { one: definition(ISSUER), two: definition(ISSUER) } })],
  ];
  it.each(cases)('%s', (path, doc) => {
    const message = (() => {
      try {
        loadOpenApi(doc);
        return 'accepted';
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
        return (error as TypeError).message;
      }
    })();
    expect(message.startsWith(`the OpenAPI document, ${path}`), message).toBe(true);
  });

  it('takes keys from this machine over http only where that is allowed', () => {
    const doc = withOne(definition(ISSUER, { 'x-google-jwks_uri': 'http://127.0.0.1:8080/jwks' }));
    expect(loadOpenApi(doc, { allowLoopbackHttp: true }).providers[0]?.jwksUri).toBe('http://127.0.0.1:8080/jwks');
    for (const host of ['localhost', '127.0.0.1.nip.example', '10.0.0.1', '[::2]']) {
      const other = withOne(definition(ISSUER, { 'x-google-jwks_uri': `http://${host}/jwks` }));
      expect(loading(other, { allowLoopbackHttp: true }), host).toThrow(TypeError);
    }
  });

  it('refuses options it does not know, or that are not set', () => {
    expect(loading(document(), { serviceNaem: 'a' } as LoadOptions)).toThrow('serviceNaem');
    expect(loading(document(), { serviceName: undefined } as unknown as LoadOptions)).toThrow('undefined');
    expect(loading(document(), { serviceName: '' })).toThrow(TypeError);
  });
});
