/**
 * Configurations of proxies that ask us, ready to be copied: what is asked, and what of a client's is closed.
 *
 * @module
 */

import type { ClaimHeader } from '../esp/index.ts';
import { guardedNames } from './forward-auth.ts';
import type { ProxyName } from './proxy-contract.ts';

/** What a configuration is made for. */
export interface ConfigurationTerms {
  /** `host:port` that the proxy listens on. */
  readonly listen: string;
  /** `host:port` of the service; several are replicas. */
  readonly services: readonly string[];
  /** `host:port` of `assay forward-auth`; several are replicas. */
  readonly auth: readonly string[];
  readonly claimHeaders: readonly ClaimHeader[];
  /** Where the policy looks for tokens, in lower case, if that is known. Default: where ESP does. */
  readonly tokenHeaders?: readonly string[];
}

/** Writes a proxy's configuration. For nginx it is whole; for Caddy a Caddyfile; of the others, the part for us. */
export function proxyConfiguration(proxy: ProxyName, terms: ConfigurationTerms): string {
  return WRITERS[proxy](terms);
}

const WRITERS: Readonly<Record<ProxyName, (terms: ConfigurationTerms) => string>> = {
  nginx: forNginx,
  caddy: forCaddy,
  traefik: forTraefik,
  envoy: forEnvoy,
};

/** Names that tell the service of the user. */
function toldNames({ claimHeaders }: ConfigurationTerms): readonly string[] {
  return ['x-endpoint-api-userinfo', ...claimHeaders.map(({ header }) => header)];
}

/** `underscores_in_headers` is off by default, so that no other spelling of a header gets through. */
function forNginx(terms: ConfigurationTerms): string {
  const told = toldNames(terms);
  const variable = (name: string): string => `$assay_${name.replaceAll('-', '_')}`;
  const fetched = told.map((name) => `auth_request_set ${variable(name)} $upstream_http_${name.replaceAll('-', '_')};`);
  const closed = guardedNames(terms.claimHeaders)
    .map((name) => `proxy_set_header ${name} ${told.includes(name) ? variable(name) : '""'};`);
  const servers = (hosts: readonly string[]): string => hosts.map((host) => `    server ${host};`).join('\n');
  const indent = (lines: readonly string[]): string => lines.map((line) => `      ${line}`).join('\n');
  return `\
events {}
http {
  upstream service {
${servers(terms.services)}
    keepalive 32;
  }
  upstream assay {
${servers(terms.auth)}
    keepalive 32;
  }
  server {
    listen ${terms.listen};
    # Whoever may send a header that long may also send a token that long.
    large_client_header_buffers 4 16k;

    location / {
      auth_request /_assay;
${indent(fetched)}
${indent(closed)}
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      # Without a path behind the name: the service gets the target that was decided on, octet for octet.
      proxy_pass http://service;
    }

    location = /_assay {
      internal;
      proxy_pass http://assay;
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
      proxy_set_header X-Original-Method $request_method;
      proxy_set_header X-Original-URI $request_uri;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_next_upstream error timeout;
      proxy_next_upstream_tries ${Math.max(terms.auth.length, 2)};
      proxy_connect_timeout 1s;
      proxy_read_timeout 5s;
    }
  }
}
`;
}

/** In a `route`, for the order matters: what the client sent goes first, and what we say is copied after that. */
function forCaddy(terms: ConfigurationTerms): string {
  const closed = guardedNames(terms.claimHeaders).map((name) => `    request_header -${name}`);
  const copied = toldNames(terms).join(' ');
  return `\
http://${terms.listen} {
  route {
${closed.join('\n')}
    forward_auth ${terms.auth.join(' ')} {
      uri /
      copy_headers ${copied}
    }
    reverse_proxy ${terms.services.join(' ')}
  }
}
`;
}

/** Traefik removes each of `authResponseHeaders` from the request before it sets what was answered. */
function forTraefik(terms: ConfigurationTerms): string {
  const names = guardedNames(terms.claimHeaders).map((name) => `          - ${name}`);
  return `\
http:
  middlewares:
    assay:
      forwardAuth:
        address: http://${terms.auth[0] ?? ''}/
        trustForwardHeader: false
        authResponseHeaders:
${names.join('\n')}
`;
}

/** The answer names what is to be removed, in x-envoy-auth-headers-to-remove. A failure is never an allow. */
function forEnvoy(terms: ConfigurationTerms): string {
  // A token that we are not shown would be none, and go on to the service where none is needed.
  const tokens = [...new Set(['authorization', 'x-goog-iap-jwt-assertion', 'cookie', ...(terms.tokenHeaders ?? [])])];
  const shown = tokens.map((name) => `            - exact: ${/^[a-z0-9-]+$/.test(name) ? name : JSON.stringify(name)}`);
  if (terms.tokenHeaders === undefined) shown.unshift('            # And where else the OpenAPI document looks for tokens: --openapi with --print-config says it.');
  const patterns = toldNames(terms).map((name) => `            - exact: ${name}`);
  // Shown to us, so that we refuse them: what a service behind CGI would take for one of these, we cannot have removed by name.
  const looks = [...guardedNames(terms.claimHeaders), ...tokens].filter((name) => name.includes('-'));
  const aliases = looks.map((name) => `            - safe_regex: { regex: "${name.replace(/[^a-z0-9]/g, '[^a-z0-9]')}" }`);
  return `\
http_filters:
- name: envoy.filters.http.ext_authz
  typed_config:
    "@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz
    failure_mode_allow: false
    http_service:
      server_uri:
        uri: http://${terms.auth[0] ?? ''}
        cluster: assay
        timeout: 0.25s
      authorization_request:
        allowed_headers:
          patterns:
${shown.join('\n')}
${aliases.join('\n')}
      authorization_response:
        allowed_upstream_headers:
          patterns:
${patterns.join('\n')}
        allowed_client_headers:
          patterns:
            - exact: www-authenticate
            - exact: content-type
            - exact: cache-control
`;
}
