/**
 * An API in Fastify: whoever has a token may read, and only tokens with the permission may write.
 *
 *   npm install jwt-assay fastify
 *   ISSUER=https://issuer.example AUDIENCE=my-api PORT=3000 node fastify-api.mjs
 *
 * To try it: `assay dev-issuer --port 8080 --audience my-api` is the issuer of ISSUER=http://127.0.0.1:8080, and says how a token is had.
 */

import fastify from 'fastify';
import { createVerifier, discoverKeySet } from 'jwt-assay';
import { createAuthenticator } from 'jwt-assay/server';

const { ISSUER, AUDIENCE, PORT = '3000' } = process.env;

const keys = discoverKeySet(ISSUER, { allowLoopbackHttp: ISSUER.startsWith('http://127.0.0.1:') });
// Ready before the first request, if the issuer is. If not, the first requests wait, and are answered 503.
keys.load().catch((error) => console.error(`keys: ${error.message}`));

const verifier = createVerifier({ issuer: ISSUER, audience: AUDIENCE, keys, requiredClaims: ['sub'], cache: { maxTokens: 10_000 } });
const authenticate = createAuthenticator({ verifier });

/** onRequest comes before the body is read. */
async function known(request, reply) {
  const result = await authenticate(request.raw);
  if (result.authenticated) {
    request.claims = result.jwt.claims;
    return undefined;
  }
  console.error(JSON.stringify({ refused: result.code })); // the code, never the token
  const { status, headers, body } = result.response;
  return reply.code(status).headers(Object.fromEntries(headers)).send(body);
}

/** RFC 6750 §3.1: who is known, and may not, is told which permission is wanted. */
function may(permission) {
  return async ({ claims: { scope } }, reply) => {
    if (typeof scope === 'string' && scope.split(' ').includes(permission)) return undefined;
    return reply.code(403)
      .header('www-authenticate', `Bearer realm="api", error="insufficient_scope", scope="${permission}"`)
      .send({ title: 'Forbidden', status: 403, code: 'insufficient_scope' });
  };
}

const notes = new Map(); // by the account's ID: "sub", which never changes hands
const app = fastify({ bodyLimit: 10_240 });
app.get('/healthz', async () => 'ok');
app.register(async (api) => {
  api.decorateRequest('claims', null);
  api.addHook('onRequest', known);
  api.get('/notes', async ({ claims }) => notes.get(claims.sub) ?? []);
  api.post('/notes', { onRequest: may('notes:write') }, async ({ claims, body }, reply) => {
    notes.set(claims.sub, [...(notes.get(claims.sub) ?? []), String(body?.text)]);
    return reply.code(201).send();
  });
});

console.log(await app.listen({ port: Number(PORT), host: '127.0.0.1' }));
process.once('SIGTERM', () => app.close());
