/**
 * `assay gateway`: a reverse proxy that lets through what the policy allows.
 *
 * @module
 */

import { given, readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { openService, readSeconds, SERVICE_HELP, SERVICE_OPTIONS } from './service-options.ts';
import { serveUntilStopped } from './serving.ts';
import { asUsage, UsageError } from './usage-error.ts';

const GATEWAY_OPTIONS = {
  ...SERVICE_OPTIONS,
  'upstream': 'value',
  'upstream-timeout': 'value',
  'head-timeout': 'value',
  'method-override': 'switch',
  'trust-forwarded': 'switch',
} as const;

/** Seconds. */
const GATEWAY_KEY_WAIT = 2;

export const gateway: Command = {
  name: 'gateway',
  summary: 'a reverse proxy that lets through what the policy allows',
  help: `\
assay gateway --upstream URL [options]

Stands in front of a service as a reverse proxy. Each request is decided on
first; what may pass goes on as it came, with X-Endpoint-API-UserInfo telling
who the user is. What a client sends under that name never goes on.

  --upstream URL          the service: scheme, host and port
  --upstream-timeout S    without an octet, of a client or the service (60)
  --head-timeout S        for the head of a request to come in (10)
  --method-override       takes the method from X-HTTP-Method-Override
  --trust-forwarded       keeps X-Forwarded-* of a proxy before this one

${SERVICE_HELP}

--key-wait is 2. The first line on standard output is the address; the lines
behind it are the access log. It runs until it is stopped: Ctrl-C, or SIGTERM,
on which requests under way are let end. One process uses one core: for more,
start more of them, on one machine or many, behind a load balancer.

Exit status: 0 stopped, 2 called wrongly, or the port cannot be had.

Example
  assay gateway --openapi openapi.json --upstream http://127.0.0.1:3000
`,
  options: GATEWAY_OPTIONS,
  async run(argv, terminal) {
    const args = readArguments(argv, GATEWAY_OPTIONS, 0);
    const upstream = args.one('upstream');
    if (upstream === undefined) throw new UsageError('in front of what? Give --upstream URL');
    const { listenGateway } = await import('../server/gateway.ts');
    const { DEFAULT_LIMITS } = await import('../server/limits.ts');
    const { createUpstream } = await import('../server/upstream.ts');
    asUsage(() => createUpstream(upstream, DEFAULT_LIMITS), new Map([['upstream', '--upstream']])).close();
    const idleTimeout = readSeconds(args, 'upstream-timeout', 0.1, 86_400);
    const headTimeout = readSeconds(args, 'head-timeout', 0.1, 300);
    const methodOverride = args.has('method-override');
    const terms = { command: 'gateway', keyWait: GATEWAY_KEY_WAIT, authOnly: false, methodOverride };
    const service = await openService(args, terminal, terms);
    const { judge, claimHeaders, tokenHeaders, metrics, log } = service;
    const trustForwarded = args.has('trust-forwarded');
    const limits = given({ idleTimeout, headTimeout });
    return serveUntilStopped(args, terminal, service, (port, host) =>
      listenGateway(port, host, { upstream, judge, claimHeaders, tokenHeaders, metrics, log, trustForwarded, limits }));
  },
};
