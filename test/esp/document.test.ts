import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { loadOpenApi } from '../../src/esp/openapi.ts';
import { document, ISSUER, SERVICE } from './fixtures.ts';

const loading = (doc: string | object) => () => loadOpenApi(doc);

describe('the text of a document', () => {
  it('is a text or an object, and what is wrong with it is the caller\'s mistake', () => {
    expect(() => loadOpenApi(undefined as unknown as string)).toThrow('expected a text or an object');
    expect(() => loadOpenApi('{"a":1,"a":2}')).toThrow(TypeError);
  });

  it('is read strictly', () => {
    const text = JSON.stringify(document());
    expect(loadOpenApi(text)).toEqual(loadOpenApi(document()));
    expect(loadOpenApi(`\n  ${text}\n`).operations).toHaveLength(7);
    expect(loading(text.replace('"host"', '"host":"evil.example","host"'))).toThrow('the OpenAPI document, host: is there twice');
    expect(loading(`${text} x`)).toThrow('not valid JSON');
    expect(loading('{')).toThrow('not valid JSON');
    expect(loading('[]')).toThrow(TypeError);
    expect(loading([])).toThrow(TypeError);
  });

  it.each([
    ['paths./a.get.security[2].one', '{"paths":{"/a":{"get":{"security":[{"one":[1,2]},{},{"one":["x"],"two":[],"\\u006fne":[]}]}}}}'],
    ['b[1][1].d.e', '{"q":"a\\"b,{\\\\","b":[{"c":1},[0,{"d":{"e":":","e":2}}]],"c":{}}'],
    ['c.y.y', '\n  { "a" : {"y":"y"} , "c":{"y":{"y":1,"z":"y","y":2}}}'],
    ['a[0].x', '{"a":[{"x":1,"x":2}]}'],
    // Whoever takes the second "a" does not see what is in the first.
    ['a', '{"a":{"x":1,"x":2},"a":{}}'],
    ['a', '{"a":{},"a":{"x":1,"x":2}}'],
    // The first of two at one depth.
    ['a.x', '{"a":{"x":1,"x":2},"b":{"y":1,"y":2}}'],
  ])('has no name twice: %s', (path, text) => {
    expect(loading(text)).toThrow(new TypeError(`the OpenAPI document, ${path}: is there twice`));
  });

  it('with a name twice is searched in no time, however many quotes it has', () => {
    const text = JSON.stringify({ a: '"'.repeat(1_000_000), b: '\\'.repeat(1_000_000) }).replace('"b"', '"a"');
    const started = performance.now();
    expect(loading(text)).toThrow('a: is there twice');
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('may nest as references that are written out do', () => {
    const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    const text = (depth: number): string => JSON.stringify(document()).replace('{', `{"definitions":${nested(depth)},`);
    expect(loadOpenApi(text(511)).operations).toHaveLength(7);
    expect(loading(text(512))).toThrow('nested too deep');
  });

  const yaml = [
    'swagger: "2.0"', `host: ${SERVICE}`, 'securityDefinitions:', '  one:', '    type: oauth2',
      '    authorizationUrl: ""',
    `    x-google-issuer: ${ISSUER}`, 'paths:', '  /a:', '    get:', '      security:', '        - one: []',
      '      responses:',
    '        200: {description: the date is 2020-01-01, x-since: 2020-01-01}', '',
  ].join('\n');

  it('in YAML is refused with the line that converts it, and that line works', () => {
    const line = (() => {
      try {
        loadOpenApi(yaml);
        return '';
      } catch (error) {
        return (error as Error).message.replace(/^the OpenAPI document is not JSON\. If it is YAML, convert it: /, '');
      }
    })();
    const form = /^python3 -c '([^']+)' < openapi\.yaml \| assay gateway --openapi - \.\.\.$/;
    const [, program = ''] = form.exec(line) ?? [];
    expect(program).toContain('yaml.safe_load');
    // Without python3-yaml there is nothing to run; what the message says of it has been seen to.
    if (spawnSync('python3', ['-c', 'import yaml']).status !== 0) return;
    const { stdout } = spawnSync('python3', ['-c', program], { input: yaml, encoding: 'utf8' });
    expect(loadOpenApi(stdout).operations).toMatchObject([{ method: 'GET', template: '/a', alternatives: [[{ id: 'one' }]] }]);
  });
});
