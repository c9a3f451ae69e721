/**
 * PyJWT, where the system's Python has it: spoken to in lines of JSON.
 *
 * @module
 */

import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Adapter, Setup } from '../adapter.ts';
import { pemOf } from '../keys.ts';
import { member, textOf } from '../reading.ts';

const PYTHON = '/usr/bin/python3';
const SCRIPT = fileURLToPath(new URL('pyjwt.py', import.meta.url));

function version(): string | undefined {
  if (!existsSync(PYTHON)) return undefined;
  const upstream = output(PYTHON, ['-c', 'import jwt, cryptography; print(jwt.__version__)']);
  if (upstream === undefined) return undefined;
  // Debian mends a version without giving it another number, so that its own tells more.
  const packaged = output('dpkg-query', ['--show', '--showformat=${Version}', 'python3-jwt']);
  return packaged?.startsWith(`${upstream}-`) ? packaged : upstream;
}

function output(command: string, parameters: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(command, parameters, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

function questionOf(method: 'jwt' | 'jws', { pem, key, policy, algorithms, tolerance, now }: Setup): object {
  return {
    method,
    key: key?.type === 'secret' ? { secret: key.export().toString('base64') } : { pem: pem ?? (key && pemOf(key)) },
    algorithms,
    issuer: policy.issuer == null ? null : [policy.issuer].flat()[0],
    audience: policy.audience ?? null,
    require: [
      'exp',
      ...(policy.issuer == null ? [] : ['iss']),
      ...(policy.audience == null ? [] : ['aud']),
      ...(policy.requiredClaims ?? []),
    ],
    leeway: tolerance,
    now: now ?? null,
  };
}

type Reply = (line: string) => void;

class Python {
  readonly #process: ChildProcessByStdio<Writable, Readable, null> = spawn(PYTHON, [SCRIPT], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  readonly #waiting: Reply[] = [];

  constructor() {
    createInterface({ input: this.#process.stdout }).on('line', (line) => this.#waiting.shift()?.(line));
    this.#process.once('exit', () => process.exit(1)); // a crash of Python is a crash of the library it runs
    this.#process.stdin.on('error', () => process.exit(1));
    process.once('exit', () => this.#process.kill());
  }

  /** Questions are answered in order. */
  async ask(question: object): Promise<unknown> {
    const line = await new Promise<string>((resolve) => {
      this.#waiting.push(resolve);
      this.#process.stdin.write(`${JSON.stringify(question)}\n`);
    });
    const answer: unknown = JSON.parse(line);
    if (member(answer, 'refused') !== undefined) throw new Error(textOf(member(answer, 'refused')));
    return member(answer, 'payload');
  }
}

export const adapter: Adapter = {
  name: 'PyJWT',
  role: 'peer',
  takes: 'key',
  readsPem: true,
  algorithms: [
    'RS256',
    'RS384',
    'RS512',
    'PS256',
    'PS384',
    'PS512',
    'ES256',
    'ES384',
    'ES512',
    'EdDSA',
    'HS256',
    'HS384',
    'HS512',
  ],
  lacks: {
    thumbprint: 'has no thumbprints',
    base64url: 'exports no decoder',
    issuers: 'has no notion of several issuers with keys of their own',
    issuerList: 'takes one issuer',
    google: "has no preset for Google's ID tokens",
    typ: 'does not look at "typ"',
    typDefault: 'does not look at "typ"',
    subject: 'cannot be told a subject',
    maxAge: 'has no cap on the age of a token',
    maxLifetime: 'has no cap on exp - iat',
    lengthCap: "has no cap on a token's length",
  },
  leeway: 'one',
  clock: 'injected',
  configuration:
    'jwt.decode(token, key, algorithms=algorithms, issuer=issuer, audience=audience, leeway=leeway,\n'
    + '           options={"require": ["exp", "iss", "aud", *required_claims]})',
  version,
  open: () => {
    const python = new Python();
    return {
      prepare: (setup) => (token) => python.ask({ ...questionOf('jwt', setup), token }),
      prepareJws: (setup) => async (token) =>
        Buffer.from(textOf(await python.ask({ ...questionOf('jws', setup), token })), 'base64'),
      claimsOf: (result) => result,
    };
  },
};
