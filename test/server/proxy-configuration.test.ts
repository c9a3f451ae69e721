/** What is printed for each proxy. That the proxies read it so is for test/proxies, which has them. */
import { describe, expect, it } from 'vitest';
import { createHeaderGuard } from '../../src/esp/index.ts';
import { proxyConfiguration, type ConfigurationTerms } from '../../src/server/proxy-configuration.ts';
import type { ProxyName } from '../../src/server/proxy-contract.ts';

const ALONE: ConfigurationTerms = {
  listen: '127.0.0.1:8080',
  services: ['10.0.0.1:3000'],
  auth: ['10.0.1.1:9090'],
  claimHeaders: [{ claim: 'sub', header: 'x-auth-subject' }, { claim: 'name', header: 'x-user-name' }],
};
const REPLICAS: ConfigurationTerms = {
  ...ALONE, services: ['10.0.0.1:3000', '10.0.0.2:3000'], auth: ['10.0.1.1:9090', '10.0.1.2:9090', '10.0.1.3:9090'],
};

/** What tells the service of the user, and what would make another request of the one decided on. */
const TOLD = ['x-endpoint-api-userinfo', 'x-auth-subject', 'x-user-name'];
const OVERRIDES = ['x-http-method-override', 'x-http-method', 'x-method-override', 'x-original-url', 'x-rewrite-url', 'proxy'];

/** The lines, less the spaces around them. */
const linesFor = (proxy: ProxyName, terms: ConfigurationTerms): string[] =>
  proxyConfiguration(proxy, terms).split('\n').map((line) => line.trim());

/** The lines between one and the next that is less indented, or as much. */
function block(proxy: ProxyName, terms: ConfigurationTerms, first: string): string[] {
  const lines = proxyConfiguration(proxy, terms).split('\n');
  const start = lines.findIndex((line) => line.trim() === first);
  const depth = (line: string): number => line.search(/\S/);
  const end = lines.findIndex((line, index) => index > start && depth(line) <= depth(lines[start] ?? ''));
  expect(start).not.toBe(-1);
  return lines.slice(start + 1, end === -1 ? lines.length : end).map((line) => line.trim());
}

describe('nginx', () => {
  it('listens where it is to, and knows every replica of the service and of ours', () => {
    expect(linesFor('nginx', ALONE)).toContain('listen 127.0.0.1:8080;');
    expect(block('nginx', REPLICAS, 'upstream service {')).toEqual(['server 10.0.0.1:3000;', 'server 10.0.0.2:3000;', 'keepalive 32;']);
    expect(block('nginx', REPLICAS, 'upstream assay {'))
      .toEqual(['server 10.0.1.1:9090;', 'server 10.0.1.2:9090;', 'server 10.0.1.3:9090;', 'keepalive 32;']);
  });

  it('takes from the answer what tells of the user, and sets that, or nothing, in place of what a client sent', () => {
    const lines = block('nginx', ALONE, 'location / {');
    expect(lines.filter((line) => line.startsWith('auth_request_set'))).toEqual([
      'auth_request_set $assay_x_endpoint_api_userinfo $upstream_http_x_endpoint_api_userinfo;',
      'auth_request_set $assay_x_auth_subject $upstream_http_x_auth_subject;',
      'auth_request_set $assay_x_user_name $upstream_http_x_user_name;',
    ]);
    expect(lines.filter((line) => /^proxy_set_header [a-z]/.test(line))).toEqual([
      'proxy_set_header x-endpoint-api-userinfo $assay_x_endpoint_api_userinfo;',
      'proxy_set_header x-auth-subject $assay_x_auth_subject;',
      'proxy_set_header x-user-name $assay_x_user_name;',
      'proxy_set_header x-http-method-override "";',
      'proxy_set_header x-http-method "";',
      'proxy_set_header x-method-override "";',
      'proxy_set_header x-original-url "";',
      'proxy_set_header x-rewrite-url "";',
      'proxy_set_header proxy "";',
    ]);
    expect(lines).toContain('auth_request /_assay;');
  });

  it.each([[1, 2], [2, 2], [3, 3]])('of %i replicas of ours it asks %i before it gives up', (replicas, tries) => {
    const auth = REPLICAS.auth.slice(0, replicas);
    expect(block('nginx', { ...REPLICAS, auth }, 'location = /_assay {')).toContain(`proxy_next_upstream_tries ${tries};`);
  });
});

describe('Caddy', () => {
  it('removes all that is ours to say, then asks, then copies what was answered, in a route, which keeps the order', () => {
    expect(block('caddy', ALONE, 'route {')).toEqual([
      ...[...TOLD, ...OVERRIDES].map((name) => `request_header -${name}`),
      'forward_auth 10.0.1.1:9090 {', 'uri /', `copy_headers ${TOLD.join(' ')}`, '}',
      'reverse_proxy 10.0.0.1:3000',
    ]);
  });

  it('listens where it is to, and knows every replica', () => {
    const lines = linesFor('caddy', REPLICAS);
    expect(lines[0]).toBe('http://127.0.0.1:8080 {');
    expect(lines).toContain('forward_auth 10.0.1.1:9090 10.0.1.2:9090 10.0.1.3:9090 {');
    expect(lines).toContain('reverse_proxy 10.0.0.1:3000 10.0.0.2:3000');
  });
});

describe('Traefik', () => {
  it('asks us, and replaces or removes all that is ours to say', () => {
    expect(linesFor('traefik', ALONE)).toContain('address: http://10.0.1.1:9090/');
    expect(linesFor('traefik', ALONE)).toContain('trustForwardHeader: false');
    expect(block('traefik', ALONE, 'authResponseHeaders:').filter((line) => line !== ''))
      .toEqual([...TOLD, ...OVERRIDES].map((name) => `- ${name}`));
  });
});

describe('Envoy', () => {
  it('asks us, and lets nothing pass that it has no answer to', () => {
    const lines = linesFor('envoy', ALONE);
    expect(lines).toContain('uri: http://10.0.1.1:9090');
    expect(lines).toContain('failure_mode_allow: false');
    expect(linesFor('envoy', { ...ALONE, auth: ['[::1]:9090'] })).toContain('uri: http://[::1]:9090');
  });

  it('sends us the tokens, and tells the service what was answered of the user', () => {
    expect(block('envoy', ALONE, 'allowed_headers:').filter((line) => line.startsWith('- exact')))
      .toEqual(['- exact: authorization', '- exact: x-goog-iap-jwt-assertion', '- exact: cookie']);
    expect(block('envoy', ALONE, 'allowed_upstream_headers:').slice(1)).toEqual(TOLD.map((name) => `- exact: ${name}`));
  });

  it('sends us the headers in which a document looks for tokens, each once, and their other spellings', () => {
    const lines = block('envoy', { ...ALONE, tokenHeaders: ['authorization', 'token-header', 'token-header'] }, 'allowed_headers:');
    expect(lines.filter((line) => line.startsWith('- exact')))
      .toEqual(['- exact: authorization', '- exact: x-goog-iap-jwt-assertion', '- exact: cookie', '- exact: token-header']);
    expect(lines).toContain('- safe_regex: { regex: "token[^a-z0-9]header" }');
    expect(lines.join()).not.toContain('#');
    // Any name that a field can have (RFC 9110 §5.6.2).
    const odd = block('envoy', { ...ALONE, tokenHeaders: ["*a'|b-c"] }, 'allowed_headers:');
    expect(odd).toContain(`- exact: "*a'|b-c"`);
    expect(odd).toContain('- safe_regex: { regex: "[^a-z0-9]a[^a-z0-9][^a-z0-9]b[^a-z0-9]c" }');
    expect(block('envoy', ALONE, 'allowed_headers:').join()).toContain('# And where else the OpenAPI document looks for tokens: --openapi');
  });

  // It sends no others, and by name it could only be told to remove those with "-".
  it('shows us what a service behind CGI would take for a name that is ours to say, and we refuse it', () => {
    const patterns = block('envoy', ALONE, 'allowed_headers:').flatMap((line) => /^- safe_regex: \{ regex: "(.*)" \}$/.exec(line)?.[1] ?? []);
    const shows = (name: string): boolean => patterns.some((pattern) => new RegExp(`^(?:${pattern})$`).test(name));
    const isOurs = createHeaderGuard(ALONE.claimHeaders, ['x-goog-iap-jwt-assertion']);
    for (const name of [...TOLD, ...OVERRIDES, 'x-goog-iap-jwt-assertion'].filter((one) => one.includes('-'))) {
      for (const alias of [name.replaceAll('-', '_'), name.replace('-', '.')]) expect([alias, shows(alias), isOurs(alias)]).toEqual([alias, true, true]);
    }
    // What has no "-" has no other spelling, and is removed by its name.
    expect(['x_own', 'xauthsubject', 'x-auth-subjects', 'proxy'].map(shows)).toEqual([false, false, false, false]);
  });
});
