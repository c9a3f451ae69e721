import { describe, expect, it } from 'vitest';
import { discoverKeySet, type KeyEvent, type RemoteKeySetOptions } from '../../src/keys/index.ts';
import { cacheClock, KEY_1, KEY_2, outcome, setOf, verifierOf, type Remote } from './issuer.ts';
import { drip, gzipBomb, hang, reset } from './bad-answers.ts';
import { listen, publish, route, status, type Answer } from './loopback.ts';

const WELL_KNOWN = '/.well-known/openid-configuration';
const TOKEN = KEY_1.mint();
const GOOD = publish(setOf(KEY_1));

function discover(issuer: string, options: RemoteKeySetOptions = {}): Remote {
  const clock = cacheClock();
  const events: KeyEvent[] = [];
  const onEvent = (event: KeyEvent): void => void events.push(event);
  const keys = discoverKeySet(issuer, { allowLoopbackHttp: true, clock, onEvent, ...options });
  return { keys, verifier: verifierOf(keys), clock, events };
}

/** Publishes a document beside good keys. The origin is known only once the server listens. */
async function issuerWith(document: (origin: string) => unknown, keys: Answer = GOOD): ReturnType<typeof listen> {
  const server = await listen(GOOD);
  server.answerWith(route({ [WELL_KNOWN]: publish(document(server.origin)), '/keys': keys }));
  return server;
}

const honest = (origin: string): object =>
  ({ issuer: origin, jwks_uri: `${origin}/keys`, authorization_endpoint: `${origin}/auth` });

describe('discovery', () => {
  it('asks for the document, and for keys where it says, at each fetch', async () => {
    const server = await issuerWith(honest);
    const { keys, verifier, clock } = discover(server.origin);
    expect(server.targets).toEqual([]);
    expect(await outcome(verifier.verify(TOKEN))).toBe('accepted');
    expect(await outcome(verifier.verify(TOKEN))).toBe('accepted');
    expect(server.targets).toEqual([WELL_KNOWN, '/keys']);
    clock.advance(3600);
    expect(await outcome(verifier.verify(TOKEN))).toBe('accepted');
    expect(server.targets).toEqual([WELL_KNOWN, '/keys', WELL_KNOWN, '/keys']);
    expect(keys.snapshot()).toMatchObject({ url: `${server.origin}${WELL_KNOWN}`, document: setOf(KEY_1) });
  });

  it('makes one pair of fetches for 100 cold verifications', async () => {
    const server = await issuerWith(honest);
    const { verifier } = discover(server.origin);
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => outcome(verifier.verify(TOKEN))));
    expect(new Set(outcomes)).toEqual(new Set(['accepted']));
    expect(server.targets).toEqual([WELL_KNOWN, '/keys']);
  });

  it('knows an issuer with a path, and one with a terminating slash', async () => {
    for (const path of ['/tenant', '/tenant/', '/']) {
      const server = await listen(GOOD);
      const issuer = `${server.origin}${path}`;
      const place = `${path.replace(/\/$/, '')}${WELL_KNOWN}`;
      server.answerWith(route({ [place]: publish({ issuer, jwks_uri: server.url }), '/keys': GOOD }));
      expect(await outcome(discover(issuer).verifier.verify(TOKEN)), path).toBe('accepted');
      expect(server.targets).toEqual([place, '/keys']);
    }
  });

  it('takes keys from another host, if the document says so', async () => {
    const other = await listen(GOOD);
    const server = await issuerWith((origin) => ({ issuer: origin, jwks_uri: other.url }));
    expect(await outcome(discover(server.origin).verifier.verify(TOKEN))).toBe('accepted');
    expect(other.targets).toEqual(['/keys']);
  });

  it('sends the headers of the caller to the issuer for both', async () => {
    const server = await issuerWith(honest);
    await discover(server.origin, { headers: { authorization: 'Bearer secret' } }).keys.load();
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer secret', 'Bearer secret']);
  });

  it('begins with a snapshot of its own', async () => {
    const server = await issuerWith(honest);
    const first = discover(server.origin);
    await first.keys.load();
    const initial: object = JSON.parse(JSON.stringify(first.keys.snapshot()));
    expect(await outcome(() => discover(server.origin, { initial }).verifier.verifySync(TOKEN))).toBe('accepted');
    expect(server.targets).toHaveLength(2);
    expect(() => discoverKeySet('https://other.example', { initial })).toThrow(TypeError);
  });
});

describe('a discovery document is refused, and no keys are fetched,', () => {
  const NO_KEYS = 'the discovery document has no usable jwks_uri';
  const OTHER = 'the discovery document is of another issuer';
  const naming = (jwksUri: unknown) => (origin: string) => ({ issuer: origin, jwks_uri: jwksUri });

  it.each<readonly [string, (origin: string) => unknown, string]>([
    ['of another issuer', (origin) => ({ ...honest(origin), issuer: 'https://evil.example' }), OTHER],
    ['of the issuer with a slash', (origin) => ({ ...honest(origin), issuer: `${origin}/` }), OTHER],
    ['of the issuer in capitals', (origin) => ({ ...honest(origin), issuer: origin.toUpperCase() }), OTHER],
    ['of several issuers', (origin) => ({ ...honest(origin), issuer: [origin] }), OTHER],
    ['of no issuer', (origin) => ({ jwks_uri: `${origin}/keys` }), OTHER],
    ['without jwks_uri', (origin) => ({ issuer: origin }), NO_KEYS],
    ['with a relative jwks_uri', naming('/keys'), NO_KEYS],
    ['with a jwks_uri of http', naming('http://issuer.example/keys'), NO_KEYS],
    ['with a jwks_uri of http by a name for this machine', (origin) =>
      ({ issuer: origin, jwks_uri: `${origin.replace('127.0.0.1', 'localhost')}/keys` }), NO_KEYS],
    ['with a jwks_uri of http to a private address', naming('http://169.254.169.254/keys'), NO_KEYS],
    ['with a jwks_uri of file', naming('file:///etc/keys.json'), NO_KEYS],
    ['with a jwks_uri of data', naming(`data:application/json,${JSON.stringify(setOf(KEY_1))}`), NO_KEYS],
    ['with a jwks_uri with credentials', naming('https://me:secret@issuer.example/keys'), NO_KEYS],
    ['with several jwks_uris', (origin) => ({ issuer: origin, jwks_uri: [`${origin}/keys`] }), NO_KEYS],
    ['with a jwks_uri of null', naming(null), NO_KEYS],
    ['with two members of one name', (origin) =>
      `{"issuer":"${origin}","jwks_uri":"${origin}/keys","jwks_uri":"${origin}/keys"}`,
      'the discovery document has two members of one name'],
    ['in HTML', () => '<html>', 'the discovery document is not valid JSON'],
    ['in an array', (origin) => [honest(origin)], 'the discovery document is not a JSON object'],
    ['of more octets than are allowed', (origin) => JSON.stringify(honest(origin)).padEnd(262_145),
      'more than 262144 octets'],
  ])('%s', async (_, document, reason) => {
    const server = await issuerWith(document);
    const { verifier, events } = discover(server.origin);
    expect(await outcome(verifier.verify(TOKEN))).toBe('keys_unavailable');
    expect(events).toMatchObject([{ type: 'failed', reason }]);
    expect(server.targets).toEqual([WELL_KNOWN]);
  });

  it.each<readonly [string, Answer, string]>([
    ['behind a redirect', status(302, '', { location: '/moved' }), 'redirected'],
    ['with status 404', status(404), 'status 404'],
    ['of 200 MB in gzip', gzipBomb(), 'more than 262144 octets'],
  ])('%s', async (_, answer, reason) => {
    const server = await listen(route({ [WELL_KNOWN]: answer, '/keys': GOOD, '/moved': GOOD }));
    const { verifier, events } = discover(server.origin);
    expect(await outcome(verifier.verify(TOKEN))).toBe('keys_unavailable');
    expect(events).toMatchObject([{ type: 'failed', reason }]);
    expect(server.targets).toEqual([WELL_KNOWN]);
  });

  it('http where it was not asked for, though the issuer is https', async () => {
    const asked: string[] = [];
    const fetch = async (url: string): Promise<Response> => {
      asked.push(url);
      return Response.json({ issuer: 'https://issuer.example', jwks_uri: 'http://127.0.0.1/keys' });
    };
    const { verifier } = discover('https://issuer.example', { fetch, allowLoopbackHttp: false });
    expect(await outcome(verifier.verify(TOKEN))).toBe('keys_unavailable');
    expect(asked).toEqual([`https://issuer.example${WELL_KNOWN}`]);
  });
});

describe('an issuer that moves its keys', () => {
  it.each<readonly [string, Answer]>([
    ['gone', status(404)],
    ['a redirect', status(308, '', { location: '/new' })],
    ['reset', reset],
    ['what it was', GOOD],
  ])(
    'is followed with the next fetch, the old place being %s',
    async (_, old) => {
      const server = await issuerWith(honest);
      const { verifier, clock } = discover(server.origin);
      expect(await outcome(verifier.verify(TOKEN))).toBe('accepted');
      server.answerWith(route({
        [WELL_KNOWN]: publish({ issuer: server.origin, jwks_uri: `${server.origin}/new` }),
        '/keys': old,
        '/new': publish(setOf(KEY_2)),
      }));
      clock.advance(3600);
      expect(await outcome(verifier.verify(KEY_2.mint()))).toBe('accepted');
      expect(await outcome(() => verifier.verifySync(TOKEN))).toBe('key_not_found');
      expect(server.targets.slice(0, 4)).toEqual([WELL_KNOWN, '/keys', WELL_KNOWN, '/new']);
    },
  );
});

describe('the deadline of a discovery', () => {
  it.each<readonly [string, Answer, Answer]>([
    ['the document hangs', hang, GOOD],
    ['the document drips', drip, GOOD],
    ['the keys hang', publish(''), hang],
  ])('is one for all of it: %s', async (_, document, keys) => {
    const server = await listen(GOOD);
    const described = document === hang || document === drip ? document : publish(honest(server.origin));
    server.answerWith(route({ [WELL_KNOWN]: described, '/keys': keys }));
    const { verifier, events } = discover(server.origin, { timeout: 0.2 });
    expect(await outcome(verifier.verify(TOKEN))).toBe('keys_unavailable');
    expect(events).toMatchObject([{ type: 'failed', reason: 'no answer within 0.2 s' }]);
  });

  it('is not one for each of two slow answers', async () => {
    const server = await listen(GOOD);
    const slow = (answer: Answer): Answer => (request, response) =>
      void setTimeout(() => answer(request, response), 200);
    server.answerWith(route({ [WELL_KNOWN]: slow(publish(honest(server.origin))), '/keys': slow(GOOD) }));
    expect(await outcome(discover(server.origin, { timeout: 0.3 }).verifier.verify(TOKEN))).toBe('keys_unavailable');
    expect(await outcome(discover(server.origin, { timeout: 10 }).verifier.verify(TOKEN))).toBe('accepted');
  });
});
