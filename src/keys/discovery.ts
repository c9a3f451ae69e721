/**
 * OpenID Connect Discovery (OIDC Discovery §4): from an issuer to its keys.
 *
 * @module
 */

import { member, parseJsonObject } from '../jose/json.ts';
import { expectString } from '../jose/options.ts';
import { getOnce, GetError, type GetAnswer } from './bounded-get.ts';
import { expectKeyUrl } from './key-url.ts';
import { KeyCache, type RemoteKeySet } from './remote-key-set.ts';
import { readRemoteOptions, type RemoteKeySetOptions, type RemoteSettings } from './remote-options.ts';

/**
 * Makes a key set out of an issuer: its discovery document says where the keys are.
 *
 * Nothing is fetched yet. The document is read with the first keys, and again when these cannot be had where it said. The
 * issuer it names must be the one asked for (§4.3): otherwise one issuer could speak for another.
 *
 * @throws {TypeError} for an issuer that is not an https URL without query and fragment (§3), or wrong options.
 * @example
 * const keys = discoverKeySet('https://accounts.google.com');
 */
export function discoverKeySet(issuer: string, options: RemoteKeySetOptions = {}): RemoteKeySet {
  const settings = readRemoteOptions(options, 'discoverKeySet');
  const name = expectString(issuer, 'issuer');
  if (name.includes('?')) throw new TypeError('"issuer" must not have a query');
  expectKeyUrl(name, 'issuer', settings.allowLoopbackHttp);
  // §4.1: a terminating slash of the issuer is removed first.
  const url = expectKeyUrl(`${name.replace(/\/$/, '')}/.well-known/openid-configuration`, 'issuer', settings.allowLoopbackHttp);

  let keysUrl: string | undefined;
  const get = async (signal: AbortSignal): Promise<GetAnswer> => {
    const known = keysUrl ?? readKeysUrl((await getOnce(url, settings, signal)).body, name, settings);
    // Forgotten until the fetch has gone well, so that after a failure the document is asked again.
    keysUrl = undefined;
    const answer = await getOnce(known, settings, signal);
    keysUrl = known;
    return answer;
  };
  return new KeyCache(url, settings, get).asKeySet();
}

/** @throws {GetError} for a document that does not say where the keys of this issuer are. */
function readKeysUrl(body: Uint8Array, issuer: string, { allowLoopbackHttp }: RemoteSettings): string {
  const document = parseJsonObject(body, 'the discovery document');
  if (member(document, 'issuer') !== issuer) throw new GetError('the discovery document is of another issuer');
  try {
    return expectKeyUrl(member(document, 'jwks_uri'), 'jwks_uri', allowLoopbackHttp);
  } catch {
    throw new GetError('the discovery document has no usable jwks_uri');
  }
}
