import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createHeaderGuard, readRawHeaders } from '../../src/esp/index.ts';
import { forwardedFields, malformedRequest, type Forwarding, type ForwardingTerms } from '../../src/server/forwarded.ts';
import type { Framing } from '../../src/server/hop-by-hop.ts';

interface Sent {
  readonly fields?: readonly string[];
  readonly httpVersion?: string;
}

/** What goes on of a request. */
function forward({ fields = [], httpVersion = '1.1' }: Sent, forwarding: Partial<Forwarding> = {}, terms: Partial<ForwardingTerms> = {}) {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: '192.0.2.1' });
  const message = Object.assign(new IncomingMessage(socket), { rawHeaders: [...fields], httpVersion });
  return forwardedFields(message,
    { framing: { kind: 'none' }, method: 'GET', headers: [], host: 'api.example', ...forwarding },
    { isGuarded: createHeaderGuard([]), authority: 'service:3000', trustForwarded: false, ...terms });
}

const WAY = ['X-Forwarded-For', '192.0.2.1', 'X-Forwarded-Proto', 'http', 'X-Forwarded-Host', 'api.example', 'Via', '1.1 assay'];

describe('the fields that go on to the service', () => {
  it('are the client\'s end-to-end ones, then the user, then the way here', () => {
    const fields = ['Host', 'api.example', 'Connection', 'close, x-mine', 'X-Mine', 'a', 'Accept', 'b', 'TE', 'trailers'];
    expect(forward({ fields }, { headers: [['x-endpoint-api-userinfo', 'c'], ['x-auth-subject', 'ada']] }))
      .toEqual(['Host', 'api.example', 'Accept', 'b', 'x-endpoint-api-userinfo', 'c', 'x-auth-subject', 'ada', ...WAY]);
  });

  it('have nothing of the client\'s under a name that is guarded', () => {
    expect(forward({ fields: ['X-Endpoint-API-UserInfo', 'forged', 'x_endpoint_api_userinfo', 'forged'] })).toEqual(WAY);
  });

  it('have no end of the content but ours, in any spelling that CGI reads as one', () => {
    const fields = ['Content_Length', '5', 'Transfer_Encoding', 'chunked', 'Content-Length', '5', 'X_Own', 'a'];
    expect(forward({ fields })).toEqual(['X_Own', 'a', ...WAY]);
  });

  it.each([
    'Forwarded', 'X-Forwarded-For', 'X-Forwarded-Proto', 'X-Forwarded-Host', 'X-Forwarded-Port', 'X-Forwarded-Uri',
    'X-Forwarded-Method', 'X-Real-IP', 'X-Forwarded-User', 'X-Forwarded-Client-Cert', 'X-Forwarded-Prefix',
  ])('have no %s of the client\'s, in any spelling that CGI reads as the same, unless a proxy before us is trusted', (name) => {
    const spelled = [name, 'a', name.toUpperCase(), 'b', ...(name.includes('-') ? [name.replaceAll('-', '_'), 'c', name.replace('-', '.'), 'd'] : [])];
    expect(forward({ fields: spelled })).toEqual(WAY);
    expect(forward({ fields: spelled }, {}, { trustForwarded: true }).slice(0, spelled.length)).toEqual(spelled);
  });

  it.each(['Not-Forwarded', 'Forwarded-By', 'My-X-Real-IP', 'X-Real-IP-Of', 'My-X-Forwarded-For', 'X-Forwarded'])('have %s, which only looks so', (name) => {
    expect(forward({ fields: [name, 'a'] })).toEqual([name, 'a', ...WAY]);
  });

  it('tell, behind a proxy that is trusted, of that proxy, and leave the protocol and the host to it', () => {
    expect(forward({}, {}, { trustForwarded: true })).toEqual(['X-Forwarded-For', '192.0.2.1', 'Via', '1.1 assay']);
  });

  it('say that the address of a client that has gone is unknown', () => {
    const gone = new IncomingMessage(new Socket());
    expect(forwardedFields(gone, { framing: { kind: 'none' }, method: 'GET', headers: [], host: 'a' },
      { isGuarded: () => false, authority: 'b', trustForwarded: true }).slice(0, 2)).toEqual(['X-Forwarded-For', 'unknown']);
  });

  it('have the service\'s own Host where the client has named none (RFC 9112 §3.2)', () => {
    expect(forward({ httpVersion: '1.0' }, { host: undefined }))
      .toEqual(['Host', 'service:3000', 'X-Forwarded-For', '192.0.2.1', 'X-Forwarded-Proto', 'http', 'Via', '1.0 assay']);
  });
});

describe('the end of the content', () => {
  const sent = { fields: ['Content-Length', '7', 'Transfer-Encoding', 'chunked', 'content-length', '8'] };
  it.each<[Framing, readonly string[]]>([
    [{ kind: 'length', octets: 12 }, ['Content-Length', '12']],
    [{ kind: 'chunked' }, ['Transfer-Encoding', 'chunked']],
    [{ kind: 'none' }, []],
  ])('is said as it was read, %o, and never as the client has said it', (framing, fields) => {
    expect(forward(sent, { framing })).toEqual([...WAY, ...fields]);
  });

  // RFC 9110 §8.6
  it.each([
    ['GET', false], ['HEAD', false], ['OPTIONS', false], ['DELETE', false], ['TRACE', false],
    ['POST', true], ['PUT', true], ['PATCH', true], ['GETS', true], ['FORGET', true],
  ])('of a %s without any is said: %s', (method, said) => {
    expect(forward({}, { method })).toEqual([...WAY, ...(said ? ['Content-Length', '0'] : [])]);
    // With content, once is enough.
    expect(forward({}, { method, framing: { kind: 'chunked' } })).toEqual([...WAY, 'Transfer-Encoding', 'chunked']);
  });
});

describe('a request is malformed', () => {
  const why = (fields: readonly string[], httpVersion = '1.1', framing: Framing = { kind: 'none' }): string | undefined =>
    malformedRequest(httpVersion, { method: 'GET', target: '/', headers: readRawHeaders(fields) }, framing);

  it.each([['1.0', undefined], ['1.1', undefined], ['0.9', /version/], ['2.0', /version/], ['1.10', /version/]])(
    'for its version: HTTP/%s', (version, reason) => {
      if (reason === undefined) expect(why([], version)).toBe(undefined);
      else expect(why([], version)).toMatch(reason);
    });

  it('where its end is in doubt', () => {
    expect(why(['Host', 'a'], '1.1', { kind: 'ambiguous' })).toMatch(/end/);
    expect(why(['Host', 'a'], '1.1', { kind: 'chunked' })).toBe(undefined);
  });

  // RFC 9112 §6.1
  it('where HTTP/1.0 speaks of a coding that it does not have', () => {
    expect(why(['Host', 'a'], '1.0', { kind: 'chunked' })).toMatch(/coding/);
    expect(why(['Host', 'a'], '1.0', { kind: 'length', octets: 1 })).toBe(undefined);
  });

  // RFC 9112 §3.2
  it('where it has more than one Host, be it the same', () => {
    expect(why(['Host', 'a', 'host', 'a'])).toMatch(/more than one Host/);
  });

  it.each(['', 'api.example', 'API.example:8080', '[::1]:80', '[fe80::1%25en0]', 'a-b_c~d', '192.0.2.1'])('%j is a Host', (host) => {
    expect(why(['Host', host])).toBe(undefined);
  });

  it.each(['a b', 'a/b', 'user@a', 'a,b', 'a?b', 'a#b', '"a"', '/a', 'a/', 'ä', 'a\\b'])('%j is none', (host) => {
    expect(why(['Host', host])).toMatch(/Host is not one/);
  });
});
