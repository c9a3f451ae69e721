/** What an application does with the package, in few words. Tests copy it into applications of every kind. */
import { createGoogleVerifier, JwtError, type GoogleClaims } from '../../src/index.ts';
import { JwtError as OfJose } from '../../src/jose/index.ts';
import { createTestIssuer } from '../../src/testing/index.ts';

const issuer = createTestIssuer();
const google = createGoogleVerifier({ audience: issuer.audience, keys: issuer.keys, clock: issuer.clock });

async function main(): Promise<void> {
  const { claims }: { claims: GoogleClaims } = await google.verify(issuer.mint({ sub: '42' }));
  const refusal: unknown = await google.verify(issuer.mint({ aud: 'another' })).catch((error: unknown) => error);
  if (!(refusal instanceof JwtError)) throw refusal;
  console.log(`${claims.sub} ${refusal.code} ${JwtError === OfJose}`);
}

void main();
