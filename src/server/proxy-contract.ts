/**
 * What each proxy tells of the request that it asks about: the method and the target, each from exactly one place.
 *
 * @module
 */

import type { EspRequest } from '../esp/index.ts';

/** The proxies that can ask. */
export const PROXIES = ['nginx', 'caddy', 'traefik', 'envoy'] as const;

export type ProxyName = (typeof PROXIES)[number];

/** Where a proxy puts them; undefined: in its own request line. */
interface Contract {
  readonly method: string;
  readonly target: string;
}

const TRAEFIK_LIKE: Contract = { method: 'x-forwarded-method', target: 'x-forwarded-uri' };

const CONTRACTS: Readonly<Record<ProxyName, Contract | undefined>> = {
  nginx: { method: 'x-original-method', target: 'x-original-uri' },
  caddy: TRAEFIK_LIKE,
  traefik: TRAEFIK_LIKE,
  envoy: undefined,
};

/** The request that was asked about, or why that cannot be told. */
export type AskedRequest =
  | { readonly ok: true; readonly request: EspRequest }
  | { readonly ok: false; readonly reason: string };

/**
 * Reads the request that a proxy asks about.
 *
 * There is no second place to look in: a field that is missing is a proxy that was set up otherwise, one that is there
 * twice may have come from the client, and each guess about either could be made by a stranger.
 *
 * @param asking what the proxy has sent.
 */
export function readAskedRequest(proxy: ProxyName, asking: EspRequest): AskedRequest {
  const contract = CONTRACTS[proxy];
  if (contract === undefined) return { ok: true, request: asking };
  const methods = asking.headers.get(contract.method) ?? [];
  const targets = asking.headers.get(contract.target) ?? [];
  const [method = ''] = methods;
  const [target = ''] = targets;
  if (methods.length > 1 || method === '') return { ok: false, reason: missing(proxy, contract.method) };
  if (targets.length > 1 || target === '') return { ok: false, reason: missing(proxy, contract.target) };
  return { ok: true, request: { ...asking, method, target } };
}

function missing(proxy: ProxyName, name: string): string {
  return `${proxy} is expected to say ${name}, once`;
}
