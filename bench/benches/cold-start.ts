/**
 * A fresh process: importing the package, and its first verification. Measured inside the process, so that Node's own
 * start does not count, and paired with a process that imports node:crypto and verifies with it.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inTurn } from '../harness.ts';
import { installedVersion } from '../peers/load.ts';
import { spread, type Bench, type BenchContext, type Section } from '../section.ts';
import { pairedDifferences, type Summary } from '../statistics.ts';
import { OURS } from '../subjects.ts';
import { CLIENT_ID, GOOGLE_ISSUER, makeKey, mint, tokenInputs, type ColdInputs } from '../tokens.ts';

const BARE = 'node:crypto alone';
const PEERS = fileURLToPath(new URL('../peers/', import.meta.url));

/** How to import a package, and how to verify a first token: `t` holds token, jwks, pem, issuer and audience. */
interface Cold {
  readonly name: string;
  readonly specifier: string;
  /** A program in which `m` is the package and `c` is node:crypto, and which sets `claims`. */
  readonly verify: string;
}

const PEER_PROGRAMS: readonly Cold[] = [
  {
    name: 'fast-jwt',
    specifier: 'fast-jwt',
    verify: `const { createVerifier } = m.default;
      claims = createVerifier({ key: t.pem, algorithms, allowedIss: t.issuer, allowedAud: t.audience })(t.token);`,
  },
  {
    name: 'jsonwebtoken',
    specifier: 'jsonwebtoken',
    verify: `const key = c.createPublicKey(t.pem);
      claims = m.default.verify(t.token, key, { algorithms, issuer: t.issuer, audience: t.audience });`,
  },
  {
    name: 'jose',
    specifier: 'jose',
    verify: `const keys = m.createLocalJWKSet(t.jwks);
      const { payload } = await m.jwtVerify(t.token, keys, { algorithms, issuer: t.issuer, audience: t.audience });
      claims = payload;`,
  },
  {
    name: 'aws-jwt-verify',
    specifier: 'aws-jwt-verify',
    verify: `const jwksUri = 'https://issuer.invalid/jwks.json';
      const verifier = m.JwtVerifier.create({ issuer: t.issuer, audience: t.audience, jwksUri });
      verifier.cacheJwks(t.jwks);
      claims = verifier.verifySync(t.token);`,
  },
  {
    name: 'google-auth-library',
    specifier: 'google-auth-library',
    verify: `const certs = { [t.jwks.keys[0].kid]: t.pem };
      const client = new m.OAuth2Client();
      const ticket = await client.verifySignedJwtWithCertsAsync(t.token, certs, t.audience, [t.issuer]);
      claims = ticket.getPayload();`,
  },
  {
    name: 'hono',
    specifier: 'hono/jwt',
    verify: `const verification = { iss: t.issuer, aud: t.audience };
      claims = await m.verifyWithJwks(t.token, { keys: t.jwks.keys, allowedAlgorithms: algorithms, verification });`,
  },
];

const BARE_PROGRAM: Cold = {
  name: BARE,
  specifier: 'node:crypto',
  verify: `const end = t.token.lastIndexOf('.');
    const input = Buffer.from(t.token.slice(0, end), 'latin1');
    const signature = Buffer.from(t.token.slice(end + 1), 'base64url');
    claims = c.verify('sha256', input, c.createPublicKey(t.pem), signature) ? { sub: t.sub } : {};`,
};

interface Timing {
  readonly import: number;
  readonly first: number;
}

export const coldStart: Bench = {
  name: 'cold-start',
  run: async ({ quick, built }: BenchContext): Promise<Section> => {
    const key = makeKey('rsa-2048', 'RS256');
    const inputs = tokenInputs(mint(key.privateKey, 'RS256', 1), key, GOOGLE_ISSUER, CLIENT_ID);
    const ours: Cold = {
      name: OURS,
      specifier: built.urlOf('index.js'),
      verify: `const google = m.createGoogleVerifier({ audience: t.audience, keys: m.createKeySet(t.jwks) });
        claims = google.verifySync(t.token).claims;`,
    };
    const subjects = [
      BARE_PROGRAM,
      ours,
      ...PEER_PROGRAMS.filter(({ specifier }) => installedVersion(specifier.split('/')[0] ?? '') !== undefined),
    ];
    const timings = new Map(subjects.map(({ name }) => [name, [] as Timing[]]));
    for (let round = 0; round < (quick ? 3 : 20); round++) {
      for (const subject of inTurn(subjects, round)) timings.get(subject.name)?.push(start(subject, inputs));
    }
    return section(timings);
  },
};

function section(timings: ReadonlyMap<string, readonly Timing[]>): Section {
  const over = (name: string, what: (timing: Timing) => number): Summary =>
    pairedDifferences((timings.get(name) ?? []).map(what), (timings.get(BARE) ?? []).map(what));
  const figures = [...timings.keys()]
    .filter((name) => name !== BARE)
    .map((name) => ({
      name,
      imported: over(name, (timing) => timing.import),
      ready: over(name, (timing) => timing.import + timing.first),
    }))
    .sort((a, b) => a.imported.median - b.imported.median);
  return {
    name: 'cold-start',
    title: 'Cold start',
    prose: [
      'Fresh processes, in turn; milliseconds above a process that imports node:crypto and verifies the same token '
        + 'with it. Ours is the built main entry: a file for each floor, and one that leads to them.',
    ],
    tables: [
      {
        head: ['', 'import, ms', 'import and first verification, ms'],
        rows: figures.map(({ name, imported, ready }) => [name, spread(imported), spread(ready)]),
      },
    ],
    charts: {
      'cold-start': {
        kind: 'bars',
        title: 'Importing, above node:crypto alone',
        unit: 'ms',
        bars: figures.map(({ name, imported: { median, p10, p90 } }) => ({
          label: name,
          value: median,
          low: p10,
          high: p90,
          ...(name === OURS ? { ours: true } : {}),
        })),
      },
    },
    numbers: Object.fromEntries(
      figures.flatMap(({ name, imported, ready }) => [
        [`import ms ${name}`, imported.median],
        [`ready ms ${name}`, ready.median],
      ]),
    ),
  };
}

/** Packages are found from bench/peers, where the process runs. @throws {Error} when it does not verify the token. */
function start({ name, specifier, verify }: Cold, inputs: ColdInputs): Timing {
  const program = `
    const t = JSON.parse(process.env.BENCH_INPUTS);
    const before = performance.now();
    const m = await import(${JSON.stringify(specifier)});
    const imported = performance.now();
    const c = await import('node:crypto');
    const algorithms = ['RS256'];
    let claims;
    ${verify}
    const verified = performance.now();
    if (claims.sub !== t.sub) throw new Error('wrong claims');
    process.stdout.write(JSON.stringify({ import: imported - before, first: verified - imported }));`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: PEERS,
    encoding: 'utf8',
    env: { ...process.env, BENCH_INPUTS: JSON.stringify(inputs), NODE_OPTIONS: '' },
  });
  if (status !== 0) throw new Error(`${name} did not verify its first token: ${stderr}`);
  return JSON.parse(stdout) as Timing;
}
