/** @noprettier */ /* eslint-disable */ /* biome-ignore-all lint: vendored */ /* biome-ignore-all format: vendored */ // jwt-assay 0.1.0, src/jose/spki.ts: do not edit (MIT)
/**
 * SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), the form in which node:crypto takes public keys.
 *
 * @module
 */

import { derBitString, derInteger, derNull, derObjectIdentifier, derSequence } from './der.js';
import { unusable, type KeyMaterial } from './key-material.js';

const RSA_ENCRYPTION = [1, 2, 840, 113549, 1, 1, 1] as const; // RFC 8017 A.1
const ID_EC_PUBLIC_KEY = [1, 2, 840, 10045, 2, 1] as const; // RFC 5480 §2.1.1
const ID_ED25519 = [1, 3, 101, 112] as const; // RFC 8410 §3

/**
 * Writes a SubjectPublicKeyInfo as DER.
 *
 *   SEQUENCE { SEQUENCE { algorithm OBJECT IDENTIFIER, parameters }, subjectPublicKey BIT STRING }
 *
 * @throws {JwtError} `key_unusable` for a symmetric key, which has none.
 */
export function encodeSpki(material: KeyMaterial): Uint8Array {
  switch (material.kty) {
    case 'RSA': {
      const rsaPublicKey = derSequence(derInteger(material.n), derInteger(material.e)); // RFC 8017 A.1.1
      return derSequence(derSequence(derObjectIdentifier(...RSA_ENCRYPTION), derNull()), derBitString(rsaPublicKey)); // RFC 3279 §2.3.1
    }
    case 'EC': {
      const algorithm = [derObjectIdentifier(...ID_EC_PUBLIC_KEY), derObjectIdentifier(...material.curve.oid)];
      const point = Uint8Array.of(4, ...material.x, ...material.y); // SEC 1 §2.3.3: uncompressed
      return derSequence(derSequence(...algorithm), derBitString(point));
    }
    case 'OKP': // RFC 8410 §3: no parameters
      return derSequence(derSequence(derObjectIdentifier(...ID_ED25519)), derBitString(material.x));
    case 'oct':
      throw unusable('a symmetric key has no SubjectPublicKeyInfo', 'RFC 7518 §6.4');
  }
}
