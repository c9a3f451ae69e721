/**
 * Request smuggling, against the real process: one request in is one request out, or none (RFC 9112 §11.2).
 *
 * The service behind keeps octets and does not parse them, so that no parser's leniency hides what was sent.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dial, sendRaw, startRecorder, statusesOf, type Recorder } from './raw.ts';
import { createWorld, startGateway, until, type Assay, type World } from './world.ts';

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

/** Sends octets, and returns the statuses of the answers and what the service was sent. */
async function send(text: string, milliseconds = 300, answers = 1): Promise<{ statuses: number[]; passed: string }> {
  const before = service.octets().length;
  const statuses = statusesOf(await sendRaw(assay.url, text, milliseconds, answers));
  return { statuses, passed: service.octets().slice(before) };
}

const requestLines = (passed: string): string[] => passed.match(/^[A-Z]+ \S+ HTTP\/1\.1\r$/gm) ?? [];

const SMUGGLED = 'GET /open?smuggled HTTP/1.1\r\nHost: a\r\n\r\n';
const CHUNKED = `0\r\n\r\n${SMUGGLED}`;

describe('a request whose end can be read in two ways goes nowhere', () => {
  const coding = (value: string): string => `Transfer-Encoding: ${value}\r\n\r\n${CHUNKED}`;
  const length = (value: string): string => `Content-Length: ${value}\r\n\r\n${SMUGGLED}`;
  it.each([
    ['CL.TE', `Content-Length: ${CHUNKED.length}\r\n${coding('chunked')}`],
    ['TE.CL', `Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n${CHUNKED}`],
    ['TE.TE', `Transfer-Encoding: chunked\r\n${coding('identity')}`],
    ['TE.TE, the same twice', `Transfer-Encoding: chunked\r\n${coding('chunked')}`],
    ['two lengths', `Content-Length: 0\r\n${length(String(SMUGGLED.length))}`],
    ['one length twice', `Content-Length: 0\r\n${length('0')}`],
    ['a list of lengths', length(`0, ${SMUGGLED.length}`)],
    ['a list of one length', length('0, 0')],
    ['a signed length', length('+0')],
    ['a negative length', length('-1')],
    ['a length in hexadecimal', length('0x0')],
    ['a length in other digits', length('\xb2')],
    ['a length with a space in it', length('0 0')],
    ['a length without end', length('99999999999999999999999')],
    ['an empty length', length('')],
    ['a coding in front', coding('gzip, chunked')],
    ['a coding behind', coding('chunked, identity')],
    ['a coding in quotes', coding('"chunked"')],
    ['a coding after a vertical tab', coding('\x0bchunked')],
    ['a coding with a parameter', coding('chunked;a=b')],
    ['an unknown coding', coding('xchunked')],
    ['no coding', coding('')],
    ['a coding under another name', `Transfer-Encoding\x00: chunked\r\n\r\n${CHUNKED}`],
    ['a space before the colon', `Transfer-Encoding : chunked\r\n\r\n${CHUNKED}`],
    ['a space before the name', `X: a\r\n Content-Length: 4\r\n${coding('chunked')}`],
    ['a folded line', `X: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 0\r\nTransfer-Encoding:\r\n chunked\r\n\r\n${CHUNKED}`],
    ['a bare line feed', `X: a\nTransfer-Encoding: chunked\r\n\r\n${CHUNKED}`],
    ['a bare carriage return', `X: a\rTransfer-Encoding: chunked\r\n\r\n${CHUNKED}`],
    ['a line feed in a value', `X: a\n\r\n\r\n${SMUGGLED}`],
    ['an octet 0', `X: a\x00b\r\nContent-Length: 0\r\n\r\n${SMUGGLED}`],
    ['two hosts', `Host: b\r\nContent-Length: 0\r\n\r\n${SMUGGLED}`],
    ['an absurd host', `X: a\r\nHost : b\r\nContent-Length: 0\r\n\r\n${SMUGGLED}`],
  ])('%s', async (_, rest) => {
    const head = `POST /closed HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${world.mint()}\r\n`;
    const { statuses, passed } = await send(`${head}${rest}`);
    expect(passed).toBe('');
    expect(statuses).toHaveLength(1);
    for (const status of statuses) expect([400, 431]).toContain(status);
  });
});

it('a connection on which something was in doubt ends with the answer', async () => {
  const socket = (await dial(assay.url)).resume();
  socket.write('GET /open HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n');
  await until(() => (socket.readyState === 'closed' ? true : undefined));
});

// RFC 9112 §9.6: after an answer that says "close", no further request of the connection is processed.
it.each(['nothing', 'a bad token'])('what follows a request with content that is refused for %s goes nowhere', async (what) => {
  const field = (token: string): string => `Authorization: Bearer ${token}\r\n`;
  const bad = what === 'nothing' ? '' : field(`${world.mint()}x`);
  // The first, whose answer takes a moment, keeps the connection open until all have been read.
  const refused = `GET /open HTTP/1.1\r\nHost: a\r\n\r\nPOST /closed HTTP/1.1\r\nHost: a\r\n${bad}Content-Length: 5\r\n\r\n12345`;
  for (const more of ['', field(world.mint())]) {
    const { statuses, passed } = await send(`${refused}GET /optional?smuggled HTTP/1.1\r\nHost: a\r\n${more}\r\n`, 300, 2);
    expect({ statuses, passed: requestLines(passed) }).toEqual({ statuses: [200, 401], passed: ['GET /open HTTP/1.1\r'] });
  }
});

describe('a chunk that can be read in two ways ends the connection', () => {
  it.each([
    ['an extension with a line feed', `0;a=\n\r\n\r\n${SMUGGLED}`],
    ['a size with a prefix', `0x0\r\n\r\n${SMUGGLED}`],
    ['a signed size', `-1\r\n\r\n${SMUGGLED}`],
    ['a size without end', `fffffffffffffffffffff\r\n${SMUGGLED}`],
    ['a size with a space in front', ` 0\r\n\r\n${SMUGGLED}`],
    ['a line that ends without a carriage return', `0\n\n${SMUGGLED}`],
    ['a chunk that is longer than it says', `1\r\nab\r\n0\r\n\r\n${SMUGGLED}`],
    ['trailers that are no fields', `0\r\nGET /open?smuggled HTTP/1.1\r\nHost: a\r\n\r\n`],
  ])('%s', async (_, body) => {
    const head = `POST /closed HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${world.mint()}\r\n`;
    const { statuses, passed } = await send(`${head}Transfer-Encoding: chunked\r\n\r\n${body}`);
    // The head may have gone on before its content was seen. Nothing of what follows may look like a request there.
    expect(requestLines(passed).length).toBeLessThanOrEqual(1);
    expect(passed).not.toContain('smuggled');
    expect(statuses.length).toBeLessThanOrEqual(1);
    for (const status of statuses) expect([400, 502]).toContain(status);
  });
});

describe('a head that is not one goes nowhere', () => {
  it.each([
    ['line feeds alone', 'GET /open HTTP/1.1\nHost: a\n\n'],
    ['a tab for a space', 'GET\t/open HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a target with a space', 'GET /open /closed HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a target with an octet 0', 'GET /open\x00 HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a target above ASCII', 'GET /open?\xe4 HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a target that is a whole URL', 'GET http://a/open HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a target that is a star', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['another protocol', 'GET /open HTTX/1.1\r\nHost: a\r\n\r\n'],
    ['a version in small letters', 'GET /open http/1.1\r\nHost: a\r\n\r\n'],
    ['HTTP/0.9', 'GET /open\r\n\r\n'],
    ['HTTP/2.0', 'GET /open HTTP/2.0\r\nHost: a\r\n\r\n'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['no Host', 'GET /open HTTP/1.1\r\n\r\n'],
    ['a field before the request line', 'X: a\r\nGET /open HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['CONNECT', 'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\nGET /open?smuggled HTTP/1.1\r\nHost: a\r\n\r\n'],
  ])('%s', async (_, text) => {
    const { statuses, passed } = await send(text);
    expect(passed).toBe('');
    for (const status of statuses) expect([400, 404, 405, 431, 505]).toContain(status);
  });
});

describe('requests that are what they say', () => {
  it('one behind the other are decided on one by one', async () => {
    const { statuses, passed } = await send(
      'GET /open?1 HTTP/1.1\r\nHost: a\r\n\r\nGET /closed HTTP/1.1\r\nHost: a\r\n\r\nGET /open?2 HTTP/1.1\r\nHost: a\r\n\r\n', 300, 3);
    expect(statuses).toEqual([200, 401, 200]);
    expect(requestLines(passed).sort()).toEqual(['GET /open?1 HTTP/1.1\r', 'GET /open?2 HTTP/1.1\r']);
  });

  it('content that looks like a request stays content, framed as it was read', async () => {
    const content = `GET /closed HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(10)}`;
    const { statuses, passed } = await send(`GET /open HTTP/1.1\r\nHost: a\r\nContent-Length: ${content.length}\r\n\r\n${content}`);
    expect(statuses).toEqual([200]);
    expect(passed.split('\r\n\r\n')[1]).toBe(content);
    expect(passed.match(/\r\nContent-Length: \d+/gi)).toEqual([`\r\nContent-Length: ${content.length}`]);
    const chunked = await send(
      `GET /open HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4;a="b"\r\nabcd\r\n0\r\nX-Trailer: a\r\n\r\n`);
    expect(chunked.statuses).toEqual([200]);
    // Neither the extension nor the trailer goes on (RFC 9112 §7.1.1, RFC 9110 §6.5.1).
    expect(chunked.passed.split('\r\n\r\n').slice(1).join('\r\n\r\n')).toBe('4\r\nabcd\r\n0\r\n\r\n');
  });

  it('are written anew: what the parser has overlooked does not go on', async () => {
    const { passed } = await send('GET  /open HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(requestLines(passed)).toEqual(['GET /open HTTP/1.1\r']);
  });

  it('of HTTP/1.0 are answered, and never chunked', async () => {
    const { statuses, passed } = await send('GET /open HTTP/1.0\r\n\r\n');
    expect(statuses).toEqual([200]);
    expect(requestLines(passed)).toEqual(['GET /open HTTP/1.1\r']);
    expect(passed).toMatch(/\r\nVia: 1\.0 assay\r\n/);
    expect(passed).toContain(`\r\nHost: ${service.host}\r\n`);
    // RFC 9112 §6.1
    const head = `POST /closed HTTP/1.0\r\nAuthorization: Bearer ${world.mint()}\r\nConnection: keep-alive\r\n`;
    expect(await send(`${head}Transfer-Encoding: chunked\r\n\r\n${CHUNKED}`)).toEqual({ statuses: [400], passed: '' });
    const sized = await send(`${head}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n12345`);
    // RFC 9110 §15.2: no 100 to a client that does not know it.
    expect(sized.statuses).toEqual([200]);
    expect(sized.passed).toMatch(/\r\n\r\n12345$/);
  });
});

it.each(['h2c', 'h2c, websocket', 'tls/1.0', 'websocket, h2c', 'HTTP/2.0'])('an upgrade to %s is not asked for', async (wish) => {
  const head = 'GET /open HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n';
  const { statuses, passed } = await send(`${head}Upgrade: ${wish}\r\n\r\n`);
  expect(statuses).toEqual([200]);
  expect(passed).not.toMatch(/\r\n(?:http2-settings|upgrade|connection: upgrade)/i);
  const body = `POST /closed HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: ${wish}\r\nContent-Length: 5\r\n\r\n12345`;
  expect(await send(body)).toEqual({ statuses: [400], passed: '' });
});
