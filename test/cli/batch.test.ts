/** `assay verify --batch`: many tokens, by the built command. */
import { spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { borrowKeys } from '../../src/cli/batch/borrowed-keys.ts';
import { KeyDesk } from '../../src/cli/batch/key-desk.ts';
import type { KeyQuestion } from '../../src/cli/batch/messages.ts';
import { Tally } from '../../src/cli/batch/tally.ts';
import { ThreadPool } from '../../src/cli/batch/thread-pool.ts';
import type { Thread } from '../../src/cli/terminal.ts';
import { verify } from '../../src/cli/verify.ts';
import { signJwt } from '../../src/jose/sign.ts';
import { createRemoteKeySet } from '../../src/keys/remote-key-set.ts';
import { createTestIssuer } from '../../src/testing/index.ts';
import { ASSAY, Conversation, readVerdicts, runBatch, wordOf } from './batches.ts';
import {
  AUDIENCE, CLAIMS, ISSUER, KID, mint, pem, privateKey, publicJwk, publicKey, temporaryFolder,
} from './key-files.ts';
import { start } from './processes.ts';
import { NOW, noThreads, run } from './run.ts';

const folder = temporaryFolder();
const keys = folder.write('key.pem', pem(publicKey));
const POLICY = ['--issuer', ISSUER, '--audience', AUDIENCE, '--keys', keys, '--at', String(NOW)];

/** Distinct tokens: each says in "sub" which it is. */
const tokens = (count: number): string[] => Array.from({ length: count }, (_, index) => mint({ sub: String(index) }));
const FEW = tokens(40);
/** Some 400 KB: enough for several pieces, and so for several threads. */
const MANY = Array.from({ length: 1000 }, (_, index) => FEW[index % FEW.length] ?? '');
const subsOf = (stdout: string): (string | undefined)[] => readVerdicts(stdout).map(({ claims }) => claims?.sub);
const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('');

describe('the verdicts', () => {
  it('are in the order of the lines, one for each, whatever the threads', async () => {
    for (const jobs of ['1', '3']) {
      const { status, stdout, stderr } = await runBatch(['-', ...POLICY, '--jobs', jobs], lines(MANY));
      expect(status).toBe(0);
      expect(subsOf(stdout)).toEqual(MANY.map((_, index) => String(index % FEW.length)));
      expect(stderr).toMatch(/^1,000 tokens in \d+\.\d s, [\d,]+\/s, 1,000 accepted, 0 refused\n$/);
    }
  });

  it('are those of --json', async () => {
    const cases = [mint(), mint({ exp: NOW - 1 }), mint({ aud: 'other' }), 'a.b', '', `${mint()}=`, mint({ 'e\u202e': '\u009b' })];
    const alone = await Promise.all(cases.map((token) => run(['verify', token, ...POLICY, '--json'])));
    const { status, stdout, stderr } = await runBatch(['-', ...POLICY, '--json'], lines(cases));
    expect(stdout).toBe(alone.map((one) => one.stdout).join(''));
    expect(status).toBe(1);
    expect(stderr).toContain('2 accepted, 5 refused: 2 malformed_compact, 1 token_expired, 1 audience_not_allowed, ');
  });

  it('know LF, CRLF, an empty line, and a last line without an end', async () => {
    const [a = '', b = '', c = ''] = FEW;
    const { stdout } = await runBatch(['-', ...POLICY], `${a}\r\n\n\r\n${b}\r\r\n ${b}\n${c}`);
    const empty = 'malformed_compact';
    expect(readVerdicts(stdout).map(wordOf)).toEqual(['accepted', empty, empty, 'invalid_base64url', 'invalid_base64url', 'accepted']);
  });

  it('of nothing are none, and status 0', async () => {
    expect(await runBatch(['-', ...POLICY])).toMatchObject({ status: 0, stdout: '', stderr: expect.stringMatching(/^0 tokens/) });
  });

  it('come while the input is open, each by the clock of its moment', async () => {
    const conversation = new Conversation(['--issuer', ISSUER, '--audience', AUDIENCE, '--keys', keys, '--leeway', '0']);
    const at = (nbf: number): string => signJwt({ ...CLAIMS, iat: nbf - 10, nbf, exp: nbf + 3600 }, privateKey, { kid: KID });
    // It is up once it has answered.
    expect(await conversation.ask(at(Date.now() / 1000))).toEqual(['accepted']);
    // Later than it is asked for the first time.
    const token = at(Date.now() / 1000 + 3);
    const words: string[] = [];
    while (words.at(-1) !== 'accepted' && words.length < 300) {
      words.push(...await conversation.ask(token));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(words[0]).toBe('token_not_yet_valid');
    expect(words.slice(1, -1).filter((word) => word !== 'token_not_yet_valid')).toEqual([]);
    expect(words.at(-1)).toBe('accepted');
    expect((await conversation.end()).status).toBe(1);
  });
});

describe('what it takes', () => {
  it('is bounded, for a line that does not end', async () => {
    const conversation = new Conversation(POLICY);
    const { stdin } = conversation.child;
    await conversation.ask(FEW[0] ?? '');
    const megabyte = 'A'.repeat(1_000_000);
    const before = residentOf(conversation.child.pid);
    for (let sent = 0; sent < 150; sent++) {
      if (stdin?.write(megabyte) === false) await new Promise((resolve) => stdin.once('drain', resolve));
    }
    expect(await conversation.ask('', FEW[0] ?? '')).toEqual(['token_too_long', 'accepted']);
    // Linux alone says how much it was at its most.
    if (before !== undefined) expect((residentOf(conversation.child.pid) ?? NaN) - before).toBeLessThan(110);
    else console.info('memory is not measured: there is no /proc here');
    await conversation.end();
  });

  it('is no more than its reader takes', async () => {
    const conversation = new Conversation(POLICY);
    const { stdin, stdout } = conversation.child;
    stdout?.pause();
    const piece = lines(MANY);
    let taken = 0;
    // Until the input has not been taken for a while: nothing of it is lost then.
    while (taken < 100 && await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), 1000);
      stdin?.write(piece, () => {
        clearTimeout(timer);
        resolve(true);
      });
    })) taken++;
    expect(taken * piece.length).toBeLessThan(10_000_000);
    stdout?.resume();
    const { status, verdicts } = await conversation.end();
    expect({ status, count: verdicts.length }).toEqual({ status: 0, count: (taken + 1) * MANY.length });
  });
});

describe('an end before the end', () => {
  if (process.platform === 'win32') {
    console.info('not run: there is no SIGINT to send here');
  } else {
    it('SIGINT: what was read is answered, nothing twice, and half a line is not judged', async () => {
      const conversation = new Conversation(POLICY);
      await conversation.ask(...FEW);
      conversation.child.stdin?.write(FEW[0]?.slice(0, 50));
      await new Promise((resolve) => setTimeout(resolve, 100));
      conversation.child.kill('SIGINT');
      const { status, stdout, stderr } = await conversation.ended;
      expect(subsOf(stdout)).toEqual(FEW.map((_, index) => String(index)));
      expect(stderr).toMatch(/^stopped: 40 tokens in /);
      expect(status).toBe(3);
    });

    it('SIGINT in the middle: the verdicts are those of the first lines', async () => {
      const file = folder.write('many.txt', lines([...MANY, ...MANY, ...MANY, ...MANY, ...MANY]));
      const { child, ended } = start([...ASSAY, 'verify', '--batch', file, ...POLICY, '--jobs', '2']);
      child.stdout?.once('data', () => child.kill('SIGINT'));
      const { status, stdout, stderr } = await ended;
      const subs = subsOf(stdout);
      expect(subs).toEqual(subs.map((_, index) => String(index % FEW.length)));
      expect(subs.length).toBeLessThan(5 * MANY.length);
      expect(stderr).toContain(`stopped: ${subs.length.toLocaleString('en-US')} tokens`);
      expect(status).toBe(3);
    });
  }

  it('nobody listens: without a word', async () => {
    const argv = [...ASSAY, 'verify', '--batch', '-', ...POLICY];
    const { status, stderr } = await start(argv, { stdin: lines(MANY), deaf: true }).ended;
    expect({ status, stderr }).toEqual({ status: 3, stderr: '' });
  });

  it('a thread that dies: a fault of its own, and no verdict of any line', async () => {
    const thread = Object.assign(new EventEmitter(), { postMessage: () => {}, terminate: async () => 0 });
    const pool = new ThreadPool(1, () => thread as unknown as Thread, { argv: [] }, undefined);
    const waiting = pool.judge(new Uint8Array(1));
    thread.emit('error', new Error('boom'));
    for (const judged of [waiting, pool.judge(new Uint8Array(1))]) await expect(judged).rejects.toThrow('boom');
    // In this process no thread can be started at all.
    const { status, stdout, stderr } = await run(['verify', '--batch', '-', ...POLICY], { stdin: 'a.b\n' });
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr).toBe('assay verify: a fault of its own, no verdict: Error: no threads here\n');
  });

  it.each([
    [['-', '--jobs', '0'], '--jobs expected a number of threads'],
    [['-', 'a.b.c'], '--batch has the tokens'],
    [['no-such-file'], 'there is no such file'],
    [[folder.path], 'it is a directory'],
    [['-', '--alg', 'none'], '--alg expected'],
    [['-', '--at', 'tomorrow'], '--at expected'],
  ])('called wrongly: %j', async (argv, message) => {
    const policy = argv.includes('--at') ? POLICY.slice(0, -2) : POLICY;
    const { status, stdout, stderr } = await run(['verify', '--batch', ...argv, ...policy], { stdin: '' });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe('keys from the network', () => {
  const listen = async () => {
    const issuer = createTestIssuer({ audience: AUDIENCE });
    const server = await issuer.listen();
    onTestFinished(() => server.close());
    const options = ['--issuer', server.issuer, '--keys', server.jwksUri, '--audience', AUDIENCE, '--allow-loopback-http', '--jobs', '3'];
    return { issuer, server, options };
  };
  const times = (count: number, token: string): string[] => Array.from({ length: count }, () => token);

  it('are fetched once for all threads, and again for a rotation, and for no more than that', async () => {
    const { issuer, server, options } = await listen();
    const conversation = new Conversation(options);
    const old = server.mint();
    // Some 600 tokens are several pieces, for as many threads.
    expect(new Set(await conversation.ask(...times(600, old)))).toEqual(new Set(['accepted']));
    expect(issuer.requests).toHaveLength(1);
    issuer.rotate();
    const young = server.mint();
    expect(new Set(await conversation.ask(...times(600, young)))).toEqual(new Set(['accepted']));
    expect(issuer.requests).toHaveLength(2);
    // Within the cooldown of an unknown key ID: refused without a fetch, on every thread.
    const stranger = server.mint({}, { key: 'unpublished' });
    expect(new Set(await conversation.ask(...times(600, stranger)))).toEqual(new Set(['key_not_found']));
    expect(new Set(await conversation.ask(...times(600, old), ...times(600, young)))).toEqual(new Set(['accepted']));
    expect(issuer.requests).toHaveLength(2);
    expect((await conversation.end()).status).toBe(1);
  });

  it('that have left the set stop verifying on every thread', async () => {
    const { issuer, server, options } = await listen();
    const conversation = new Conversation(options);
    const old = server.mint();
    await conversation.ask(...times(600, old));
    issuer.rotate();
    issuer.retire();
    await conversation.ask(server.mint());
    expect(new Set(await conversation.ask(...times(600, old)))).toEqual(new Set(['key_not_found']));
    await conversation.end();
  });

  it('that cannot be had are no verdict: status 3, and no fetch for each line', async () => {
    const { issuer, server, options } = await listen();
    issuer.fail('error');
    const { status, verdicts, stderr } = await runBatch(['-', ...options], lines(['a.b', ...times(600, server.mint())]));
    expect(verdicts.map(wordOf)).toEqual(['malformed_compact', ...times(600, 'keys_unavailable')]);
    expect(status).toBe(3);
    expect(stderr).toContain('601 refused: 600 keys_unavailable, 1 malformed_compact');
    expect(issuer.requests).toHaveLength(1);
  });

  it('that came since a thread was told are no reason to fetch again, nor to refuse', async () => {
    const issuer = createTestIssuer();
    const remote = createRemoteKeySet(issuer.jwksUri, { fetch: issuer.fetch });
    await remote.load();
    const desks = [new KeyDesk(remote), new KeyDesk(remote)];
    for (const desk of desks) expect(desk.news()).toEqual({ fresh: true, document: issuer.jwks });
    for (const desk of desks) expect(desk.news()).toEqual({ fresh: true });
    const kid = issuer.rotate();
    const news = { fresh: true, document: issuer.jwks };
    for (const desk of desks) {
      expect(await desk.answer({ type: 'missing', kid })).toEqual({ type: 'answer', to: 'missing', news, brought: true });
    }
    expect(issuer.requests).toHaveLength(2);
    expect(await desks[0]?.answer({ type: 'missing', kid: 'stranger' })).toMatchObject({ news: { fresh: true }, brought: false });
  });

  it('are asked for once, however many lines of a thread wait', async () => {
    const asked: KeyQuestion[] = [];
    const borrowed = borrowKeys((question) => void asked.push(question));
    expect(() => borrowed.find('a')).toThrow(expect.objectContaining({ code: 'keys_unavailable' }));
    const all = Promise.all([borrowed.settle(), borrowed.settle(), borrowed.settle()]);
    expect(asked).toEqual([{ type: 'settle' }]);
    borrowed.hear({ fresh: true, document: { keys: [publicJwk()] } });
    borrowed.answered('settle', true);
    await all;
    expect([borrowed.isFresh(), borrowed.find(KID).length, borrowed.find('other').length]).toEqual([true, 1, 0]);
    const missing = [borrowed.underWay(), borrowed.underWay()];
    expect(asked.slice(1)).toEqual([{ type: 'missing', kid: 'other' }]);
    borrowed.answered('missing', false);
    expect(await Promise.all(missing)).toEqual([false, false]);
    borrowed.hear({ fresh: false, document: null });
    expect(() => borrowed.find(KID)).toThrow(expect.objectContaining({ code: 'keys_unavailable' }));
  });

  it('are asked for by discovery too', async () => {
    const { issuer, server, options } = await listen();
    const discover = options.filter((option) => option !== '--keys' && option !== server.jwksUri);
    expect(await runBatch(['-', ...discover], lines(times(600, server.mint())))).toMatchObject({ status: 0 });
    expect(issuer.requests).toHaveLength(2);
  });
});

describe('progress', () => {
  const tallyOn = (isTTY: boolean, stdoutIsTTY = false) => {
    let written = '';
    let now = NOW;
    const output = { isTTY, columns: 60, write: (text: unknown) => (written += text) };
    const stdin = (async function* () {})();
    const stdout = { ...output, isTTY: stdoutIsTTY };
    const terminal = {
      stdin, stdout, stderr: output, env: {}, now: () => now, whenStopped: async () => {}, startThread: noThreads,
    };
    const tally = new Tally(terminal);
    const verdicts = { octets: new Uint8Array(), accepted: 1500, refused: new Map([['token_expired', 7], ['signature_invalid', 20]]) };
    return { tally, step: (seconds: number) => { now += seconds; tally.add(verdicts); tally.draw(); }, written: () => written };
  };

  it('is one line that is rewritten, five times a second at the most, and never wraps', () => {
    const { tally, step, written } = tallyOn(true);
    step(0.1);
    expect(written()).toBe('');
    step(0.9);
    step(0.1);
    const words = '3,054 done, 3,054/s, 3,000 accepted, 54 refused: 40 signature_invalid, 14 token_expired';
    expect(written()).toBe(`\r\u001b[K${words.slice(0, 59)}`);
    tally.makeWay();
    expect(written().split('\r')).toHaveLength(2);
    tally.erase();
    tally.erase();
    expect(written().slice(-4)).toBe('\r\u001b[K');
    expect(written().split('\r')).toHaveLength(3);
  });

  it('makes way for verdicts on the same terminal, and comes back behind them', () => {
    const { tally, step, written } = tallyOn(true, true);
    step(1);
    tally.makeWay();
    step(0.01);
    expect(written().split('\r\u001b[K').map((text) => text.slice(0, 10))).toEqual(['', '1,527 done', '', '3,054 done']);
  });

  it('is for terminals', () => {
    const { step, written } = tallyOn(false);
    step(10);
    expect(written()).toBe('');
  });
});

if (process.platform === 'win32') {
  console.info('not run: the pipelines need a POSIX shell and coreutils');
} else {
  describe('among other programs', () => {
    const shell = (script: string, env: Readonly<Record<string, string>>) =>
      spawnSync('sh', ['-c', script], { cwd: folder.path, env: { ...process.env, ...env }, encoding: 'utf8' });
    const shim = folder.write('assay', `#!/bin/sh\nexec ${ASSAY.map((word) => `'${word}'`).join(' ')} "$@"\n`);
    const policy = POLICY.map((word) => `'${word}'`).join(' ');

    it.each(examplesWithBatch())('as documented: %s', (example) => {
      folder.write('tokens.txt', lines(FEW.map(() => signJwt({ ...CLAIMS, aud: ['b', AUDIENCE], exp: 1e10 }, privateKey, { kid: KID }))));
      folder.write('a.pem', pem(publicKey));
      folder.write('keys.json', JSON.stringify({ keys: [publicJwk()] }));
      const script = `rm -f verdicts.txt\nassay() { sh '${shim}' "$@"; }\n${example}\ntest ! -e verdicts.txt || cat verdicts.txt\n`;
      expect(readVerdicts(shell(script, {}).stdout).map(wordOf)).toEqual(FEW.map(() => 'accepted'));
    });

    it('split and xargs -P: the same verdicts as at once', () => {
      folder.write('tokens.txt', lines([...MANY, 'a.b']));
      const script = `chmod +x assay && mkdir parts && split -l 300 tokens.txt parts/part. &&
        ls parts/part.?? | xargs -P 2 -I '{}' sh -c "'${shim}' verify --batch '{}' --jobs 1 ${policy} > '{}.verdicts'"`;
      // 123: some of what xargs has run had a status from 1 to 125.
      expect(shell(script, {}).status).toBe(123);
      const parts = readdirSync(join(folder.path, 'parts')).filter((name) => name.endsWith('.verdicts')).sort();
      expect(parts).toHaveLength(4);
      const verdicts = parts.map((name) => readFileSync(join(folder.path, 'parts', name), 'utf8')).join('');
      const once = spawnSync('sh', [shim, 'verify', '--batch', 'tokens.txt', ...POLICY], { cwd: folder.path, encoding: 'utf8' });
      expect(verdicts).toBe(once.stdout);
    });

    it('an engine for which every status but 0 is a failure, such as Spark', () => {
      const { status, stdout } = shell(`echo a.b | { sh '${shim}' verify --batch - ${policy} || [ $? -eq 1 ]; }`, {});
      expect({ status, words: readVerdicts(stdout).map(wordOf) }).toEqual({ status: 0, words: ['malformed_compact'] });
    });
  });
}

/** Those of the README, of the page of the command, and of --help. */
function examplesWithBatch(): string[] {
  const pages = ['../../README.md', '../../src/cli/README.md'].map((path) => readFileSync(new URL(path, import.meta.url), 'utf8'));
  const documented = [...pages, verify.help].flatMap((text) => text.match(/^ +assay verify --batch [^.].*$/gm) ?? []);
  return [...new Set(documented.map((line) => line.trim()))].filter((line) => line.includes('--audience'));
}

/** Megabytes of memory that a process has had at its most. */
function residentOf(pid: number | undefined): number | undefined {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}
