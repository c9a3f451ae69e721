/**
 * A real Chromium before the built playground, and everything that must not happen in it.
 *
 * @module
 */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const ASSAY = fileURLToPath(new URL('../../dist/cli/assay.js', import.meta.url));

/** As root in a container, and without the errands that a browser runs for itself. */
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-default-apps', '--disable-domain-reliability',
];

/** Whom the browser runs errands for: its maker. What a page asks for is told by the page, whoever it is. */
const ERRANDS = /^(?:https?:\/\/)?(?:[\w-]+\.)*(?:google|googleapis|gstatic|gvt1)\.com[:/]/;

/** A browser, a playground, and what went wrong in them so far. */
export interface Visit {
  readonly url: string;
  /** A page in a context of its own: cookies, storage and theme are new. Waits until the page has shown what it is about. */
  readonly open: (path?: string, options?: BrowserContextOptions) => Promise<Page>;
  /** Errors of scripts and console, violations of policies, requests that failed or went elsewhere. */
  readonly troubles: string[];
  readonly end: () => Promise<void>;
}

/** Starts a playground of its own and a browser. */
export async function startVisit(env: Readonly<Record<string, string>> = {}): Promise<Visit> {
  const { child, url } = await startPlayground(env);
  const troubles: string[] = [];
  // Whatever does not go to this machine comes here, and gets no further: also what no page has asked for.
  const proxy = await startProxy((host) => {
    if (!ERRANDS.test(host)) troubles.push(`a request for ${host} would have left this machine`);
  });
  const browser = await startBrowser(proxy);
  return {
    url,
    troubles,
    open: async (path = '/', options = {}) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      const page = await context.newPage();
      watch(page, url, troubles);
      await page.addInitScript(() => document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        console.error(`policy violated: ${violatedDirective} ${blockedURI}`)));
      await page.goto(`${url}${path}`);
      await page.locator(path === '/' ? '#verdict .word' : '#greeting').waitFor();
      await page.waitForLoadState('networkidle');
      return page;
    },
    end: async () => {
      await browser.close();
      proxy.close();
      child.kill('SIGTERM');
      await once(child, 'close');
    },
  };
}

async function startPlayground(env: Readonly<Record<string, string>>): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const child = spawn(process.execPath, [ASSAY, 'playground', '--port', '0'], {
    env: { ...process.env, GOOGLE_CLIENT_ID: undefined, ...env }, stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  return { child, url: String(line).trim() };
}

async function startProxy(onRequest: (host: string) => void): Promise<Server> {
  const proxy = createServer((request, response) => {
    onRequest(request.url ?? '');
    response.writeHead(403).end();
  });
  proxy.on('connect', (request, socket) => {
    onRequest(request.url ?? '');
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return proxy;
}

function startBrowser(proxy: Server): Promise<Browser> {
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new TypeError('the proxy has no port');
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [...FLAGS, `--proxy-server=http://127.0.0.1:${address.port}`],
  });
}

function watch(page: Page, url: string, troubles: string[]): void {
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) troubles.push(`console: ${message.text()}`);
  });
  page.on('pageerror', ({ message }) => troubles.push(`script: ${message}`));
  page.on('requestfailed', (request) => troubles.push(`failed: ${request.url()} ${request.failure()?.errorText}`));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== url) troubles.push(`elsewhere: ${request.url()}`);
    if (request.url().length > 200) troubles.push(`a long address: ${request.url()}`);
  });
}

/** What the certificate says at this moment, in a word or two: `Accepted`, or the code. */
export function verdictOf(page: Page): Promise<string> {
  // All at once: while one element is looked for, the next verdict may come.
  return page.evaluate(() => (document.querySelector('#verdict code') ?? document.querySelector('#verdict .word'))?.textContent ?? '');
}
