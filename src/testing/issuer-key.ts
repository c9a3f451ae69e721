/**
 * A signing key of the local issuer, and its public half as a JWK (RFC 7517 §4).
 *
 * @module
 */

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  KeyObject,
  type JsonWebKeyInput,
} from 'node:crypto';
import { JwtError } from '../jose/errors.ts';
import { isJsonObject, type JsonObject } from '../jose/json.ts';
import { schemeOf } from '../jose/jwa.ts';
import { jwkToSpki } from '../jose/jwk.ts';
import { exportJwk, importKeyObject } from '../jose/pem.ts';
import { writeCertificate } from './certificate.ts';

/** The algorithms a local issuer can sign with. */
export type TestAlgorithm = 'RS256' | 'ES256' | 'EdDSA';

/** A key of the local issuer. Frozen. */
export interface IssuerKey {
  /** 40 hexadecimal digits, as Google's are; here a hash of the public key. */
  readonly kid: string;
  readonly alg: TestAlgorithm;
  readonly privateKey: KeyObject;
  /** The public half, with kid, alg and use. */
  readonly jwk: JsonObject;
  /** Its certificate, as PEM. Written when first asked for. */
  readonly certificate: () => string;
}

/** What a key's certificate says, beside the key. */
export interface CertificateTerms {
  readonly commonName: string;
  /** The time at which the key was made, in seconds. */
  readonly now: number;
}

/** A certificate is valid from a day before its key was made, for clocks that differ, until a year after. Seconds. */
const CERTIFICATE_BEFORE = 86_400;
const CERTIFICATE_AFTER = 365 * 86_400;

const GENERATORS: ReadonlyMap<unknown, () => KeyObject> = new Map([
  // About 100 ms, measured: the reason why keys are made when they are first needed.
  ['RS256', () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey],
  ['ES256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
  ['EdDSA', () => generateKeyPairSync('ed25519').privateKey],
]);

/** @throws {TypeError} unless the value names an algorithm that a local issuer can sign with. */
export function expectTestAlgorithm(alg: unknown): TestAlgorithm {
  if (!GENERATORS.has(alg)) throw new TypeError(`"alg" expected one of ${[...GENERATORS.keys()].join(' ')}`);
  return alg as TestAlgorithm;
}

/** Generates a key. */
export function generateIssuerKey(alg: TestAlgorithm, terms: CertificateTerms): IssuerKey {
  const generate = GENERATORS.get(alg);
  if (generate === undefined) throw new TypeError('"alg" is unknown');
  return toIssuerKey(generate(), alg, terms);
}

/**
 * Reads a private key that a caller hands in: a KeyObject, a PEM or a JWK.
 *
 * @throws {TypeError} for anything else, a key that the algorithm does not take, or one that this library would not
 *   verify with.
 */
export function readPrivateKey(key: unknown, alg: TestAlgorithm): KeyObject {
  const privateKey = toPrivateKey(key);
  const { kty, crv } = publicHalf(privateKey);
  const scheme = schemeOf(alg);
  if (scheme?.kty !== kty || (scheme.crv !== undefined && scheme.crv !== crv)) {
    throw new TypeError('"keys" has a key that is not for "alg"');
  }
  return privateKey;
}

/** Makes an issuer's key out of a private one that has been checked. */
export function toIssuerKey(privateKey: KeyObject, alg: TestAlgorithm, terms: CertificateTerms): IssuerKey {
  const { commonName, now } = terms;
  const material = exportJwk(createPublicKey(privateKey));
  const digest = createHash('sha256').update(jwkToSpki(material)).digest();
  const kid = digest.toString('hex', 0, 20);
  let pem: string | undefined;
  const certificate = (): string => (pem ??= writeCertificate({
    commonName,
    // Positive, and without a leading zero octet: the first bit is off, the second on.
    serialNumber: Uint8Array.of(0x40 | (digest.readUInt8(0) & 0x7f), ...digest.subarray(1, 16)),
    notBefore: Math.floor(now) - CERTIFICATE_BEFORE,
    notAfter: Math.floor(now) + CERTIFICATE_AFTER,
    privateKey,
  }));
  const jwk = Object.freeze({ ...material, kid, alg, use: 'sig' });
  return Object.freeze({ kid, alg, privateKey, jwk, certificate });
}

function toPrivateKey(key: unknown): KeyObject {
  if (key instanceof KeyObject) {
    if (key.type !== 'private') throw new TypeError('"keys" has a KeyObject that is not a private key');
    return key;
  }
  try {
    if (typeof key === 'string') return createPrivateKey(key);
    if (isJsonObject(key)) return createPrivateKey({ key, format: 'jwk' } as JsonWebKeyInput);
  } catch {
    // What OpenSSL says of it might quote it.
    throw new TypeError('"keys" has a key that cannot be read as a private key');
  }
  throw new TypeError('"keys" expected private keys: KeyObjects, PEMs or JWKs');
}

/** The key that will verify: a local issuer's is held to the same rules as any other. */
function publicHalf(privateKey: KeyObject): ReturnType<typeof importKeyObject> {
  try {
    return importKeyObject(createPublicKey(privateKey));
  } catch (error) {
    if (error instanceof JwtError) throw new TypeError(`"keys": ${error.message} (${error.rule})`);
    throw error;
  }
}
