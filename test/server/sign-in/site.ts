/**
 * An application with sign-in on a real loopback server, and a browser that keeps its cookies.
 *
 * The application is at https://app.example, as it is behind a proxy that ends TLS: to this server everything is http.
 *
 * @module
 */

import { generateKeyPairSync } from 'node:crypto';
import { createServer, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGoogleVerifier } from '../../../src/google/index.ts';
import type { GoogleClaims } from '../../../src/google/index.ts';
import { createSignIn, type SignIn, type SignInOptions, type SignInResponse } from '../../../src/server/index.ts';
import { createTestIssuer, type TestIssuer } from '../../../src/testing/index.ts';

export const ORIGIN = 'https://app.example';
export const SECRET = Buffer.from('an example secret of 32 octets..', 'latin1');

/** One for all: generating it takes a tenth of a second. */
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

export interface Site {
  readonly url: string;
  readonly issuer: TestIssuer;
  readonly signIn: SignIn<GoogleClaims>;
  /** The codes of refusals, and what else the log was told, in order. */
  readonly log: string[];
  readonly close: () => Promise<void>;
}

export async function startSite(
  options: Partial<SignInOptions<GoogleClaims>> = {},
  issuer: TestIssuer = createTestIssuer({ keys: [privateKey] }),
): Promise<Site> {
  const log: string[] = [];
  const signIn = createSignIn<GoogleClaims>({
    verifier: createGoogleVerifier({ audience: issuer.audience, keys: issuer.keys, clock: issuer.clock }),
    origin: ORIGIN,
    secrets: [SECRET],
    findAccount: (sub) => `account-${sub}`,
    sessionVersion: null,
    clock: issuer.clock,
    ...options,
  });
  const answer = async (request: IncomingMessage): Promise<SignInResponse> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', ORIGIN);
    if (pathname === '/login') {
      const { nonce, headers } = signIn.begin(request, { returnTo: searchParams.get('to') });
      return { status: 200, headers, body: nonce };
    }
    if (pathname === '/signin') {
      const result = await signIn.complete(request);
      log.push(result.signedIn ? `hello ${result.session.account}` : result.code);
      return result.response;
    }
    if (pathname === '/signout') return signIn.signOut(request);
    const session = await signIn.readSession(request);
    if (session === undefined) return { status: 401, headers: [], body: '' };
    return { status: 200, headers: session.headers, body: `${session.subject} ${session.account}` };
  };
  const server = createServer((request, response) => {
    answer(request).then(
      ({ status, headers, body }) => response.writeHead(status, headers.flat()).end(body),
      (error: unknown) => {
        log.push(String(error));
        response.writeHead(500, { connection: 'close' }).end();
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, issuer, signIn, log, close };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly cookies: readonly string[];
  readonly body: string;
}

export type Fields = Record<string, string | readonly string[]>;

export function send(url: string, method: string, headers: Fields = {}, body: string | Buffer = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const fields = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? [...value] : value]));
    const request = httpRequest(url, { method, headers: { 'content-length': String(Buffer.byteLength(body)), ...fields }, agent: false });
    request.once('error', reject);
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () => resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        cookies: response.headers['set-cookie'] ?? [],
        body: Buffer.concat(chunks).toString('utf8'),
      }));
    });
    request.end(body);
  });
}

/** Keeps cookies as a browser does, as far as these tests need it: by name, until Max-Age=0. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly site: Pick<Site, 'url'>;

  constructor(site: Pick<Site, 'url'>) {
    this.site = site;
  }

  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async send(method: string, path: string, headers: Fields = {}, body = ''): Promise<Answer> {
    const own = this.cookies.size === 0 ? {} : { cookie: this.cookie };
    const answer = await send(this.site.url + path, method, { ...own, ...headers }, body);
    for (const line of answer.cookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/; Max-Age=0(?:;|$)/.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }

  /** Opens the page with the button, and returns its nonce. */
  async open(to?: string): Promise<string> {
    return (await this.send('GET', to === undefined ? '/login' : `/login?to=${encodeURIComponent(to)}`)).body;
  }

  /** As Google's script does: a cookie of its own on our page, and a form. */
  postForm(credential: string, headers: Fields = {}, form: Record<string, string> = {}): Promise<Answer> {
    this.cookies.set('g_csrf_token', 'c0ffee');
    const body = new URLSearchParams({ credential, g_csrf_token: 'c0ffee', select_by: 'btn', ...form }).toString();
    return this.send('POST', '/signin', { 'content-type': 'application/x-www-form-urlencoded', 'origin': ORIGIN, ...headers }, body);
  }

  /** As our page's script does. */
  postJson(credential: string, headers: Fields = {}): Promise<Answer> {
    const fields = { 'content-type': 'application/json', 'origin': ORIGIN, ...headers };
    return this.send('POST', '/signin', fields, JSON.stringify({ credential }));
  }

  whoami(): Promise<Answer> {
    return this.send('GET', '/');
  }
}
