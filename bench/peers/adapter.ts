/**
 * What a library needs in order to be compared: one small file under adapters/ that exports an `adapter`.
 *
 * @module
 */

import type { KeyObject } from 'node:crypto';
import type { VectorPolicy } from '../vectors.ts';

/** Something that a question may ask for and that a library may not have at all. */
export type Feature =
  | 'algorithm'
  | 'jws'
  | 'thumbprint'
  | 'base64url'
  | 'issuers'
  | 'issuerList'
  | 'google'
  | 'hostedDomain'
  | 'authorizedParty'
  | 'verifiedEmail'
  | 'nonce'
  | 'accessToken'
  | 'requiredClaims'
  | 'typ'
  | 'typList'
  | 'typDefault'
  | 'subject'
  | 'maxAge'
  | 'maxLifetime'
  | 'lengthCap'
  | 'certificates'
  | 'pemText'
  | 'tokenWithoutKid'
  | 'tokenWithoutIat'
  | 'symmetricKeySet'
  | 'publicKeyForHmac';

/** A question's configuration, in the form that the library wants. */
export interface Setup {
  /** As the vector has them. PEMs are turned into a JWK Set for whoever takes `keys`. */
  readonly keys: unknown;
  /** The one key that the token names, for whoever takes a `key`. */
  readonly key?: KeyObject;
  /** In place of any other form, where the vector has one PEM and no set: the text as it is, for whoever reads PEM. */
  readonly pem?: string;
  /** `{ kid: PEM }`, for whoever takes `pems`. */
  readonly pems?: Readonly<Record<string, string>>;
  readonly policy: VectorPolicy;
  readonly algorithms: readonly string[];
  /** Seconds; the one tolerance of libraries that have one. */
  readonly tolerance: number;
  /** Seconds. Absent in the benches: the system's. */
  readonly now?: number;
}

/** Returns what the library returns, or a promise of it. Throws what the library throws: that is a refusal. */
export type VerifyToken = (token: string) => unknown;

/** A library that has been loaded. */
export interface LoadedPeer {
  readonly prepare: (setup: Setup) => VerifyToken | Promise<VerifyToken>;
  /** The same for a JWS whose payload need not be claims. */
  readonly prepareJws?: (setup: Setup) => VerifyToken | Promise<VerifyToken>;
  readonly thumbprint?: (jwk: unknown) => string | Promise<string>;
  readonly decodeBase64url?: (text: string) => Uint8Array;
  /** The claims in what `prepare`'s function returned. */
  readonly claimsOf: (result: unknown) => unknown;
}

export interface Adapter {
  /** As people know it; the name of the package unless `packageName` says otherwise. */
  readonly name: string;
  readonly packageName?: string;
  /** How it stands in the matrix. */
  readonly role: 'self' | 'peer' | 'control';
  /** The form in which it wants keys. Whoever takes a `key` or `pems` never sees what else is in a key set. */
  readonly takes: 'keys' | 'key' | 'pems';
  /** Whether it reads a PEM by itself. Where it does not, node:crypto reads those of the vectors for it. */
  readonly readsPem?: true;
  readonly algorithms: readonly string[];
  /** What it does not have, and what to say of it. */
  readonly lacks: Readonly<Partial<Record<Feature, string>>>;
  /** Seconds of tolerance: settable for each claim, settable as one number, or fixed. */
  readonly leeway: 'each' | 'one' | number;
  /** Whether it can be told the time; otherwise Date is replaced during the call. */
  readonly clock: 'injected' | 'faked';
  /** False for a library of signatures that reads no claims: what is wrong with claims is not asked of it. */
  readonly readsClaims?: false;
  /** The configuration that was used, as code that its users would write. */
  readonly configuration: string;
  /** The version in use, or undefined where the library is not installed. */
  readonly version: () => string | undefined | Promise<string | undefined>;
  readonly open: () => LoadedPeer | Promise<LoadedPeer>;
}
