import { describe, expect, it } from 'vitest';
import { readRawHeaders } from '../../src/esp/index.ts';
import { framingOf, type Framing } from '../../src/server/hop-by-hop.ts';

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
