/**
 * "alg" of verifier, key and token (RFC 8725 §3.1, RFC 7517 §4.4): all three have to agree.
 *
 * @module
 */

import { jwkSet, publicJwk, type Jwk } from './keys.ts';
import { signer } from './sign.ts';
import { base64url, claims, compact, header, jwt, jwtBy, split } from './token.ts';
import { jwtGroup, must, should, valid, type Group, type Test } from './vectors.ts';

function refused(comment: string, token: string, flags: string, own = {}): Test {
  return must('algorithm_not_allowed', comment, token, flags, own);
}

/** The key that signed is in the set, but the token names another: RFC 7515 §4.1.4 calls "kid" a hint. */
function mismatched(comment: string, token: string, flags: string): Test {
  return should('algorithm_not_allowed', comment, token, flags);
}

/** Each algorithm, as it should be. */
const ALGORITHMS: ReadonlyArray<readonly [alg: string, key: string]> = [
  ['RS256', 'rsa-1'], ['RS384', 'rsa-1'], ['RS512', 'rsa-1'], ['PS256', 'rsa-1'], ['PS384', 'rsa-1'], [
    'PS512', 'rsa-1',
  ],
  ['ES256', 'ec-1'], ['ES384', 'ec-384'], ['ES512', 'ec-521'], ['EdDSA', 'ed-1'], ['Ed25519', 'ed-1'],
  ['HS256', 'hs-1'], ['HS384', 'hs-1'], ['HS512', 'hs-1'],
];

export function agreementGroups(): Group[] {
  const genuine = jwtBy;
  const many = ['RS256', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA'];
  const foreign = ['RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
  const own = (keys: Jwk, algorithms: readonly string[]): object => ({ keys, policy: { algorithms } });
  const named = (key: string, alg: string): Jwk => jwkSet(publicJwk(key, { alg }));
  return [
    jwtGroup('Every algorithm, alone.', ALGORITHMS.map(([alg, key]) => (
      valid(`A genuine token of ${alg}.`, genuine(key, alg), 'Control', own(jwkSet(key), [alg]))
    ))),
    jwtGroup('Genuine signatures of the right key where only RS256 is allowed.',
      foreign.map((alg) => refused(`A genuine signature of ${alg}.`, genuine('rsa-1', alg), 'A5'))),
    jwtGroup('Several algorithms are allowed, and keys of several types known.', [
      valid('RS256 by the RSA key.', genuine('rsa-1', 'RS256')),
      valid('ES256 by the P-256 key.', genuine('ec-1', 'ES256')),
      valid('ES384 by the P-384 key.', genuine('ec-384', 'ES384')),
      valid('EdDSA by the Ed25519 key.', genuine('ed-1', 'EdDSA')),
      mismatched('ES256 by the P-256 key, under the key ID of the RSA key.', genuine('ec-1', 'ES256', { kid: 'rsa-1' }),
        'A5'),
      mismatched('RS256 by the RSA key, under the key ID of the P-256 key.', genuine('rsa-1', 'RS256', { kid: 'ec-1' }),
        'A5'),
      mismatched('EdDSA under the key ID of the P-256 key.', genuine('ed-1', 'EdDSA', { kid: 'ec-1' }), 'A5'),
      mismatched('ES256 under the key ID of the P-384 key.', genuine('ec-1', 'ES256', { kid: 'ec-384' }), 'A5 A8'),
      mismatched('ES384 under the key ID of the P-256 key.', genuine('ec-384', 'ES384', { kid: 'ec-1' }), 'A5 A8'),
      should('algorithm_not_allowed',
        'PS256 by an RSA key that does not say what it is for, where RS256 is allowed too.',
        genuine('rsa-1', 'PS256'), 'A5'),
    ], own(jwkSet('rsa-1', 'ec-1', 'ec-384', 'ed-1'), many)),
    jwtGroup('The key says what it is for.', [
      valid('"alg" of key and token agree on RS512.', genuine('rsa-1', 'RS512'), 'Control',
        own(named('rsa-1', 'RS512'), many)),
      valid('"alg" of key and token agree on PS256, though RS256 is allowed.', genuine('rsa-1', 'PS256'), 'Control',
        own(named('rsa-1', 'PS256'), many)),
      refused('The key is for RS512, the token of RS256.', genuine('rsa-1', 'RS256'), 'A5',
        own(named('rsa-1', 'RS512'), many)),
      refused('The key is for PS256, the token of RS256.', genuine('rsa-1', 'RS256'), 'A5',
        own(named('rsa-1', 'PS256'), many)),
      should('algorithm_not_allowed', 'The key is for encryption.', genuine('rsa-1', 'RS256'), 'A5',
        own(named('rsa-1', 'RSA-OAEP'), many)),
      refused('The key says "rs256".', genuine('rsa-1', 'RS256'), 'A5', own(named('rsa-1', 'rs256'), many)),
      refused('The key says "ES256", and is an RSA key.', genuine('rsa-1', 'RS256'), 'A5',
        own(named('rsa-1', 'ES256'), many)),
      refused('Key and token agree on PS256, which is not allowed.', genuine('rsa-1', 'PS256'), 'A6',
        own(named('rsa-1', 'PS256'), ['RS256'])),
      refused('Key and token agree on RS512, which is not allowed.', genuine('rsa-1', 'RS512'), 'A6',
        own(named('rsa-1', 'RS512'), ['RS256'])),
      refused('Key and token agree on HS256, which is not allowed.',
        genuine('hs-1', 'HS256'), 'A6', own(named('hs-1', 'HS256'), ['RS256'])),
    ]),
    jwtGroup('The two names of Ed25519 (RFC 8037, RFC 9864).', [
      refused('"Ed25519" where "EdDSA" is allowed.', genuine('ed-1', 'Ed25519'), 'A10', own(jwkSet('ed-1'), ['EdDSA'])),
      refused('"EdDSA" where "Ed25519" is allowed.', genuine('ed-1', 'EdDSA'), 'A10', own(jwkSet('ed-1'), ['Ed25519'])),
      refused('The key is for "EdDSA", the token of "Ed25519", and both are allowed.',
        genuine('ed-1', 'Ed25519'), 'A10',
        own(named('ed-1', 'EdDSA'), ['EdDSA', 'Ed25519'])),
    ]),
    jwtGroup('Algorithms that are not known here.', [
      refused('ES256K over secp256k1.', compact({ alg: 'ES256K', kid: 'ec-1' }, claims(), signer('ec-k1', 'ES256')),
        'A5', own(jwkSet('ec-1'), ['ES256'])),
      refused('Ed448.', compact({ alg: 'Ed448', kid: 'ed-1' }, claims(), signer('ed-448', 'EdDSA')), 'A5',
        own(jwkSet('ed-1'), ['EdDSA'])),
      refused('RS1: RSA with SHA-1.', compact(header({ alg: 'RS1' }), claims(), signer('rsa-1', 'RS1')), 'A5'),
      refused('The header was changed from RS256 to RS384 after signing.',
        `${base64url(header({ alg: 'RS384' }))}.${split(jwt()).payload}.${split(jwt()).signature}`, 'A5'),
    ]),
  ];
}
