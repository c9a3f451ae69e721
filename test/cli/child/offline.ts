/**
 * Preloaded into a process of the command: a `fetch` that knows the pages of a file and this machine, and no other.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import process from 'node:process';

const file = String(process.env['ASSAY_TEST_PAGES']);
const pages: Readonly<Record<string, object>> = JSON.parse(readFileSync(file, 'utf8'));

const { fetch } = globalThis;
globalThis.fetch = async (input, init) => {
  if (new URL(String(input)).hostname === '127.0.0.1') return fetch(input, init);
  const page = pages[String(input)];
  return page === undefined ? new Response('not found', { status: 404 }) : Response.json(page);
};
