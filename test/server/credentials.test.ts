/** Credentials in every form, against the real process (attacks I1, I4): octets over a socket, and the service behind. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendRaw, startRecorder, statusesOf, type Recorder } from './raw.ts';
import { createWorld, startGateway, type Assay, type World } from './world.ts';

let world: World;
let service: Recorder;
let assay: Assay;

beforeAll(async () => {
  world = await createWorld();
  service = await startRecorder();
  world.later(() => service.close());
  assay = await startGateway(world, `http://${service.host}`);
});
afterAll(() => world.end());

/** `{good}`, `{bad}` and `{other}` stand for tokens. */
async function ask(path: string, fields: readonly string[]): Promise<number | undefined> {
  const tokens: Record<string, string> = { good: world.mint(), bad: `${world.mint().slice(0, -8)}AAAAAAAA`, other: world.mint({ sub: 'b' }) };
  const fill = (text: string): string => text.replace(/\{(\w+)\}/g, (_, name: string) => tokens[name] ?? '');
  const head = [`GET ${fill(path)} HTTP/1.1`, 'Host: a', 'Connection: close', ...fields.map(fill)].join('\r\n');
  return statusesOf(await sendRaw(assay.url, `${head}\r\n\r\n`))[0];
}

describe('one good token', () => {
  it.each([
    ['Authorization: Bearer {good}'], ['authorization: bearer {good}'], ['AUTHORIZATION: BEARER   {good}'],
    ['Authorization: \tBearer {good} \t'], ['X-Goog-Iap-Jwt-Assertion: {good}'],
  ])('%s', async (field) => {
    expect(await ask('/closed', [field])).toBe(200);
  });

  it.each(['/closed?access_token={good}', '/closed?a=b&access_token={good}&c', '/closed?%61ccess_token={good}'])('%s', async (path) => {
    expect(await ask(path, [])).toBe(200);
  });

  it('in several places, each good', async () => {
    expect(await ask('/closed?access_token={other}', ['Authorization: Bearer {good}'])).toBe(200);
  });
});

describe('anything else is refused, also where no token is wanted', () => {
  const bearer = 'Authorization: Bearer {good}';
  it.each<[string, readonly string[], string?]>([
    ['twice', [bearer, bearer]],
    ['twice, in two cases', [bearer, bearer.toLowerCase().replace('{good}', '{other}')]],
    ['a good one before a bad one', [bearer, 'Authorization: Bearer {bad}']],
    ['an empty field before it', ['Authorization:', bearer]],
    ['another scheme before it', ['Authorization: Basic YTpi', bearer]],
    ['another scheme behind it', [bearer, 'Authorization: Basic YTpi']],
    ['joined by a comma', ['Authorization: Bearer {good}, Bearer {good}']],
    ['joined by a comma alone', ['Authorization: Bearer {good},{good}']],
    ['another scheme joined before it', ['Authorization: Basic YTpi, Bearer {good}']],
    ['another scheme joined behind it', ['Authorization: Bearer {good}, Basic YTpi']],
    ['no scheme', ['Authorization: {good}']],
    ['a scheme without a token', ['Authorization: Bearer']],
    ['a scheme and spaces', ['Authorization: Bearer   ']],
    ['a tab for the space', ['Authorization: Bearer\t{good}']],
    ['two tokens', ['Authorization: Bearer {good} {good}']],
    ['quotes', ['Authorization: Bearer "{good}"']],
    ['a parameter', ['Authorization: Bearer token={good}']],
    ['octets above ASCII', ['Authorization: Bearer {good}\xff']],
    ['a bad one in the other header', [bearer, 'X-Goog-Iap-Jwt-Assertion: {bad}']],
    ['a bad one in the query', [bearer], '?access_token={bad}'],
    ['two in the query', [], '?access_token={good}&access_token={good}'],
    ['two in the query, one encoded', [], '?access_token={good}&access%5ftoken={other}'],
    ['a broken one in the query', [], '?access_token={good}%zz'],
    ['twice in the other header', ['X-Goog-Iap-Jwt-Assertion: {good}', 'X-Goog-Iap-Jwt-Assertion: {good}']],
  ])('%s', async (_, fields, query = '') => {
    const before = service.octets().length;
    expect(await ask(`/closed${query}`, fields)).toBe(401);
    expect(await ask(`/optional${query}`, fields)).toBe(401);
    expect(service.octets().length).toBe(before);
  });

  it('an access token (RFC 9068), unless it is wanted', async () => {
    const willing = await startGateway(world, `http://${service.host}`, '--access-tokens');
    const statusOf = async ({ url }: Assay, typ: string): Promise<number> => {
      const token = world.keys.mint({}, { typ });
      return (await fetch(`${url}/closed`, { headers: { authorization: `Bearer ${token}` } })).status;
    };
    const statuses = async (server: Assay): Promise<number[]> =>
      [await statusOf(server, 'JWT'), await statusOf(server, 'at+jwt'), await statusOf(server, 'logout+jwt')];
    expect(await statuses(assay)).toEqual([200, 401, 401]);
    expect(await statuses(willing)).toEqual([200, 200, 401]);
    await willing.stop();
  });

  it('no token at all is anonymous where that is enough, and a stranger\'s scheme is none of ours', async () => {
    for (const fields of [[], ['Authorization:'], ['Authorization: Basic YTpi'], ['Cookie: access_token=a.b.c']]) {
      expect(await ask('/optional', fields)).toBe(200);
      expect(await ask('/closed', fields)).toBe(401);
    }
  });
});
