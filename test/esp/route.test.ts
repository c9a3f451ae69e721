import { describe, expect, it } from 'vitest';
import { parsePathTemplate } from '../../src/esp/path-template.ts';
import type { Operation } from '../../src/esp/policy.ts';
import { createRouter } from '../../src/esp/route.ts';
import { busyTime } from '../jose/busy.ts';

/** A router over `METHOD /template` lines, telling a route as `METHOD /template`, 404, or 405 with its methods. */
function routing(...lines: readonly string[]): (method: string, path: string) => string {
  const router = createRouter(lines.map((line) => {
    const [method = '', template = ''] = line.split(' ');
    return { method, template, alternatives: [], optional: false } satisfies Operation;
  }));
  return (method, path) => {
    const route = router(method, path.split('/').filter((segment) => segment !== ''));
    if (route.kind === 'not_found') return '404';
    if (route.kind === 'method_not_allowed') return `405 ${route.methods.join(',')}`;
    return `${route.operation.method} ${route.operation.template}`;
  };
}

describe('two wildcards', () => {
  it('with what follows them the same are one place, with the methods of both; with other words they are two', () => {
    const lookup = routing('GET /w/**/a/b', 'PUT /w/**/a/b', 'GET /w/**/ab', 'GET /w/**');
    expect(lookup('PUT', '/w/x/a/b')).toBe('PUT /w/**/a/b');
    expect(lookup('DELETE', '/w/x/a/b')).toBe('405 GET,HEAD,PUT');
    expect(lookup('GET', '/w/x/ab')).toBe('GET /w/**/ab');
    expect(lookup('PUT', '/w/x/ab')).toBe('405 GET,HEAD');
  });

  // RFC 9110 §9.3.2: GET's rule is HEAD's only where HEAD has none.
  it.each([['/w/**', '/w/x'], ['/w/**/a', '/w/x/a'], ['/w/**/a/b', '/w/x/a/b']])('that are one place are asked for a method before another stands in for it: %s', (template, path) => {
    const lookup = routing(`* ${template}`, `GET ${template}`, `HEAD ${template}`);
    expect(['PUT', 'GET', 'HEAD'].map((method) => lookup(method, path))).toEqual([`* ${template}`, `GET ${template}`, `HEAD ${template}`]);
  });
});

describe('createRouter', () => {
  const lookup = routing(
    'GET /', 'GET /a', 'POST /a', 'GET /a/b', 'GET /a/{x}', 'POST /a/{x}', 'GET /a/{x}/c', 'GET /a/b/d', 'GET /w/**',
    'GET /w/x', 'GET /w/**/end', 'GET /w/{v}/end', 'PUT /w/{name=y/*}', 'HEAD /h', 'GET /h', 'GET /A', 'DELETE /d/{x}',
    'OPTIONS /a', 'GET /p%20q', 'GET /v/**/v',
  );
  it.each([
    ['GET', '/', 'GET /'],
    ['GET', '/a', 'GET /a'],
    ['GET', '/a/', 'GET /a'],
    ['POST', '/a', 'POST /a'],
    ['OPTIONS', '/a', 'OPTIONS /a'],
    ['GET', '/A', 'GET /A'],
    ['POST', '/A', '405 GET,HEAD'],
    ['GET', '/a/b', 'GET /a/b'],
    ['GET', '/a/z', 'GET /a/{x}'],
    ['GET', '/a/B', 'GET /a/{x}'],
    // Listed for another method alone: the variable's rule must hold, for the service routes there.
    ['POST', '/a/b', 'POST /a/{x}'],
    // The literal leads nowhere: back to the variable.
    ['GET', '/a/b/c', 'GET /a/{x}/c'],
    ['GET', '/a/b/d', 'GET /a/b/d'],
    ['GET', '/a/z/d', '404'],
    ['GET', '/a/b/c/d', '404'],
    ['GET', '/w', 'GET /w/**'],
    ['GET', '/w/q/r/s', 'GET /w/**'],
    ['GET', '/w/x', 'GET /w/x'],
    ['GET', '/w/x/y', 'GET /w/**'],
    ['GET', '/w/end', 'GET /w/**/end'],
    ['GET', '/w/q/end', 'GET /w/{v}/end'],
    ['GET', '/w/q/r/end', 'GET /w/**/end'],
    ['PUT', '/w/y/1', 'PUT /w/{name=y/*}'],
    ['PUT', '/w/y', '405 GET,HEAD'],
    ['PUT', '/w/y/1/2', '405 GET,HEAD'],
    ['HEAD', '/h', 'HEAD /h'],
    ['HEAD', '/a/b', 'GET /a/b'],
    ['HEAD', '/d/1', '405 DELETE'],
    ['PATCH', '/a/b', '405 GET,HEAD,POST'],
    ['GET', '/d/1', '405 DELETE'],
    ['GET', '/p q', 'GET /p%20q'],
    ['GET', '/v/v', 'GET /v/**/v'],
    // One segment cannot be both ends.
    ['GET', '/v', '404'],
    ['GET', '/none', '404'],
    ['GET', '/constructor', '404'],
    ['GET', '/__proto__', '404'],
    ['constructor', '/a', '405 GET,HEAD,OPTIONS,POST'],
  ])('%s %s is %s', (method, path, expected) => {
    expect(lookup(method, path)).toBe(expected);
  });

  it('lets the first of two equal templates win', () => {
    expect(routing('GET /a/{x}', 'GET /a/{y}')('GET', '/a/1')).toBe('GET /a/{x}');
  });

  it('has one route for everything where there is no document', () => {
    const all = routing('* /**');
    expect([all('GET', '/'), all('BREW', '/a/b'), all('HEAD', '/')]).toEqual(['* /**', '* /**', '* /**']);
  });

  it('visits each node once: a path of many segments over templates of many variables', async () => {
    const lines = Array.from({ length: 18 }, (_, depth) => [
      `GET /${'{v}/'.repeat(depth)}a/${'{v}/'.repeat(18 - depth)}x`,
        `GET /${'a/'.repeat(depth)}{v}/${'a/'.repeat(18 - depth)}x`,
    ]).flat();
    const deep = routing(...lines);
    expect(await busyTime(() => {
      for (let i = 0; i < 100; i++) deep('GET', `/${'a/'.repeat(20)}z`);
    })).toBeLessThan(2000);
  });
});

describe('parsePathTemplate', () => {
  const L = (text: string) => ({ kind: 'literal', text });
  const [V, R] = [{ kind: 'variable' }, { kind: 'rest' }];
  it.each([
    ['/', []],
    ['/a', [L('a')]],
    ['/a/', [L('a')]],
    ['/a/{b}', [L('a'), V]],
    ['/a/*/c', [L('a'), V, L('c')]],
    ['/{b=c/*}/d', [L('c'), V, L('d')]],
    ['/{b.c=**}', [R]],
    ['/**/a/b', [R, L('a'), L('b')]],
    ['/%61:b', [L('a:b')]],
  ])('%s', (template, segments) => {
    expect(parsePathTemplate(template)).toEqual(segments);
  });

  it.each([
    '', 'a', '//', '/a//b', '/a/{b}.c', '/{a}{b}', '/{a', '/a}', '/{}', '/{a=}', '/{1}', '/a*', '/**/*', '/**/**',
      '/**/{a}',
    '/.', '/a/../b', '/a%2fb', '/a;b', '/a b', '/{a={b}}', '/caf\u00e9',
  ])('refuses %j', (template) => {
    expect(() => parsePathTemplate(template)).toThrow(TypeError);
  });
});
