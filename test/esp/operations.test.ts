/** The paths of a document: what may stand there, under a base path, and beside each other. */
import { describe, expect, it } from 'vitest';
import { loadOpenApi } from '../../src/esp/openapi.ts';
import { document } from './fixtures.ts';

const ONE = [{ one: [] }];
const TWO = [{ two: [] }];
const templates = (paths: object, more: object = {}): string[] =>
  loadOpenApi(document({ paths, ...more })).operations.map(({ method, template }) => `${method} ${template}`);

describe('operations', () => {
  it('are of every method that OpenAPI has', () => {
    const item = { get: {}, put: {}, post: {}, delete: {}, options: {}, head: {}, patch: {}, trace: {} };
    expect(templates({ '/a': item })).toEqual(
      ['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE'].map((method) => `${method} /a`));
  });

  it('stand below the base path, whose slash at the end means nothing', () => {
    for (const basePath of ['/v1', '/v1/']) {
      expect(templates({ '/': { get: {} }, '/a': { get: {} } }, { basePath })).toEqual(['GET /v1', 'GET /v1/a']);
    }
    expect(templates({ '/': { get: {} } })).toEqual(['GET /']);
    expect(templates({ '/': { get: {} } }, { basePath: '/' })).toEqual(['GET /']);
  });

  it('may have beside them what OpenAPI has there, and extensions', () => {
    const item = { 'get': {}, 'parameters': [], 'summary': 's', 'description': 'd', 'x-note': 1 };
    expect(templates({ '/a': item, 'x-b': { get: 1 } })).toEqual(['GET /a']);
    const { warnings } = loadOpenApi(document({ paths: { '/a': { get: { security: ONE }, servers: [] } } }));
    expect(warnings).toEqual(['paths./a.servers: ignored, the base path is the document\'s']);
  });

  it.each<[string, object]>([
    ['paths./a.fetch: unknown here', { '/a': { fetch: {} } }],
    ['paths./a.ax-: unknown here', { '/a': { 'ax-': {} } }],
    ['paths./a.$ref: references are not followed', { '/a': { $ref: '#/x' } }],
    ['paths.ax-: a path begins with "/"', { 'ax-': { get: {} } }],
    ['paths./{: ', { '/{': { get: {} } }],
  ])('%s', (message, paths) => {
    expect(() => templates(paths)).toThrow(message);
    expect(() => templates(paths)).toThrow(TypeError);
  });

  it.each([[1], ['a'], ['a/b'], ['/{x}'], ['/*'], ['/a//b'], [null]])('are not read below the base path %j', (basePath) => {
    expect(() => templates({}, { basePath })).toThrow(/basePath: /);
  });

  it.each([[1], ['a/b'], [['/v1']]])('are told of a base path %j that is none', (basePath) => {
    expect(() => templates({}, { basePath })).toThrow('basePath: expected a path from "/" on');
  });

  it('that the same requests mean must want the same tokens, in whatever order they are named', () => {
    const both = (a: unknown, b: unknown): (() => unknown) => () =>
      templates({ '/a/{x}': { get: { security: a } }, '/a/{y}/': { get: { security: b } } });
    expect(both([{ one: [], two: [] }], [{ two: [], one: [] }])).not.toThrow();
    expect(both([...ONE, ...TWO], [...TWO, ...ONE])).not.toThrow();
    expect(both(ONE, TWO)).toThrow('paths./a/{y}/.get: matches the same requests as "/a/{x}"');
    expect(both(ONE, [...ONE, ...TWO])).toThrow('matches the same requests');
    expect(both([{ one: [], two: [] }], [...ONE, ...TWO])).toThrow('matches the same requests');
    expect(both(ONE, [...ONE, {}])).toThrow('matches the same requests');
    // Another method is another operation, and a literal is no variable.
    expect(() => templates({ '/a/{x}': { get: { security: ONE } }, '/a/{y}': { put: { security: TWO } } })).not.toThrow();
    expect(() => templates({ '/a/{x}': { get: { security: ONE } }, '/a/x': { get: { security: TWO } } })).not.toThrow();
    expect(() => templates({ '/a/**': { get: { security: ONE } }, '/a/{x}': { get: { security: TWO } } })).not.toThrow();
    expect(() => templates({ '/{x=a/b/*}': { get: { security: ONE } }, '/a/b/{y}': { get: { security: TWO } } })).toThrow('the same');
  });

  it('that are not listed pass only where the document says "all"', () => {
    const allow = (value: unknown): unknown => loadOpenApi(document({ 'x-google-allow': value })).allowUnlisted;
    expect([allow('all'), allow('configured'), allow(undefined)]).toEqual([true, false, false]);
    for (const value of ['none', true, null, '']) expect(() => allow(value)).toThrow('x-google-allow: expected');
  });
});
