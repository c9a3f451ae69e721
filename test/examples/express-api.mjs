/**
 * An API in Express: whoever has a token may read, and only tokens with the permission may write.
 *
 *   npm install jwt-assay express
 *   ISSUER=https://issuer.example AUDIENCE=my-api PORT=3000 node express-api.mjs
 *
 * To try it: `assay dev-issuer --port 8080 --audience my-api` is the issuer of ISSUER=http://127.0.0.1:8080, and says how a token is had.
 */

import express from 'express';
import { createVerifier, discoverKeySet } from 'jwt-assay';
import { createAuthenticator } from 'jwt-assay/server';

const { ISSUER, AUDIENCE, PORT = '3000' } = process.env;

const keys = discoverKeySet(ISSUER, { allowLoopbackHttp: ISSUER.startsWith('http://127.0.0.1:') });
// Ready before the first request, if the issuer is. If not, the first requests wait, and are answered 503.
keys.load().catch((error) => console.error(`keys: ${error.message}`));

const verifier = createVerifier({ issuer: ISSUER, audience: AUDIENCE, keys, requiredClaims: ['sub'], cache: { maxTokens: 10_000 } });
const authenticate = createAuthenticator({ verifier });

/** Before any parser of bodies: a stranger's body is not read. */
async function known(request, response, next) {
  const result = await authenticate(request);
  if (result.authenticated) {
    response.locals.claims = result.jwt.claims;
    return next();
  }
  console.error(JSON.stringify({ refused: result.code })); // the code, never the token
  const { status, headers, body } = result.response;
  response.writeHead(status, headers.flat()).end(body);
}

/** RFC 6750 §3.1: who is known, and may not, is told which permission is wanted. */
function may(permission) {
  return (request, response, next) => {
    const { scope } = response.locals.claims;
    if (typeof scope === 'string' && scope.split(' ').includes(permission)) return next();
    response.status(403)
      .set('www-authenticate', `Bearer realm="api", error="insufficient_scope", scope="${permission}"`)
      .json({ title: 'Forbidden', status: 403, code: 'insufficient_scope' });
  };
}

const notes = new Map(); // by the account's ID: "sub", which never changes hands
const app = express().disable('x-powered-by');
app.get('/healthz', (request, response) => response.end('ok'));
app.use(known);
app.get('/notes', (request, response) => response.json(notes.get(response.locals.claims.sub) ?? []));
app.post('/notes', may('notes:write'), express.json({ limit: '10kb' }), (request, response) => {
  const { sub } = response.locals.claims;
  notes.set(sub, [...(notes.get(sub) ?? []), String(request.body?.text)]);
  response.status(201).end();
});

const server = app.listen(Number(PORT), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
process.once('SIGTERM', () => server.close());
