/**
 * The options of the commands that stand in front of a service, and what they make: a policy, its keys, and a judge.
 *
 * @module
 */

import type { ClaimHeader, EspPolicy, EspVerifierOptions, ResponseVocabulary } from '../esp/index.ts';
import type { JwsAlgorithm } from '../jose/jwa.ts';
import type { KeyEvent } from '../keys/key-events.ts';
import type { AccessLog } from '../server/access-log.ts';
import type { Judge } from '../server/judge.ts';
import type { KeySupply } from '../server/key-supply.ts';
import type { Metrics } from '../server/metrics.ts';
import { given, type Arguments } from './arguments.ts';
import { fetchOptions } from './key-source.ts';
import { printable } from './printable.ts';
import { openPolicy, readGivenKeys, SERVICE_FLAGS } from './service-policy.ts';
import type { Terminal } from './terminal.ts';
import { asUsage, UsageError } from './usage-error.ts';

/** The options, for both commands. */
export const SERVICE_OPTIONS = {
  'openapi': 'value',
  'service-name': 'value',
  'unenforced': 'values',
  'issuer': 'value',
  'audience': 'values',
  'keys': 'value',
  'alg': 'value',
  'hs-key': 'values',
  'access-tokens': 'switch',
  'token-cache': 'value',
  'allow-loopback-http': 'switch',
  'timeout': 'value',
  'key-wait': 'value',
  'responses': 'value',
  'verbose-errors': 'switch',
  'claim-header': 'values',
  'user-info': 'value',
  'no-access-log': 'switch',
  'host': 'value',
  'port': 'value',
  'admin-port': 'value',
  'drain': 'value',
} as const;

/** Their part of a command's help. */
export const SERVICE_HELP = `\
Which tokens
  --openapi FILE|-        an OpenAPI document, 2.0 or 3.x, as JSON
  --service-name S        what the service calls itself (the document's host)
  --unenforced SCHEME     a security definition that is enforced elsewhere;
                          repeatable
or, for all paths alike
  --issuer I              "iss", exactly this
  --audience A            "aud", exactly this; repeatable
  --keys URL|FILE         its keys (by OpenID Connect Discovery)
  --alg A,B               algorithms to allow (RS, PS, ES and EdDSA)
and for either
  --hs-key ISSUER=FILE    the shared secret of an issuer, as a JWK in a file;
                          HS256, HS384, HS512 and nothing else; repeatable
  --access-tokens         takes "typ": "at+jwt" (RFC 9068) beside JWT and none
  --allow-loopback-http   lets keys come over http from 127.0.0.0/8 and [::1]
  --timeout SECONDS       to fetch keys in (5)
  --token-cache N         verified tokens to remember, so that one that comes
                          again is not verified as a whole (10000); 0: none
  --key-wait SECONDS      that a request waits for keys, at most

What is said
  --responses V           assay, espv1 or espv2 (assay)
  --verbose-errors        tells all about every refusal: for development
  --user-info F           form of X-Endpoint-API-UserInfo: espv1 or espv2
                          (that of --responses, else espv2)
  --claim-header C=NAME   passes the claim C on in the header NAME; repeatable
  --no-access-log         writes no line for each request

Where
  --host ADDRESS          to listen on (127.0.0.1)
  --port N                0 lets the system choose one (PORT, else 0)
  --admin-port N          for /healthz, /readyz and /metrics; without it, none
  --drain SECONDS         for requests under way, once stopped (10)`;

type ServiceArguments = Arguments<keyof typeof SERVICE_OPTIONS>;

/** What is settled by the command and not by its options. */
export interface ServiceTerms {
  readonly command: string;
  /** Seconds, unless --key-wait says otherwise. */
  readonly keyWait: number;
  /** For proxies that take 401 and 403 and nothing else. */
  readonly authOnly: boolean;
  readonly methodOverride: boolean;
}

/** Everything that a server is made of, but for the listening. */
export interface Service {
  readonly policy: EspPolicy;
  readonly keys: KeySupply;
  readonly judge: Judge;
  readonly claimHeaders: readonly ClaimHeader[];
  /** Where the policy looks for tokens. */
  readonly tokenHeaders: readonly string[];
  readonly metrics: Metrics;
  readonly log: AccessLog;
  /** Writes what is left of the log. */
  readonly flush: () => void;
}

/** @throws {UsageError} for options that leave something undecided, exclude each other, or have impossible values. */
export async function openService(args: ServiceArguments, terminal: Terminal, terms: ServiceTerms): Promise<Service> {
  const vocabulary = readChoice(args.one('responses') ?? 'assay', '--responses', ['assay', 'espv1', 'espv2']);
  const form = readChoice(args.one('user-info') ?? formOf(vocabulary), '--user-info', ['espv1', 'espv2']);
  const keyWait = readSeconds(args, 'key-wait', 0.01, 60) ?? terms.keyWait;
  const { parseClaimHeaders } = await import('../esp/index.ts');
  const claimHeaders = asUsage(() => parseClaimHeaders(args.all('claim-header') ?? []), new Map(), '--claim-header: ');
  const fetch = fetchOptions(args);
  const algorithms = args.one('alg')?.split(',') as JwsAlgorithm[] | undefined;
  const policy = await openPolicy(args, terminal, terms.command);
  for (const warning of policy.warnings) tell(terminal, terms, warning);

  const { createAccessLog } = await import('../server/access-log.ts');
  const { createJudge } = await import('../server/judge.ts');
  const { createKeySupply } = await import('../server/key-supply.ts');
  const { createLineWriter } = await import('../server/line-writer.ts');
  const { createMetrics } = await import('../server/metrics.ts');

  const metrics = createMetrics();
  const supplied = await readGivenKeys(args, policy);
  const onEvent = (provider: { readonly id: string }, event: KeyEvent): void => {
    const news = newsOf(event);
    if (news !== undefined) tell(terminal, terms, `keys of ${provider.id}: ${news}`);
  };
  const keys = asUsage(
    () => createKeySupply(
      policy,
      { given: supplied, fetch, wait: keyWait, metrics, onEvent, ...given({ algorithms }) },
    ),
    SERVICE_FLAGS,
  );
  const lines = createLineWriter((text) => terminal.stdout.write(text));
  const { authOnly, methodOverride } = terms;
  const answers = {
    vocabulary,
    realm: policy.serviceName ?? 'api',
    verbose: args.has('verbose-errors'),
    authOnly,
    unavailable: !authOnly,
  };
  const verifier = readVerifierOptions(args);
  const parts = { policy, keys, answers, userInfo: { form, claimHeaders }, methodOverride, keyWait, metrics, verifier };
  return {
    policy,
    keys,
    judge: asUsage(() => createJudge(parts), SERVICE_FLAGS),
    claimHeaders,
    tokenHeaders: tokenHeadersOf(policy),
    metrics,
    log: args.has('no-access-log') ? () => {} : createAccessLog(policy, lines.write),
    flush: lines.flush,
  };
}

/** The headers in which a policy looks for tokens, in lower case. */
export function tokenHeadersOf({ providers }: EspPolicy): readonly string[] {
  return providers.flatMap(({ locations }) => locations).flatMap((location) => (location.in === 'header' ? [location.name] : []));
}

/** Some 50 MB of tokens, for each set of issuers whose tokens may stand in one place. */
const REMEMBERED_TOKENS = 10_000;

function readVerifierOptions(args: ServiceArguments): EspVerifierOptions {
  const maxTokens = args.number('token-cache') ?? REMEMBERED_TOKENS;
  if (!Number.isInteger(maxTokens) || maxTokens > 1_000_000) {
    throw new UsageError('--token-cache expected a whole number, 0 to 1000000');
  }
  return {
    ...(args.has('access-tokens') ? { typ: ['at+jwt', 'JWT', null] } : {}),
    ...(maxTokens === 0 ? {} : { cache: { maxTokens } }),
  };
}

/** Tells the operator something, in one line. */
function tell({ stderr }: Terminal, { command }: ServiceTerms, text: string): void {
  stderr.write(`assay ${command}: ${printable(text)}\n`);
}

/** What of key events an operator can do something about. */
function newsOf(event: KeyEvent): string | undefined {
  switch (event.type) {
    case 'failed':
      return `not fetched: ${event.reason}; the next attempt is ${event.retryIn.toFixed(1)} s away at the earliest`;
    case 'stale':
      return `stale; they serve on for ${Math.round(event.servesFor)} s`;
    case 'skippedKey':
      return `one cannot be used: ${event.reason}`;
    case 'fetched':
    case 'unknownKid':
      return undefined;
  }
}

function formOf(vocabulary: ResponseVocabulary): 'espv1' | 'espv2' {
  return vocabulary === 'espv1' ? 'espv1' : 'espv2';
}

/** @throws {UsageError} unless the text is one of the choices. */
export function readChoice<const T extends string>(text: string, flag: string, choices: readonly T[]): T {
  const choice = choices.find((one) => one === text);
  if (choice === undefined) throw new UsageError(`${flag} expected one of ${choices.join(', ')}`);
  return choice;
}

/** @throws {UsageError} for a number out of bounds. */
export function readSeconds<N extends string>(
  args: Arguments<N>,
  name: N,
  least: number,
  most: number,
): number | undefined {
  const seconds = args.number(name);
  if (seconds !== undefined && (seconds < least || seconds > most)) {
    throw new UsageError(`--${name} expected seconds, ${least} to ${most}`);
  }
  return seconds;
}
