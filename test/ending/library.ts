/**
 * Uses the library, all of it, as an application would: verifiers, key sets, presets, policies, sign-in, the local issuer.
 *
 * @module
 */

import { generateKeyPairSync } from 'node:crypto';
import * as esp from '../../src/esp/index.ts';
import * as explaining from '../../src/explain/index.ts';
import * as front from '../../src/index.ts';
import * as servers from '../../src/server/index.ts';
import * as testing from '../../src/testing/index.ts';
import { watchDoor } from './used-doors.ts';

const doors = {
  'jwt-assay': watchDoor(front),
  'jwt-assay/esp': watchDoor(esp),
  'jwt-assay/explain': watchDoor(explaining),
  'jwt-assay/server': watchDoor(servers),
  'jwt-assay/testing': watchDoor(testing),
};

/** `door name` for each function that nobody has called. */
export function unusedNames(): readonly string[] {
  return Object.entries(doors).flatMap(([door, { unused }]) => unused().map((name) => `${door} ${name}`));
}

/** An issuer elsewhere, whose server goes on when everybody here has gone. */
export interface Elsewhere {
  readonly issuer: string;
  readonly jwksUri: string;
  /** Of it, good for an hour. */
  readonly token: string;
  readonly audience: string;
}

const { door: jose } = doors['jwt-assay'];
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const now = (): number => Math.floor(Date.now() / 1000);

/** RFC 7517 in all its forms, signing, and the pure spine. */
export function useJose(): void {
  const jwk = { ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }), kid: 'k' };
  jose.importJwk(jwk);
  jose.jwkToSpki(jwk);
  jose.decodeBase64url(jose.thumbprint(jwk));
  jose.encodeBase64url(new Uint8Array(3));
  const keys = jose.createKeySet([jwk, publicJwk()]);
  const claims = { iss: 'https://issuer.example', sub: 'a', aud: 'b', iat: now(), exp: now() + 60 };
  const token = jose.signJwt(claims, privateKey, { kid: 'r' });
  jose.readUnverified(token);
  jose.verifyJws(token, keys, { algorithms: ['RS256'] });
  jose.verifyJwt(token, keys, jose.createPolicy({ issuer: claims.iss, audience: 'b' }), now());
  if (!(new jose.JwtError('token_expired') instanceof jose.JwtError)) throw new Error('an error is none of ours');
}

function publicJwk(): object {
  const { kty, n, e } = privateKey.export({ format: 'jwk' });
  return { kty, n, e, kid: 'r' };
}

/** Keys from the network, with a fetch in the background, a refused token, and every way to verify. */
export async function useVerifiers({ issuer, jwksUri, token, audience }: Elsewhere): Promise<void> {
  const loopback = { allowLoopbackHttp: true };
  const keys = jose.createRemoteKeySet(jwksUri, loopback);
  const discovered = jose.discoverKeySet(issuer, loopback);
  for (const source of [keys, discovered]) {
    const verifier = jose.createVerifier({ issuer, audience, keys: source, cache: { maxTokens: 100 } });
    await verifier.verify(token);
    await verifier.verify(token, { forceKeyRefresh: true }).catch(() => undefined);
    verifier.verifySync(token);
    await verifier.tryVerify(`${token}x`);
    verifier.tryVerifySync('a.b.c');
    const story = await doors['jwt-assay/explain'].door.explain(verifier, token);
    render(story);
  }
  await keys.refresh().catch(() => undefined);
  keys.revoke('nobody');
  keys.snapshot();
  // Nobody waits for this one, and its answer never comes.
  const stuck = jose.createRemoteKeySet(jwksUri, { ...loopback, timeout: 60, fetch: () => new Promise(() => undefined),
    initial: { url: jwksUri, ...keys.snapshot() } });
  stuck.find('a stranger');
}

function render(story: explaining.Explanation): void {
  const { door } = doors['jwt-assay/explain'];
  door.toText(story);
  door.toHtml(story);
  door.toJson(story);
  door.adviceFor('token_expired');
  door.listAdvice();
  door.listFindingAdvice();
}

/** Google's presets, against the local issuer. */
export async function useGoogle(): Promise<void> {
  const { door } = doors['jwt-assay/testing'];
  const clock = door.createFakeClock();
  const local = door.createTestIssuer({ clock, keys: [privateKey] });
  const listening = await local.listen();
  const google = jose.createGoogleVerifier({ audience: local.audience, keys: local.keys, clock, cache: { maxTokens: 10 } });
  const { claims } = await google.verify(local.mint({ nonce: 'n' }), { nonce: 'n' });
  jose.emailIsAuthoritative(claims);
  const keys = jose.createRemoteKeySet(listening.jwksUri, { allowLoopbackHttp: true, timeout: 0.2 });
  await jose.createVerifier({ issuer: listening.issuer, audience: local.audience, keys, clock }).verify(listening.mint());
  local.rotate();
  local.retire();
  local.fail('hang');
  await keys.refresh().catch(() => undefined);
  await listening.close();
  jose.createGoogleIapVerifier({ audience: '/projects/1/apps/a' }).tryVerifySync('a.b.c');
  const email = 'robot@project.iam.gserviceaccount.com';
  jose.serviceAccountKeys(email).snapshot();
  const assertion = jose.signServiceAccountAssertion({ email, privateKey, audience: 'b', subject: email });
  jose.createServiceAccountVerifier({ email, audience: 'b', keys: jose.createKeySet(publicJwk()) }).verifySync(assertion);
  await useSignIn(google, local.mint);
}

async function useSignIn(verifier: servers.SignInVerifier, mint: testing.TestIssuer['mint']): Promise<void> {
  const origin = 'https://app.example';
  const signIn = doors['jwt-assay/server'].door.createSignIn({
    verifier, origin, secrets: [Buffer.from('an example secret of 32 octets..')], findAccount: (sub) => sub, sessionVersion: null,
  });
  const cookieOf = (fields: servers.SignInResponse['headers']): string =>
    fields.flatMap(([name, value]) => (name === 'set-cookie' ? [value].flat() : []))
      .map((cookie) => cookie.split(';')[0]).join('; ');
  const begun = signIn.begin({ method: 'GET', headers: {} });
  const headers = { origin, 'content-type': 'application/json', 'cookie': cookieOf(begun.headers) };
  const body = Buffer.from(JSON.stringify({ credential: mint({ nonce: begun.nonce }) }));
  const done = await signIn.complete({ method: 'POST', headers, body });
  if (!done.signedIn) throw new Error(`not signed in: ${done.code}`);
  await signIn.readSession({ method: 'GET', headers: { cookie: cookieOf(done.response.headers) } });
}

/** A policy and its decisions, and the authenticator. */
export async function usePolicies({ issuer, jwksUri, token, audience }: Elsewhere): Promise<void> {
  const { door } = doors['jwt-assay/esp'];
  const provider = { issuer, audiences: door.audienceSpellings([audience]), jwksUri };
  const policy = door.policyForAllPaths(provider);
  door.keySourceOf(provider);
  const keys = jose.createRemoteKeySet(jwksUri, { allowLoopbackHttp: true });
  const decide = door.createDecider(policy, { keysFor: () => ({ keys }) });
  const headers = door.readRawHeaders(['Authorization', `Bearer ${token}`]);
  const allowed = await decide({ method: 'GET', target: '/a', headers });
  if (!allowed.allowed) throw new Error(`refused: ${allowed.refusal.code}`);
  door.formatUserInfo(allowed.tokens, 'GET', { form: 'espv2', claimHeaders: door.parseClaimHeaders(['sub=X-Sub']) });
  door.createHeaderGuard([])('x-endpoint-api-userinfo');
  const request = { method: 'GET', target: '/a?access_token=a', headers: new Map() };
  const refused = await decide(request);
  if (refused.allowed) throw new Error('let pass without a good token');
  door.formatRefusal(refused.refusal, request, { vocabulary: 'espv2', realm: 'a' });
  door.wordsFor(refused.refusal, 'espv1');
  door.signatureHeld(refused.refusal);
  door.redactQuery('access_token=a', ['access_token']);
  door.parseRequestPath('/a');
  door.loadOpenApi({ openapi: '3.0.0', info: {}, paths: {} });
  const verifier = jose.createVerifier({ issuer, audience, keys });
  const authenticate = doors['jwt-assay/server'].door.createAuthenticator({ verifier });
  const answer = await authenticate({ method: 'GET', headers: { authorization: `Bearer ${token}` } });
  if (!answer.authenticated) throw new Error(`not authenticated: ${answer.code}`);
}
