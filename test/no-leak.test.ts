import { readdirSync, readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  createKeySet,
  createPolicy,
  readUnverified,
  signJwt,
  verifyJws,
  verifyJwt,
  type JwtError,
  type KeySetInput,
} from '../src/jose/index.ts';
import { createGoogleVerifier } from '../src/google/index.ts';
import { createVerifier } from '../src/verifier/index.ts';
import { privateKey, publicJwk } from '../spec-vectors/generate/keys.ts';
import { compact } from '../spec-vectors/generate/token.ts';
import { AUDIENCE, CLAIMS, ISSUER, NOW, OPTIONS, untyped } from './verifier/issuer.ts';

/** Shorter texts could be in any message by chance. */
const TELLING = 6;

/** Everything that a log, a console or a response could show of an error. */
function toldBy(error: unknown): string {
  const told = [inspect(error, { depth: 10, showHidden: true }), JSON.stringify(error), String(error)];
  if (error instanceof Error) told.push(error.message, error.stack ?? '');
  if (error instanceof Error && 'cause' in error) told.push(inspect(error.cause, { depth: 10 }));
  return told.join('\n');
}

/** Every string in a JSON value. Names are not: a claim may be named. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

/** What a token must not be betrayed by: itself, its parts, and the texts in its header and claims. */
function secretsOf(token: string): string[] {
  const parts = token.split('.');
  const texts = parts.slice(0, 2).flatMap((part) => {
    try {
      return stringsIn(JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));
    } catch {
      return [];
    }
  });
  return [token, ...parts, ...texts].filter((text) => text.length >= TELLING);
}

/** What of a token an error holds that the caller had not configured. */
function leaksOf(error: unknown, token: string, configured: unknown): string[] {
  const told = toldBy(error);
  const known = new Set([...stringsIn(configured), ...Object.keys(Object(configured))]);
  return secretsOf(token).filter((secret) => !known.has(secret) && told.includes(secret));
}

/** Everything that is thrown by what is run. */
function thrownBy(...runs: readonly (() => unknown)[]): unknown[] {
  return runs.flatMap((run) => {
    try {
      run();
      return [];
    } catch (error) {
      return [error];
    }
  });
}

/** What a caller's own function may do with what it is handed. */
function quote(text: string | undefined): never {
  throw new Error(text);
}

interface Group {
  readonly type: string;
  readonly keys?: KeySetInput;
  readonly policy?: Readonly<Record<string, unknown>>;
  readonly now?: number;
  readonly tests: readonly (Omit<Group, 'type' | 'tests'> & { readonly tcId: number; readonly token?: unknown })[];
}

interface IssuerVector extends Readonly<Record<string, unknown>> {
  readonly keys: KeySetInput;
}

/** Verifies a vector in every way there is, for the errors alone: what they must be is for other tests to ask. */
function errorsOf(token: string, keys: KeySetInput, policy: Readonly<Record<string, unknown>>, now: number): unknown[] {
  const { google, nonce, accessToken, issuers, ...options } = policy;
  const bound = Object.fromEntries(Object.entries({ nonce, accessToken }).filter(([, value]) => value !== undefined));
  const clock = () => now;
  const { issuer: _issuer, algorithms: _algorithms, ...preset } = options;
  const importIssuer = (one: IssuerVector) => ({ ...one, keys: createKeySet(one.keys) });
  return thrownBy(
    () => readUnverified(token),
    () => verifyJws(token, createKeySet(keys), { algorithms: untyped(options['algorithms'] ?? ['RS256']), now }),
    () => verifyJwt(token, createKeySet(keys), createPolicy(untyped({ issuer: null, audience: null, ...options })),
      now),
    () => createVerifier(untyped({ issuer: null, audience: null, ...options, keys: createKeySet(keys),
      clock })).verifySync(token),
    () => {
      if (!Array.isArray(issuers)) return;
      createVerifier(untyped({ ...options, issuers: issuers.map(importIssuer), clock })).verifySync(token);
    },
    () => {
      if (google === undefined) return;
      const verifier = createGoogleVerifier(untyped({ ...preset, ...Object(google), keys: createKeySet(keys), clock }));
      verifier.verifySync(token, untyped(bound));
    },
  );
}

const VECTORS = new URL('../spec-vectors/', import.meta.url);
const FILES = readdirSync(VECTORS).filter((name) => name.endsWith('.json') && name !== 'schema.json');

describe.each(FILES)('the vectors of %s', (name) => {
  const { testGroups } = JSON.parse(readFileSync(new URL(name, VECTORS),
    'utf8')) as { readonly testGroups?: readonly Group[] };
  const cases = (testGroups ?? []).flatMap(({ tests, ...group }) =>
    tests.map((test) => ({ ...group, ...test, policy: { ...group.policy, ...test.policy } })),
  );

  it('are refused without being quoted', () => {
    const leaks = cases.flatMap(({ tcId, token, keys, policy, now }) => {
      if (typeof token !== 'string' || keys === undefined) return [];
      return errorsOf(token, keys, policy, now ?? NOW)
        .flatMap((error) => leaksOf(error, token, policy).map((leak) => [tcId, leak]));
    });
    expect(leaks).toEqual([]);
  });
});

it('there are vectors', () => expect(FILES.length).toBeGreaterThan(0));

describe('a canary in every place', () => {
  const CANARY = 'canary-7f3a9c';
  const header = { alg: 'RS256', kid: 'rsa-1', typ: 'JWT' };
  const nested = { deep: [{ er: CANARY }] };
  const places: readonly string[] = [
    ...['alg', 'kid', 'typ', 'cty', 'crit', 'b64', 'jku', 'jwk', 'x5c'].flatMap((name) =>
      [CANARY, [CANARY], nested].map((value) => compact({ ...header, [name]: value }, CLAIMS)),
    ),
    ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'azp', 'hd', 'email', 'email_verified', 'nonce', 'at_hash',
      'role'].flatMap((name) =>
      [CANARY, [CANARY, 1], nested].map((value) => compact(header, { ...CLAIMS, [name]: value })),
    ),
    compact(header, { ...CLAIMS, exp: NOW - 5, sub: CANARY }),
    compact(header, `{"${CANARY}":1,"${CANARY}":2}`), compact(header, `{"a":"${CANARY}`),
    compact(header, `{"a":"${CANARY}\\ud800"}`),
    compact(header, `["${CANARY}"]`), compact(header, `"${CANARY}"`),
    compact(`{"alg":"${CANARY}","alg":"RS256"}`, CLAIMS),
    compact(header, Buffer.concat([Buffer.from(`{"a":"${CANARY}`), Buffer.of(0xff), Buffer.from('"}')])),
    `${CANARY}.${CANARY}.${CANARY}`, `${CANARY}`, `${CANARY}.${CANARY}`, `${CANARY}=.e30.`, `e30.e30.${CANARY}`,
    CANARY.repeat(1000),
    `${compact(header, CLAIMS)}.${CANARY}`, `${compact(header, CLAIMS).slice(0, -20)}${CANARY}`,
    `${CANARY}\u0141.e30.e30`,
  ];

  const google = createGoogleVerifier({ audience: AUDIENCE, keys: OPTIONS.keys, clock: OPTIONS.clock,
    hostedDomain: 'example.com' });
  const tenant = { issuer: ISSUER, audience: AUDIENCE, keys: OPTIONS.keys };
  const verifiers: readonly ((token: string) => unknown)[] = [
    createVerifier(OPTIONS).verifySync,
    createVerifier({ ...OPTIONS, issuer: null, audience: null, subject: 'user-1', typ: 'at+jwt',
      maxAge: 1 }).verifySync,
    createVerifier({ ...OPTIONS, checks: { role: ({ role }) => role === 'admin' } }).verifySync,
    createVerifier({ ...OPTIONS, checks: { quotes: (claims) => quote(JSON.stringify(claims)) } }).verifySync,
    createVerifier({ issuers: [tenant], clock: OPTIONS.clock }).verifySync,
    createVerifier({ issuers: quote, clock: OPTIONS.clock }).verifySync,
    createVerifier({ ...OPTIONS, keys: { find: quote } }).verifySync,
    (token) => google.verifySync(token, { nonce: 'n-1', accessToken: 'a-1' }),
    (token) => google.verifySync(token),
    readUnverified,
  ];

  it('is never in an error', () => {
    const errors = places.flatMap((token) => verifiers.flatMap((verify) => thrownBy(() => verify(token))));
    expect(errors.length).toBeGreaterThan(places.length * 5);
    expect(errors.filter((error) => toldBy(error).includes(CANARY)).map((error) => toldBy(error).slice(0, 300)))
      .toEqual([]);
  });

  it('is never in an error about a token that is no string', () => {
    const tokens = [[CANARY], { token: CANARY, toString: () => CANARY }, Object(CANARY), Symbol(CANARY),
      new Map([[CANARY, CANARY]])];
    const errors = tokens.flatMap((token) => verifiers.flatMap((verify) => thrownBy(() => verify(untyped(token)))));
    expect(errors).toHaveLength(tokens.length * verifiers.length);
    expect(errors.filter((error) => toldBy(error).includes(CANARY))).toEqual([]);
  });

  it('is never in what a trace says of the rules that were broken', () => {
    const keys = OPTIONS.keys;
    const policy = createPolicy({ issuer: ISSUER, audience: AUDIENCE, subject: 'user-1', maxLifetime: 1 });
    const broken: JwtError[] = [];
    const trace = (event: { readonly step: string; readonly error?: JwtError }) =>
      void (event.error && broken.push(event.error));
    for (const token of places) thrownBy(() => verifyJwt(token, keys, policy, NOW, { trace }));
    expect(broken.length).toBeGreaterThan(20);
    expect(broken.filter((error) => toldBy(error).includes(CANARY))).toEqual([]);
  });

  it('is never in what is said of a key set', () => {
    const { n, ...rest } = publicJwk('rsa-1');
    const odd = [
      { ...rest, n: CANARY }, { ...rest, n, e: CANARY }, { ...rest, n, kty: CANARY }, { ...rest, n, d: CANARY },
      { kty: 'oct', k: CANARY },
      { ...rest, n, alg: [CANARY] }, { ...rest, n, key_ops: [CANARY, CANARY] },
      { kty: 'EC', crv: CANARY, x: CANARY, y: CANARY },
    ];
    const pem = `-----BEGIN PUBLIC KEY-----\n${Buffer.from(CANARY).toString('base64')}\n-----END PUBLIC KEY-----\n`;
    const single = thrownBy(...odd.map((jwk) => () => createKeySet(jwk)), () => createKeySet(pem),
      () => createKeySet({ keys: CANARY }));
    const { skipped } = createKeySet({ keys: odd });
    const secrets = [CANARY, Buffer.from(CANARY).toString('base64').slice(0, 12)];
    expect(single).toHaveLength(odd.length + 2);
    expect(skipped).toHaveLength(odd.length);
    const errors = [...single, ...skipped.map(({ error }) => error)];
    expect(errors.filter((error) => secrets.some((secret) => toldBy(error).includes(secret)))).toEqual([]);
  });

  it('is never in what is said of a private key that cannot be read', () => {
    const pem = privateKey('rsa-1').export({ format: 'pem', type: 'pkcs8' }).toString();
    const jwk = privateKey('ec-1').export({ format: 'jwk' });
    const errors = thrownBy(
      () => signJwt({}, `${pem.slice(0, 400)}${CANARY}`), () => signJwt({}, { ...jwk, x: CANARY }),
      () => signJwt({}, CANARY),
      () => signJwt({}, { kty: 'oct', k: CANARY }), () => signJwt({}, { ...jwk, crv: CANARY }),
    );
    expect(errors).toHaveLength(5);
    const secrets = [CANARY, pem.slice(100, 140), String(jwk.d)];
    expect(errors.filter((error) => secrets.some((secret) => toldBy(error).includes(secret)))).toEqual([]);
  });
});

describe('this test', () => {
  it('sees a token, a part of it and a claim, wherever they are', () => {
    const token = compact({ alg: 'RS256', kid: 'rsa-1' }, { ...CLAIMS, sub: 'someone in particular' });
    const [, payload = ''] = token.split('.');
    const errors = [
      new Error(token), new Error('x', { cause: new Error(payload) }),
      Object.assign(new Error('x'), { claims: { sub: 'someone in particular' } }),
    ];
    for (const error of errors) expect(leaksOf(error, token, {}).length).toBeGreaterThan(0);
    expect(leaksOf(new Error(`not ${ISSUER}`), token, { issuer: ISSUER })).toEqual([]);
    expect(leaksOf(new Error('the token has expired'), token, {})).toEqual([]);
  });
});
