/**
 * What a million verifications leave behind: the heap of a process of its own, collected before and after.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { figure, type Bench, type BenchContext, type Section } from '../section.ts';
import { CLIENT_ID, GOOGLE_ISSUER, makeKey, mint, tokenInputs } from '../tokens.ts';

const TOKENS = 1_000;
/** What grows once, compiled code for one, has grown by then. */
const WARM_UP = 0.1;

/** How each token is verified: a program in which `m` is the package, and which sets `verify`. */
const WAYS: Readonly<Record<string, string>> = {
  'verifySync': 'const { verifySync } = m.createGoogleVerifier(options); verify = verifySync;',
  'verify': 'verify = m.createGoogleVerifier(options).verify;',
  'verifySync with a cache of 100 tokens': `const cache = { maxTokens: 100 };
    const { verifySync } = m.createGoogleVerifier({ ...options, cache }); verify = verifySync;`,
};

export const memory: Bench = {
  name: 'memory',
  run: async ({ quick, built }: BenchContext): Promise<Section> => {
    const count = quick ? 20_000 : 1_000_000;
    const key = makeKey('rsa-2048', 'RS256');
    const minted = mint(key.privateKey, 'RS256', TOKENS);
    const inputs = JSON.stringify({ ...tokenInputs(minted.slice(0, 1), key, GOOGLE_ISSUER, CLIENT_ID), tokens: minted.map(({ token }) => token) });
    const grown = Object.entries(WAYS).map(([name, way]) => [name, growth(built.urlOf('index.js'), way, inputs, count)] as const);
    return {
      name: 'memory',
      title: 'Memory',
      prose: [
        `The heap after ${count.toLocaleString('en')} verifications, above what it was after the first tenth of as many; both after a collection, in `
          + `a process of its own. ${TOKENS.toLocaleString('en')} distinct tokens take turns, built afresh each time, and every tenth has a bad signature.`,
      ],
      tables: [{ head: ['', 'kB more'], rows: grown.map(([name, kilobytes]) => [name, figure(kilobytes)]) }],
      charts: {},
      numbers: Object.fromEntries(grown.map(([name, kilobytes]) => [`heap kB ${name}`, kilobytes])),
    };
  },
};

/** Kilobytes. @throws {Error} when a token is not judged as it should be. */
function growth(specifier: string, way: string, inputs: string, count: number): number {
  const program = `
    import { readFileSync } from 'node:fs';
    const m = await import(${JSON.stringify(specifier)});
    const t = JSON.parse(readFileSync(0, 'utf8'));
    const options = { audience: t.audience, keys: m.createKeySet(t.jwks) };
    let verify;
    ${way}
    const isBad = (i) => i % 10 === 9;
    const tokens = t.tokens.map((token, i) => Buffer.from(isBad(i) ? token.slice(0, -8) + 'AAAAAAAA' : token, 'latin1'));
    async function verifyTimes(count) {
      for (let i = 0; i < count; i++) {
        const token = tokens[i % tokens.length].latin1Slice();
        let code;
        try {
          const answer = verify(token);
          if (answer instanceof Promise) await answer;
        } catch (error) {
          code = error.code;
        }
        if (code !== (isBad(i % tokens.length) ? 'signature_invalid' : undefined)) throw new Error('a wrong verdict');
      }
      gc();
      return process.memoryUsage().heapUsed;
    }
    const before = await verifyTimes(${Math.round(count * WARM_UP)});
    process.stdout.write(String(await verifyTimes(${count}) - before));`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '--eval', program], {
    input: inputs,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (status !== 0) throw new Error(`the heap was not measured: ${stderr}`);
  return Number(stdout) / 1000;
}
