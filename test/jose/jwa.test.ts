import { constants, createHmac, createSecretKey, sign, verify, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { allowAlgorithms, firstAlgorithm, schemeOf, type JwsAlgorithm, type SignatureScheme } from '../../src/jose/jwa.ts';
import { ED_1, P256, P384, P521, RSA_1 } from './keys.ts';
import { octets } from './octets.ts';

const INPUT = Buffer.from('the JWS Signing Input');
const SECRET = createSecretKey(octets('jwa secret', 64));
const RSA = RSA_1;
const PSS = constants.RSA_PKCS1_PSS_PADDING;

/** What RFC 7518 §3.1 says of each, written down a second time: name, family, kty, crv, hash, signature length. */
const TABLE = [
  ['RS256', 'RS', 'RSA', undefined, 'sha256', undefined], ['RS384', 'RS', 'RSA', undefined, 'sha384', undefined],
  ['RS512', 'RS', 'RSA', undefined, 'sha512', undefined], ['PS256', 'PS', 'RSA', undefined, 'sha256', undefined],
  ['PS384', 'PS', 'RSA', undefined, 'sha384', undefined], ['PS512', 'PS', 'RSA', undefined, 'sha512', undefined],
  ['ES256', 'ES', 'EC', 'P-256', 'sha256', 64], ['ES384', 'ES', 'EC', 'P-384', 'sha384', 96],
  ['ES512', 'ES', 'EC', 'P-521', 'sha512', 132], ['EdDSA', 'EdDSA', 'OKP', 'Ed25519', 'sha512', 64],
  ['Ed25519', 'EdDSA', 'OKP', 'Ed25519', 'sha512', 64], ['HS256', 'HS', 'oct', undefined, 'sha256', 32],
  ['HS384', 'HS', 'oct', undefined, 'sha384', 48], ['HS512', 'HS', 'oct', undefined, 'sha512', 64],
] as const;

const NAMES = TABLE.map(([alg]) => alg);

function scheme(alg: string): SignatureScheme {
  const found = schemeOf(alg);
  if (found === undefined) throw new Error(`no row for ${alg}`);
  return found;
}

interface Peer {
  readonly sign: (hash: string) => Buffer;
  readonly verify: (hash: string, signature: Uint8Array) => boolean;
  readonly key: KeyObject;
  readonly pub: KeyObject;
}

/** Signatures made and checked with node:crypto alone, with every parameter spelt out. */
const PEERS: Record<string, Peer> = {
  RS: {
    sign: (hash) => sign(hash, INPUT, { key: RSA.privateKey, padding: constants.RSA_PKCS1_PADDING }),
    verify: (hash, s) => verify(hash, INPUT, { key: RSA.publicKey, padding: constants.RSA_PKCS1_PADDING }, s),
    key: RSA.privateKey,
    pub: RSA.publicKey,
  },
  PS: {
    sign: (hash) => sign(
      hash, INPUT, { key: RSA.privateKey, padding: PSS, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
    ),
    verify: (hash, s) => verify(
      hash, INPUT, { key: RSA.publicKey, padding: PSS, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }, s,
    ),
    key: RSA.privateKey,
    pub: RSA.publicKey,
  },
  ...Object.fromEntries(
    ([['P-256', P256], ['P-384', P384], ['P-521', P521]] as const).map(([crv, { privateKey, publicKey }]) => [
      crv,
      {
        sign: (hash: string) => sign(hash, INPUT, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
        verify: (hash: string, s: Uint8Array) => verify(hash, INPUT, { key: publicKey, dsaEncoding: 'ieee-p1363' }, s),
        key: privateKey,
        pub: publicKey,
      },
    ]),
  ),
  EdDSA: {
    sign: () => sign(null, INPUT, ED_1.privateKey),
    verify: (_, s) => verify(null, INPUT, ED_1.publicKey, s),
    key: ED_1.privateKey,
    pub: ED_1.publicKey,
  },
  HS: {
    sign: (hash) => createHmac(hash, SECRET).update(INPUT).digest(),
    verify: (hash, s) => createHmac(hash, SECRET).update(INPUT).digest().equals(s),
    key: SECRET,
    pub: SECRET,
  },
};

describe('the algorithm table (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2)', () => {
  it.each(TABLE)('%s is of family %s, for %s keys', (alg, family, kty, crv, hash, signatureLength) => {
    const row = scheme(alg);
    const { verify: _verify, sign: _sign, ...facts } = row;
    const optional = {
      ...(crv === undefined ? {} : { crv }), ...(signatureLength === undefined ? {} : { signatureLength })
    };
    expect(facts).toEqual({ alg, family, kty, hash, hashBits: Number(hash.slice(3)), ...optional });
    expect(Object.isFrozen(row)).toBe(true);
  });

  it.each(
    TABLE,
  )('%s verifies what node:crypto signs, and node:crypto what it signs', (alg, family, _kty, crv, hash) => {
    const peer = PEERS[family === 'ES' ? String(crv) : family];
    if (peer === undefined) throw new Error('no peer');
    const row = scheme(alg);
    expect(row.verify(peer.pub, INPUT, peer.sign(hash))).toBe(true);
    const ours = row.sign(peer.key, INPUT);
    expect(peer.verify(hash, ours)).toBe(true);
    expect(ours.length).toBe(row.signatureLength ?? 256);
  });

  it.each(TABLE)('%s refuses another input and a changed signature', (alg, family, _kty, crv, hash) => {
    const peer = PEERS[family === 'ES' ? String(crv) : family];
    if (peer === undefined) throw new Error('no peer');
    const row = scheme(alg);
    const signature = peer.sign(hash);
    expect(row.verify(peer.pub, Buffer.from('another input'), signature)).toBe(false);
    for (const place of [0, 1, signature.length - 1]) {
      const changed = Buffer.from(signature);
      changed[place] = (changed[place] ?? 0) ^ 1;
      expect(row.verify(peer.pub, INPUT, changed)).toBe(false);
    }
  });

  it.each([256, 384, 512] as const)('PS%i wants a salt as long as the hash (RFC 7518 §3.5)', (bits) => {
    for (const saltLength of [0, 20, 32, 48, 64, 222 - (bits - 256) / 8]) {
      const signature = sign(`sha${bits}`, INPUT, { key: RSA.privateKey, padding: PSS, saltLength });
      expect(scheme(`PS${bits}`).verify(RSA.publicKey, INPUT, signature), `salt ${saltLength}`).toBe(
        saltLength === bits / 8,
      );
    }
  });

  it('tells paddings and hashes apart (RFC 8725 §2.1)', () => {
    const family = (['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const).map(scheme);
    for (const signer of family) {
      const signature = signer.sign(RSA.privateKey, INPUT);
      for (const verifier of family) {
        expect(verifier.verify(RSA.publicKey, INPUT, signature), `${signer.alg} as ${verifier.alg}`).toBe(
          signer === verifier,
        );
      }
    }
  });

  it('takes ECDSA signatures as R and S side by side, and not as DER (RFC 7518 §3.4)', () => {
    const der = sign('sha256', INPUT, P256.privateKey);
    expect(scheme('ES256').verify(P256.publicKey, INPUT, der)).toBe(false);
  });

  it.each([
    'none', 'None', 'NONE', '', 'rs256', 'RS256 ', ' RS256', 'RS256\0', 'RS1', 'HS1', 'ES256K', 'Ed448', 'EDDSA',
    'ＲＳ256', '__proto__', 'constructor', 'toString',
  ])('has no row for %o (RFC 7515 §4.1.1: names are case-sensitive)', (alg) => {
    expect(schemeOf(alg)).toBeUndefined();
  });
});

describe('ECDSA (RFC 7518 §3.4)', () => {
  it.each([['ES256', P256, 'sha256'], ['ES384', P384, 'sha384'], ['ES512', P521, 'sha512']])(
    '%s takes R and S with and without leading zeros, and with the first bit set',
    (alg, { privateKey, publicKey }, hash) => {
      const seen = new Set<string>();
      // Of P-521's numbers every second begins with a zero octet already; of the others' one in 256 does.
      for (let tries = 0; tries < 20_000 && seen.size < 4; tries++) {
        const signature = sign(hash, INPUT, { key: privateKey, dsaEncoding: 'ieee-p1363' });
        const half = signature.length / 2;
        const kinds = [0, half].map((at) => `${at} ${alg === 'ES512' ? signature[at] : signature[at] === 0}`).filter((kind) => !seen.has(kind));
        for (const kind of kinds) seen.add(kind);
        if (kinds.length > 0) expect(scheme(alg).verify(publicKey, INPUT, signature)).toBe(true);
      }
      expect(seen.size).toBe(4);
    },
  );

  it('takes no R and no S that is zero', () => {
    const signature = sign('sha256', INPUT, { key: P256.privateKey, dsaEncoding: 'ieee-p1363' });
    for (const [from, to] of [[0, 32], [32, 64], [0, 64]] as const) {
      expect(scheme('ES256').verify(P256.publicKey, INPUT, Uint8Array.from(signature).fill(0, from, to))).toBe(false);
    }
  });
});

describe('allowAlgorithms', () => {
  it.each([
    [['RS256']], [['RS256', 'ES256', 'EdDSA', 'Ed25519', 'PS512']], [['HS256', 'HS384', 'HS512']],
    [NAMES.filter((alg) => !alg.startsWith('HS'))],
  ])('allows %o, in a frozen list of its own', (list) => {
    const allowed = allowAlgorithms(list);
    expect(allowed).toEqual(list);
    expect(allowed).not.toBe(list);
    expect(Object.isFrozen(allowed)).toBe(true);
  });

  it.each([
    [undefined], [null], ['RS256'], [{}], [new Set(['RS256'])], [[]], [['none']], [['RS256', 'none']],
    [['RS256', undefined]],
    [['rs256']], [[['RS256']]], [[256]], [['']],
  ])('throws TypeError for %o', (list) => {
    expect(() => allowAlgorithms(list)).toThrow(
      new TypeError(`"algorithms" expected a non-empty array of names out of ${NAMES.join(' ')}`),
    );
  });

  it.each(
    NAMES.filter((alg) => !alg.startsWith('HS')),
  )('never allows HS256 beside %s (RFC 8725 §2.1)', (alg: JwsAlgorithm) => {
    const mixed = new TypeError('"algorithms" must not mix HS* with algorithms of public keys');
    expect(() => allowAlgorithms(['HS256', alg])).toThrow(mixed);
    expect(() => allowAlgorithms([alg, 'HS512', alg])).toThrow(mixed);
  });
});

describe('the algorithm of a key that names none', () => {
  it.each([
    [{ kty: 'RSA' }, 'RS256'], [{ kty: 'oct' }, 'HS256'], [{ kty: 'EC', crv: 'P-256' }, 'ES256'], [{ kty: 'EC', crv: 'P-384' }, 'ES384'],
    [{ kty: 'EC', crv: 'P-521' }, 'ES512'], [{ kty: 'OKP', crv: 'Ed25519' }, 'EdDSA'],
    [{ kty: 'EC', crv: 'secp256k1' }, undefined], [{ kty: 'OKP', crv: 'X25519' }, undefined], [{ kty: 'RSA', crv: 'P-256' }, undefined],
  ] as const)('of %o is %s', (key, alg) => {
    expect(firstAlgorithm(key)).toBe(alg);
  });
});
