import { createKeySet, createVerifier, verifyJwt, createPolicy, JwtError } from '../../../src/index.ts';
import type { IssuerPolicy, JwtClaimsSet, KeySet, RefusalCode, VerifiedJwt, Verifier } from '../../../src/index.ts';

declare const keys: KeySet;
declare const token: string;

/** One issuer, one audience; several of each; none, said aloud. */
export const one: Verifier = createVerifier({ issuer: 'https://issuer.example', audience: 'my-api', keys });
export const several = createVerifier({ issuer: ['https://a.example', 'a.example'], audience: ['x', 'y'], keys });
export const unchecked = createVerifier({ issuer: null, audience: null, keys });

/** Lists that cannot be changed will do. */
const LISTS = { issuer: ['i'], audience: ['a'], algorithms: ['RS256', 'ES256'], typ: ['at+jwt'],
  requiredClaims: ['jti'] } as const;
export const frozen = createVerifier({ ...LISTS, keys });

export const everything = createVerifier({
  issuer: 'i', audience: 'a', keys, algorithms: ['EdDSA'], clock: () => Date.now() / 1000, leeway: { exp: 5 },
  maxTokenLength: 4000, typ: 'at+jwt', requiredClaims: ['jti'], maxAge: 600, maxLifetime: 3600, subject: 's',
  checks: { scope: (claims, header) => claims['scope'] === 'read' && header.kid !== undefined },
});

/** Several issuers, as a list and as a function; with other options, and a Map behind it. */
const tenants = new Map<string, IssuerPolicy>();
export const listed = createVerifier({ issuers: [{ issuer: 'i', audience: null, keys }], leeway: 10 });
export const lookedUp = createVerifier({ issuers: (iss) => tenants.get(iss), algorithms: ['RS256'] });

/** Key sets come from many things. */
export const sets: readonly KeySet[] = [createKeySet({ keys: [] }), createKeySet('-----BEGIN'),
  createKeySet([{ kty: 'RSA' }])];

/** Claims of one's own. */
interface AccessClaims extends JwtClaimsSet {
  readonly sub: string;
  readonly scope: string;
}
const access = createVerifier<AccessClaims>({ issuer: 'i', audience: 'a', keys });

export async function use(): Promise<readonly string[]> {
  const jwt: VerifiedJwt<AccessClaims> = await access.verify(token, { forceKeyRefresh: true });
  const tried = access.tryVerifySync(token, { onRefused: ({ code, rule, claim, skew }) =>
    void [code, rule, claim, skew] });
  if (tried) return [tried.claims.scope, tried.key.alg, tried.header.kid ?? ''];
  const plain: VerifiedJwt = jwt;
  const { aud } = plain.claims;
  return [jwt.claims.sub, ...(typeof aud === 'string' ? [aud] : (aud ?? []))];
}

export function refusalOf(error: unknown): RefusalCode | undefined {
  return error instanceof JwtError ? error.code : undefined;
}

export const pure: VerifiedJwt = verifyJwt(token, keys, createPolicy({ issuer: 'i', audience: 'a' }), 1_700_000_000);
