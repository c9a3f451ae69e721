/**
 * `assay forward-auth`: the auth answer for nginx, Caddy, Traefik and Envoy.
 *
 * @module
 */

import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { EXIT } from './exit-status.ts';
import { readPort } from './listening.ts';
import { openService, readChoice, SERVICE_HELP, SERVICE_OPTIONS, tokenHeadersOf } from './service-options.ts';
import { openPolicy } from './service-policy.ts';
import { serveUntilStopped } from './serving.ts';
import { asUsage, UsageError } from './usage-error.ts';

const FORWARD_AUTH_OPTIONS = { ...SERVICE_OPTIONS, 'proxy': 'value', 'print-config': 'switch' } as const;

/** Seconds. Envoy waits 0.2 s for an answer unless it is told otherwise; what comes later is a failure to it. */
const KEY_WAIT = { nginx: 2, caddy: 2, traefik: 2, envoy: 0.15 } as const;

export const forwardAuth: Command = {
  name: 'forward-auth',
  summary: 'the auth answer for nginx, Caddy, Traefik and Envoy',
  help: `\
assay forward-auth --proxy nginx|caddy|traefik|envoy [options]

Answers a proxy that asks whether a request may pass: 200 with the headers that
tell the service of the user, or 401 or 403. The method and the target are read
from one place each; a field that is missing or there twice is refused.

  nginx           X-Original-Method, X-Original-URI
  caddy, traefik  X-Forwarded-Method, X-Forwarded-Uri
  envoy           the request's own

  --proxy P               who asks
  --print-config          prints the proxy's configuration, and ends; with
                          --openapi, Envoy's names the document's headers

${SERVICE_HELP}

--key-wait is 0.15 for envoy and 2 otherwise. The first line on standard output
is the address; the lines behind it are the access log. It runs until it is
stopped: Ctrl-C, or SIGTERM.

Exit status: 0 stopped, 2 called wrongly, or the port cannot be had.

Examples
  assay forward-auth --proxy nginx --openapi openapi.json --port 9090
  assay forward-auth --proxy nginx --print-config
`,
  options: FORWARD_AUTH_OPTIONS,
  async run(argv, terminal) {
    const args = readArguments(argv, FORWARD_AUTH_OPTIONS, 0);
    const { PROXIES } = await import('../server/proxy-contract.ts');
    const text = args.one('proxy');
    if (text === undefined) throw new UsageError(`who asks? Give --proxy ${PROXIES.join('|')}`);
    const proxy = readChoice(text, '--proxy', PROXIES);
    if (args.has('print-config')) {
      const { parseClaimHeaders } = await import('../esp/index.ts');
      const { proxyConfiguration } = await import('../server/proxy-configuration.ts');
      const claimHeaders = asUsage(() => parseClaimHeaders(args.all('claim-header') ?? []));
      const auth = [`127.0.0.1:${readPort(args.one('port') ?? '9090', {})}`];
      const policy = args.has('openapi') ? await openPolicy(args, terminal, 'forward-auth') : undefined;
      const known = policy === undefined ? {} : { tokenHeaders: tokenHeadersOf(policy) };
      const terms = { listen: '127.0.0.1:8080', services: ['127.0.0.1:3000'], auth, claimHeaders, ...known };
      terminal.stdout.write(proxyConfiguration(proxy, terms));
      return EXIT.accepted;
    }
    const terms = { command: 'forward-auth', keyWait: KEY_WAIT[proxy], authOnly: true, methodOverride: false };
    const { listenForwardAuth } = await import('../server/forward-auth.ts');
    const service = await openService(args, terminal, terms);
    const { judge, claimHeaders, tokenHeaders, metrics, log } = service;
    return serveUntilStopped(args, terminal, service, (port, host) =>
      listenForwardAuth(port, host, { proxy, judge, claimHeaders, tokenHeaders, metrics, log }));
  },
};
