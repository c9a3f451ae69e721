import {
  createGoogleIapVerifier,
  createGoogleVerifier,
  createServiceAccountVerifier,
  emailIsAuthoritative,
  signServiceAccountAssertion,
} from '../../../src/index.ts';
import type { GoogleClaims, KeySet, VerifiedJwt } from '../../../src/index.ts';

declare const keys: KeySet;
declare const token: string;

const google = createGoogleVerifier({
  audience: ['web', 'android'], keys, hostedDomain: 'example.com', authorizedParty: ['web'], requireVerifiedEmail: true,
});

export async function signIn(): Promise<string> {
  const { claims }: VerifiedJwt<GoogleClaims> = await google.verify(token,
    { nonce: 'n', accessToken: 'a', forceKeyRefresh: true });
  const jwt = google.tryVerifySync(token, { nonce: 'n', onRefused: (error) => void error.code });
  const email: string | undefined = emailIsAuthoritative(claims) ? claims.email : jwt?.claims.email;
  return `${claims.sub} ${claims.exp - claims.iat} ${email}`;
}

export const iap = createGoogleIapVerifier({ audience: '/projects/1/apps/a', keys, leeway: 30 });
export const caller = createServiceAccountVerifier({ email: 'robot@project.iam.gserviceaccount.com', audience: 'a',
  keys });
export const scope: string | undefined = caller.verifySync(token).claims.scope;
export const assertion: string = signServiceAccountAssertion({ email: 'robot@x', privateKey: 'PEM',
  scope: ['a', 'b'] });
