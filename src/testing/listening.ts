/**
 * The local issuer on a port: its addresses, its name there, and its index.
 *
 * @module
 */

import { answerJson, FAILURE_MODES, type Answer } from './answers.ts';
import { controlsOf, type ControlledIssuer } from './controls.ts';
import type { MintClaims, MintOptions } from './mint.ts';
import { publicationUnder, type Publication } from './publication.ts';
import { listenOnLoopback, type LoopbackServer } from './server.ts';

/** An issuer that listens on a port. Frozen. */
export interface ListeningIssuer extends LoopbackServer, Publication {
  /** Like the `mint` of the issuer that listens, under the name it has here. */
  readonly mint: (claims?: MintClaims, options?: MintOptions) => string;
}

/** The issuer behind the port. */
export interface ListenTerms {
  /** The name that an issuer at this address goes by. */
  readonly nameAt: (url: string) => string;
  readonly answer: (places: Publication, url: URL) => Answer | undefined;
  readonly mintFor: (issuer: string) => ListeningIssuer['mint'];
  readonly levers: Omit<ControlledIssuer, 'mint'>;
  /** What the index shows beside the addresses. */
  readonly status: () => object;
}

/** Makes an issuer's `listen`. */
export function createListen(
  { nameAt, answer, mintFor, levers, status }: ListenTerms,
): (port?: number, host?: string) => Promise<ListeningIssuer> {
  const at = (url: string): Publication => publicationUnder(nameAt(url), url);
  return async (port = 0, host = '127.0.0.1') => {
    const server = await listenOnLoopback(port, host, (url) => {
      const places = at(url);
      const index = (): Answer => answerJson(indexOf(places, status()), { 'cache-control': 'no-store' });
      return {
        get: (asked) => (asked.pathname === '/' ? index() : answer(places, asked)),
        controls: controlsOf({ ...levers, mint: mintFor(places.issuer) }),
      };
    });
    const places = at(server.url);
    return Object.freeze({ ...places, ...server, mint: mintFor(places.issuer) });
  };
}

/** What GET / tells whoever looks for the way. */
function indexOf({ issuer, jwksUri, certificatesUri, discoveryUri }: Publication, status: object): object {
  return {
    issuer,
    ...status,
    jwks_uri: jwksUri,
    certificates_uri: certificatesUri,
    discovery_uri: discoveryUri,
    post: {
      '/mint': 'JSON claims, which replace the defaults; answers a token',
      '/rotate': '{}: a new key signs, the old ones stay published',
      '/retire': '{}: the old keys are no longer published',
      '/fail': `{ "mode": "..." }: ${FAILURE_MODES.join(', ')}`,
    },
  };
}
