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
import { DEFAULT_HEADERS, readRemoteOptions, type RemoteKeySetOptions, type RemoteSettings } from './remote-options.ts';

/**
 * Makes a key set out of an issuer: its discovery document says where the keys are.
 *
 * Nothing is fetched yet. The document is read anew with every fetch of the keys, so that an issuer can move them; one deadline
 * is for both. The issuer it names must be the one asked for (§4.3): otherwise one issuer could speak for another. The option
 * `headers` is sent to the issuer's own origin only.
 *
 * @throws {TypeError} for an issuer that is not an https URL without query and fragment (§3), or wrong options.
 * @throws {JwtError} for an `initial` that is no key set, or has no usable key.
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

  const get = async (signal: AbortSignal): Promise<GetAnswer> => {
    const keysUrl = readKeysUrl((await getOnce(url, settings, signal)).body, name, settings);
    // The caller's headers may hold a secret that is for the issuer's own server.
    const sameOrigin = new URL(keysUrl).origin === new URL(url).origin;
    return getOnce(keysUrl, sameOrigin ? settings : { ...settings, headers: DEFAULT_HEADERS }, signal);
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
