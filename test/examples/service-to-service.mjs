/**
 * Two services of one company: the one signs for itself with its service account's key, the other knows it by that.
 *
 *   EMAIL=orders@my-project.iam.gserviceaccount.com AUDIENCE=https://billing.example PORT=3000 node service-to-service.mjs billing
 *   KEY_FILE=orders.json AUDIENCE=https://billing.example BILLING=http://127.0.0.1:3000 node service-to-service.mjs orders
 *
 * The key file is the one that Google gives out for a service account. KEYS_URL, for trying this without Google, is where billing
 * finds the public keys.
 */

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRemoteKeySet, createServiceAccountVerifier, signServiceAccountAssertion } from 'jwt-assay';
import { createAuthenticator } from 'jwt-assay/server';

const { EMAIL, KEY_FILE, AUDIENCE, BILLING, KEYS_URL, PORT = '3000' } = process.env;
const LIFETIME = 300; //  seconds: what is stolen from a log is worth nothing soon
const RENEW_BEFORE = 60;

/** Who is called. Any other account's token, and one that this account has signed for another service, is refused. */
function serveBilling() {
  const keys = KEYS_URL === undefined ? {} : { keys: createRemoteKeySet(KEYS_URL, { allowLoopbackHttp: true }) };
  const verifier = createServiceAccountVerifier({ email: EMAIL, audience: AUDIENCE, maxLifetime: LIFETIME, ...keys });
  const authenticate = createAuthenticator({ verifier, realm: 'billing' });
  const server = createServer(async (request, response) => {
    const result = await authenticate(request);
    if (!result.authenticated) {
      console.error(`refused: ${result.code}`);
      const { status, headers, body } = result.response;
      return response.writeHead(status, headers.flat()).end(body);
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ billed: result.jwt.claims.iss }));
  });
  server.listen(Number(PORT), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
}

/** Who calls. A token is signed when it is needed and used until a minute before its end. */
function createTokenSource(account) {
  let held = { token: '', until: 0 };
  return () => {
    const now = Date.now() / 1000;
    if (now < held.until - RENEW_BEFORE) return held.token;
    const token = signServiceAccountAssertion({
      email: account.client_email,
      subject: account.client_email,
      privateKey: account.private_key,
      keyId: account.private_key_id,
      audience: AUDIENCE,
      lifetime: LIFETIME,
    });
    held = { token, until: now + LIFETIME };
    return token;
  };
}

async function callBilling() {
  const tokenFor = createTokenSource(JSON.parse(readFileSync(KEY_FILE, 'utf8')));
  const response = await fetch(BILLING, { headers: { authorization: `Bearer ${tokenFor()}` } });
  console.log(response.status, await response.text());
  process.exitCode = response.ok ? 0 : 1;
}

if (process.argv[2] === 'billing') serveBilling();
else await callBilling();
