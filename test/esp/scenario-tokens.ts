import { createSecretKey } from 'node:crypto';
import { certificatePem } from '../../spec-vectors/generate/certificate.ts';
import { jwkSet, privateKey, publicJwk, secret } from '../../spec-vectors/generate/keys.ts';
import { encodeBase64url } from '../../src/jose/base64url.ts';
import { JwtError } from '../../src/jose/errors.ts';
import { schemeOf } from '../../src/jose/jwa.ts';
import { createKeySet } from '../../src/jose/key-set.ts';
import type { ProviderKeys } from '../../src/esp/verifiers.ts';

/** A token as a scenario describes it. Everything has a default, which is a good token. */
export interface TokenSpec {
  /** The whole token, as it is. */
  readonly raw?: string;
  readonly key?: string;
  /** null: none. Default: the name of the key. */
  readonly kid?: string | null;
  readonly alg?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly without?: readonly string[];
  /** Characters of a claim that only takes room. */
  readonly pad?: number;
  readonly headerText?: string;
  readonly payloadText?: string;
  readonly encodedHeader?: string;
  readonly encodedPayload?: string;
  readonly encodedSignature?: string;
  /** Pads the payload to a multiple of four characters. */
  readonly padPayload?: boolean;
  /** A signature of the right length that is all zeros. */
  readonly zeros?: boolean;
  /** Drops characters at the start. */
  readonly skip?: number;
  /** Keeps so many parts. */
  readonly parts?: number;
}

const MEMBERS: readonly string[] = [
  'raw', 'key', 'kid', 'alg', 'claims', 'without', 'pad', 'headerText', 'payloadText', 'encodedHeader',
    'encodedPayload',
  'encodedSignature', 'padPayload', 'zeros', 'skip', 'parts',
];

const ALGORITHMS: Readonly<Record<string, string>> = {
  'rsa-1': 'RS256', 'rsa-2': 'RS256', 'ec-1': 'ES256', 'ed-1': 'EdDSA', 'hs-1': 'HS256', 'hs-2': 'HS256',
};

/** Mints a token: signed over whatever its parts have been made. */
export function mintScenarioToken(spec: TokenSpec, defaults: Readonly<Record<string, unknown>>): string {
  const unknown = Object.keys(spec).filter((name) => !MEMBERS.includes(name));
  if (unknown.length > 0) throw new Error(`a token of a scenario has no "${unknown[0]}"`);
  if (spec.raw !== undefined) return spec.raw;
  const { key = 'ec-1', kid = key } = spec;
  const alg = spec.alg ?? ALGORITHMS[key] ?? '';
  const claims: Record<string,
    unknown> = { ...defaults, ...spec.claims, ...(spec.pad === undefined ? {} : { pad: 'x'.repeat(spec.pad) }) };
  for (const name of spec.without ?? []) delete claims[name];
  const header = spec.headerText ?? JSON.stringify({ alg, ...(kid === null ? {} : { kid }), typ: 'JWT' });
  const encodedHeader = spec.encodedHeader ?? encode(header);
  const plainPayload = spec.encodedPayload ?? encode(spec.payloadText ?? JSON.stringify(claims));
  const padding = spec.padPayload === true ? '='.repeat(4 - (plainPayload.length % 4 || 3)) : '';
  const encodedPayload = `${plainPayload}${padding}`;
  const input = `${encodedHeader}.${encodedPayload}`;
  const genuine = signWith(key, alg, input);
  const signature = spec.zeros === true ? new Uint8Array(genuine.length) : genuine;
  const encodedSignature = spec.encodedSignature ?? encodeBase64url(signature);
  return `${input}.${encodedSignature}`.split('.').slice(0, spec.parts).join('.').slice(spec.skip);
}

function encode(text: string): string {
  return encodeBase64url(Buffer.from(text, 'utf8'));
}

function signWith(key: string, alg: string, input: string): Uint8Array {
  const octets = Buffer.from(input);
  const scheme = schemeOf(alg);
  if (scheme === undefined) throw new Error(`no algorithm for the key "${key}"`);
  return scheme.family === 'HS' ? scheme.sign(createSecretKey(secret(key)), octets) : scheme.sign(privateKey(key),
    octets);
}

/** The key documents of the scenarios. */
export function scenarioKeys(name: string, now: number): ProviderKeys {
  switch (name) {
    case 'jwks':
      return { keys: createKeySet(jwkSet(publicJwk('rsa-1', { alg: 'RS256' }), 'ec-1', 'ed-1')) };
    case 'jwks without alg':
      return { keys: createKeySet(jwkSet('rsa-1', 'ec-1')) };
    case 'pss':
      return { keys: createKeySet(jwkSet(publicJwk('rsa-1', { alg: 'PS256' }))) };
    case 'x509':
      return { keys: createKeySet({ 'rsa-1': certificatePem('rsa-1', now - 86_400, now + 86_400) }) };
    case 'one without kid':
      return { keys: createKeySet(jwkSet(publicJwk('ec-1', { kid: undefined }))) };
    case 'several without kid':
      return { keys: createKeySet(jwkSet(publicJwk('ec-1', { kid: undefined }),
        publicJwk('ec-2', { kid: undefined }))) };
    case 'five':
      return { keys: createKeySet(jwkSet(...['a', 'b', 'c', 'd', 'e'].map((kid) => publicJwk('ec-1', { kid })))) };
    case 'empty':
      return { keys: createKeySet({ keys: [] }) };
    case 'secret':
      return { keys: createKeySet(jwkSet(publicJwk('hs-1', { kid: undefined }))), algorithms: ['HS256'] };
    case 'unavailable':
      return { keys: { find: () => { throw new JwtError('keys_unavailable'); } } };
    default:
      throw new Error(`no key document "${name}"`);
  }
}
