import { describe, expect, it } from 'vitest';
import { readRawHeaders } from '../../src/esp/index.ts';
import { endToEnd, fieldValues, framingOf, type Framing } from '../../src/server/hop-by-hop.ts';

// Node's parser refuses most of these before us. Its mercy may be had by an option, and changes with its versions.
describe('the framing of a request (RFC 9112 §6)', () => {
  it.each<[string, string[], Framing]>([
    ['neither field', ['Host', 'a'], { kind: 'none' }],
    ['a length', ['Content-Length', '12'], { kind: 'length', octets: 12 }],
    ['a length of nothing', ['content-length', '0'], { kind: 'length', octets: 0 }],
    ['chunks', ['Transfer-Encoding', 'Chunked'], { kind: 'chunked' }],
    ['both', ['Content-Length', '12', 'Transfer-Encoding', 'chunked'], { kind: 'ambiguous' }],
    ['both, the other way round', ['transfer-encoding', 'chunked', 'CONTENT-LENGTH', '12'], { kind: 'ambiguous' }],
    ['two lengths', ['Content-Length', '12', 'Content-Length', '13'], { kind: 'ambiguous' }],
    ['one length twice', ['Content-Length', '12', 'content-length', '12'], { kind: 'ambiguous' }],
    ['a list of lengths', ['Content-Length', '12, 12'], { kind: 'ambiguous' }],
    ['a signed length', ['Content-Length', '+12'], { kind: 'ambiguous' }],
    ['a length in hexadecimal', ['Content-Length', '0x0c'], { kind: 'ambiguous' }],
    ['no length at all', ['Content-Length', ''], { kind: 'ambiguous' }],
    ['more than a number holds', ['Content-Length', '1'.repeat(16)], { kind: 'ambiguous' }],
    ['another coding', ['Transfer-Encoding', 'gzip, chunked'], { kind: 'ambiguous' }],
    ['a coding twice', ['Transfer-Encoding', 'chunked', 'Transfer-Encoding', 'chunked'], { kind: 'ambiguous' }],
    ['a coding with a space', ['Transfer-Encoding', 'chunked '], { kind: 'ambiguous' }],
  ])('with %s', (_, fields, framing) => {
    expect(framingOf(readRawHeaders(fields))).toEqual(framing);
  });
});

describe('the values of a field', () => {
  const fields = ['Via', '1.1 a', 'X', 'via', 'VIA', '1.1 b', 'Via'];
  it('are those of every field of its name, in whatever case, and a value is no name', () => {
    expect(fieldValues(fields.slice(0, 6), 'via')).toEqual(['1.1 a', '1.1 b']);
    expect(fieldValues(fields.slice(0, 6), 'host')).toEqual([]);
  });

  it('are none of a name without a value', () => {
    expect(fieldValues(fields, 'via')).toEqual(['1.1 a', '1.1 b']);
  });
});

describe('what goes on to the next hop (RFC 9110 §7.6.1)', () => {
  it('is what it was: names in their case, repeated fields apart, in their order', () => {
    const fields = ['Host', 'a', 'Accept', 'b', 'aCCEPT', 'c', 'Cookie', 'd'];
    expect(endToEnd(fields)).toEqual(fields);
  });

  it.each([
    'Connection', 'Keep-Alive', 'Proxy-Connection', 'Proxy-Authenticate', 'Proxy-Authorization', 'TE', 'Trailer',
    'Transfer-Encoding', 'Upgrade', 'HTTP2-Settings', 'Expect',
  ])('is never %s, which nobody need name', (name) => {
    expect(endToEnd(['X', 'a', name, 'b', name.toLowerCase(), 'c', 'Y', 'd'])).toEqual(['X', 'a', 'Y', 'd']);
  });

  it('is not what Connection names, in any of its fields, in any case, with or without spaces', () => {
    const fields = ['X-One', 'a', 'Connection', 'close,X-ONE , x-two', 'x-two', 'b', 'X-Three', 'c', 'connection', 'x-Three', 'X-Four', 'd'];
    expect(endToEnd(fields)).toEqual(['X-Four', 'd']);
  });

  // It is the client that writes Connection: it could have the service lose what its answer depends on.
  it.each([
    'Host', 'Content-Length', 'Content-Type', 'Authorization', 'Cookie', 'Cache-Control', 'Set-Cookie', 'Date',
  ])('is %s, though Connection names it', (name) => {
    expect(endToEnd(['Connection', name, name, 'a'])).toEqual([name, 'a']);
  });

  it('is not what the caller drops, who is asked in lower case; also where Connection cannot take it away', () => {
    expect(endToEnd(['Host', 'a', 'X-Own', 'b', 'X-Other', 'c'], (name) => name === 'x-own' || name === 'host')).toEqual(['X-Other', 'c']);
  });

  it('is no name without a value', () => {
    expect(endToEnd(['X', 'a', 'Y'])).toEqual(['X', 'a']);
  });
});
