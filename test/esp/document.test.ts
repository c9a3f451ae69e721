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
    expect(loading(text.replace('"host"', '"host":"evil.example","host"'))).toThrow('two members of one name');
    expect(loading(`${text} x`)).toThrow('not valid JSON');
    expect(loading('{')).toThrow('not valid JSON');
    expect(loading('[]')).toThrow(TypeError);
    expect(loading([])).toThrow(TypeError);
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
