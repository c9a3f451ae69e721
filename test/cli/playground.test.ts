/** `assay playground`: how it is called. What it serves is tested in test/server/playground, and as built in test/package.test.ts. */
import { describe, expect, it } from 'vitest';
import { run } from './run.ts';

describe('called wrongly', () => {
  it.each([
    ['--port expected a number from 0 to 65535', ['--port', '65536']],
    ['--port has an empty value', ['--port', '']],
    ['PORT expected a number from 0 to 65535', [], { PORT: 'pipe' }],
    ["unknown option '--host'", ['--host', '0.0.0.0']],
    ['too many arguments', ['8080']],
    ['GOOGLE_CLIENT_ID expected a client ID', ['--port', '0'], { GOOGLE_CLIENT_ID: '<script>' }],
  ] as const)('%s', async (message, argv, env: Record<string, string> = {}) => {
    const { status, stdout, stderr } = await run(['playground', ...argv], { env, stopped: Promise.resolve() });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.startsWith(`assay playground: ${message}`)).toBe(true);
  });
});
