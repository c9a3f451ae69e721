/** How `assay gateway` and `assay forward-auth` are called. Their servers are tested in test/server and test/proxies. */
import { describe, expect, it } from 'vitest';
import { publicJwk, SECRET, temporaryFolder } from './key-files.ts';
import { run } from './run.ts';

const folder = temporaryFolder();
const jwks = folder.write('jwks.json', JSON.stringify(publicJwk()));
const secret = folder.write('secret.json', JSON.stringify({ kty: 'oct', k: SECRET }));
const yaml = folder.write('openapi.yaml', 'swagger: "2.0"\n');
const empty = folder.write('empty.json', '{"swagger":"2.0","host":"a.example","paths":{}}');
const GATEWAY = ['gateway', '--upstream', 'http://127.0.0.1:1'];
const ISSUER = ['--issuer', 'https://issuer.example', '--audience', 'my-api'];

describe('a wrong call is told in a line, and nothing listens', () => {
  it.each([
    [['gateway', ...ISSUER], 'Give --upstream URL'],
    [['gateway', ...ISSUER, '--upstream', 'http://a.example/path'], '--upstream expected scheme, host and port'],
    [['gateway', ...ISSUER, '--upstream', 'http://user@a.example'], '--upstream expected scheme, host and port'],
    [['gateway', ...ISSUER, '--upstream', 'http://:secret@a.example'], '--upstream expected scheme, host and port'],
    [['gateway', ...ISSUER, '--upstream', 'ftp://a.example'], '--upstream expected an http or https URL'],
    [GATEWAY, 'Give --openapi FILE, or --issuer I and --audience A'],
    [[...GATEWAY, '--issuer', 'https://issuer.example'], 'Give --audience A'],
    [[...GATEWAY, ...ISSUER, '--openapi', empty], '--issuer cannot be used with --openapi'],
    [[...GATEWAY, ...ISSUER, '--service-name', 'a'], '--service-name cannot be used without --openapi'],
    [[...GATEWAY, '--openapi', yaml], '< openapi.yaml | assay gateway --openapi - ...\n'],
    [['forward-auth', '--proxy', 'nginx', '--openapi', yaml], '< openapi.yaml | assay forward-auth --openapi - ...\n'],
    [[...GATEWAY, '--openapi', `${empty}.none`], 'there is no such file'],
    [[...GATEWAY, ...ISSUER, '--responses', 'espv3'], '--responses expected one of assay, espv1, espv2'],
    [[...GATEWAY, ...ISSUER, '--claim-header', 'sub=Host'], '--claim-header: '],
    [[...GATEWAY, ...ISSUER, '--hs-key', `https://other.example=${jwks}`], 'of whom no operation wants a token'],
    [[...GATEWAY, ...ISSUER, '--hs-key', `https://issuer.example=${jwks}`], 'expected a shared secret'],
    [[...GATEWAY, ...ISSUER, '--hs-key', 'https://issuer.example=https://keys.example/'], 'there is no such file'],
    [[...GATEWAY, ...ISSUER, '--hs-key', `https://issuer.example=${secret}`, '--keys', secret], 'expected public keys'],
    [[...GATEWAY, ...ISSUER, '--keys', secret, '--alg', 'HS256'], '--hs-key ISSUER=FILE'],
    [[...GATEWAY, ...ISSUER, '--keys', 'https://keys.example/', '--alg', 'RS256,HS512'], '--hs-key ISSUER=FILE'],
    [[...GATEWAY, ...ISSUER, '--keys', 'http://keys.example/'], '--keys'],
    [[...GATEWAY, ...ISSUER, '--keys', jwks, '--alg', 'RS255'], '--alg'],
    [[...GATEWAY, ...ISSUER, '--token-cache', '0.5'], '--token-cache expected a whole number'],
    [[...GATEWAY, ...ISSUER, '--token-cache', '1000001'], '--token-cache expected a whole number'],
    [[...GATEWAY, ...ISSUER, '--key-wait', '0'], '--key-wait expected seconds'],
    [[...GATEWAY, ...ISSUER, '--keys', jwks, '--port', '65536'], '--port expected a number'],
    [[...GATEWAY, ...ISSUER, '--keys', jwks, '--admin-port', 'x'], '--admin-port expected a number'],
    [['forward-auth', ...ISSUER], 'Give --proxy nginx|caddy|traefik|envoy'],
    [['forward-auth', ...ISSUER, '--proxy', 'apache'], '--proxy expected one of nginx, caddy, traefik, envoy'],
    [['forward-auth', '--proxy', 'nginx', '--print-config', '--port', '9090;'], '--port expected a number'],
    [['forward-auth', ...ISSUER, '--proxy', 'nginx', '--upstream', 'http://a'], "unknown option '--upstream'"],
  ])('%j', async (argv, message) => {
    const { status, stdout, stderr } = await run(argv);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

it.each([
  ['nginx', ['auth_request /_assay;', 'proxy_set_header x-auth-subject $assay_x_auth_subject;', '127.0.0.1:9191']],
  ['caddy', ['request_header -x-auth-subject', 'copy_headers x-endpoint-api-userinfo x-auth-subject']],
  ['traefik', ['trustForwardHeader: false', '- x-auth-subject']],
  ['envoy', ['failure_mode_allow: false', '- exact: x-auth-subject']],
])('--print-config for %s closes what must not come from a client', async (proxy, parts) => {
  const { status, stdout } = await run(['forward-auth', '--proxy', proxy, '--print-config', '--port', '9191',
    '--claim-header', 'sub=X-Auth-Subject']);
  expect(status).toBe(0);
  for (const part of parts) expect(stdout).toContain(part);
});

it('--print-config with a document names the headers in which it looks for tokens to Envoy, and refuses a wrong document', async () => {
  const scheme = { 'type': 'oauth2', 'x-google-issuer': 'https://issuer.example', 'x-google-jwt-locations': [{ header: 'Token-Header' }, { query: 'q' }] };
  const paths = { '/a': { get: { security: [{ one: [] }] } } };
  const file = folder.write('locations.json', JSON.stringify({ swagger: '2.0', host: 'a.example', securityDefinitions: { one: scheme }, paths }));
  const print = (document: string) => run(['forward-auth', '--proxy', 'envoy', '--print-config', '--openapi', document]);
  const { status, stdout } = await print(file);
  expect({ status, named: stdout.includes('            - exact: token-header\n') }).toEqual({ status: 0, named: true });
  expect(await print(yaml)).toMatchObject({ status: 2, stdout: '' });
});

describe('listening', () => {
  it.each([
    [[...GATEWAY, ...ISSUER, '--keys', jwks]],
    [['forward-auth', '--proxy', 'nginx', ...ISSUER, '--keys', jwks]],
    [['forward-auth', '--proxy', 'envoy', '--openapi', empty]],
  ])('%j: the first line is the address alone', async (argv) => {
    let stop = (): void => {};
    const stopped = new Promise<void>((resolve) => (stop = resolve));
    let first = '';
    const onWrite = (stream: string, text: string): void => {
      if (stream !== 'stdout' || first !== '') return;
      first = text;
      stop();
    };
    const { status, stdout } = await run(argv, { stopped, onWrite });
    expect(status).toBe(0);
    expect(stdout).toBe(first);
    expect(first).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/);
  });
});
