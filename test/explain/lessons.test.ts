import { constants, createHash, createPublicKey, publicDecrypt } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explain } from '../../src/explain/index.ts';
import { SPINE_STEPS, type StepName } from '../../src/explain/spine-steps.ts';
import { createKeySet, createPolicy, JwtError, verifyJwt, type RefusalCode } from '../../src/jose/index.ts';
import { REFUSALS } from '../../src/jose/errors.ts';
import { elementsOf } from '../bench/xml.ts';
import { run } from '../cli/run.ts';
import { readVectorFiles } from '../vectors/vector-files.ts';
import { flowDrawing, refusedAt, tokenDrawing } from './lesson-drawings.ts';
import { LESSON_CLAIMS, LESSON_JWK, LESSON_NOW } from './lesson.ts';
import { lessonsPage } from './lessons-page.ts';
import { verifierOf } from './vector-verifier.ts';

const folder = new URL('../../src/explain/', import.meta.url);
const fileOf = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const page = fileOf('lessons.md');

// From here on only what the page itself says, and node:crypto.
const token = (/(?:^ {4}[\w.-]{1,100}\n)+/m.exec(page)?.[0] ?? '').replace(/\s/g, '');
const [header = '', payload = '', signature = ''] = token.split('.');
const publicKey = createPublicKey({ key: LESSON_JWK, format: 'jwk' });
const sectionOf = (number: number): string => new RegExp(`^## ${number}\\. [^]*?(?=^## |^!\\[)`, 'm').exec(page)?.[0] ?? '';
const spaced = (octets: Uint8Array): string => Buffer.from(octets).toString('hex').replace(/..(?=.)/g, '$& ');
const hexIn = (section: string): string =>
  [...section.matchAll(/^ {4}((?:[\da-f]{2} )*[\da-f]{2})(?: …)?(?: {2,}|$)/gm)].map(([, text]) => text).join(' ');

const policy = createPolicy({ issuer: LESSON_CLAIMS.iss, audience: LESSON_CLAIMS.aud });
function refusalOf(text: string, now: number = LESSON_NOW): string | undefined {
  try {
    verifyJwt(text, createKeySet([LESSON_JWK]), policy, now);
    return undefined;
  } catch (error) {
    return error instanceof JwtError ? error.code : String(error);
  }
}

describe('lessons.md', () => {
  it.each([['lessons.md', lessonsPage], ['token.svg', tokenDrawing], ['flow.svg', flowDrawing]])(
    '%s is up to date: npx tsx test/explain/write-lessons.ts', (name, make) => expect(fileOf(name)).toBe(make()));

  it('has ten steps, and links to what is there', () => {
    expect(page.match(/^## \d+\. /gm)).toHaveLength(10);
    for (let number = 1; number <= 10; number++) expect(sectionOf(number)).toMatch(/\]\(\.\.\/jose\/[a-z\d-]+\.ts\)/);
    const links = [...page.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = '']) => path);
    expect(links.filter((path) => !existsSync(new URL(path, folder)))).toEqual([]);
  });

  it('shows a token that is accepted, till the second it says', () => {
    expect(refusalOf(token)).toBeUndefined();
    expect(refusalOf(token, LESSON_CLAIMS.exp - 1)).toBeUndefined();
    expect(refusalOf(token, LESSON_CLAIMS.exp)).toBe('token_expired');
    expect(sectionOf(10)).toContain(`It is ${LESSON_NOW}`);
    expect(sectionOf(10)).toContain(`${LESSON_CLAIMS.exp - LESSON_NOW} seconds are left`);
  });

  it('gives the key and the command to try it with', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'lesson-')), 'key.json');
    const [, jwk = ''] = /^```json\n([^]*?)\n```$/m.exec(page) ?? [];
    expect(JSON.parse(jwk)).toEqual(LESSON_JWK);
    writeFileSync(file, jwk);
    const [, command = ''] = /^ {4}assay (explain .*)$/m.exec(page) ?? [];
    const argv = command.split(' ').map((word) => (word === 'key.json' ? file : word));
    const good = await run(argv, { stdin: token });
    expect([good.status, good.stdout.split('\n')[0]]).toEqual([0, 'accepted']);
    const bad = await run(argv, { stdin: `${token.slice(0, 60)}x${token.slice(61)}` });
    expect([bad.status, bad.stdout.split('\n')[0]]).toEqual([1, 'refused signature_invalid']);
    rmSync(dirname(file), { recursive: true });
  });

  it('1: counts', () => {
    expect(sectionOf(1)).toContain(`${token.length} characters`);
    expect(sectionOf(1)).toContain(`at offsets ${token.indexOf('.')} and ${token.lastIndexOf('.')}`);
    expect(sectionOf(1)).toContain(`${header.length} + ${payload.length} + ${signature.length} characters`);
  });

  it('2: spells', () => {
    const bits = (/^ {4}([01]{6}(?: {2}[01]{6}){3})/m.exec(sectionOf(2))?.[1] ?? '').replace(/ /g, '');
    const octets = (bits.match(/.{8}/g) ?? []).map((eight) => parseInt(eight, 2));
    const [, shown = ''] = /^ {4}((?:[\da-f]{2} {3,})*[\da-f]{2}) {3}eight/m.exec(sectionOf(2)) ?? [];
    expect(shown.split(/ +/)).toEqual(spaced(Uint8Array.from(octets)).split(' '));
    expect(String.fromCharCode(...octets)).toBe(Buffer.from(header, 'base64url').toString('latin1').slice(0, 3));
    const [, last = '', twin = ''] = /ends in `(.)`[^`]*With `(.)`/.exec(sectionOf(2)) ?? [];
    expect(token.endsWith(last)).toBe(true);
    const twisted = token.slice(0, -1) + twin;
    expect(Buffer.from(twisted.split('.')[2] ?? '', 'base64url')).toEqual(Buffer.from(signature, 'base64url'));
    expect(refusalOf(twisted)).toBe('invalid_base64url');
  });

  it('3, 4, 5, 9: reads', () => {
    expect(sectionOf(3)).toContain(`    ${Buffer.from(header, 'base64url').toString()}\n`);
    expect(sectionOf(9)).toContain(`    ${Buffer.from(payload, 'base64url').toString()}\n`);
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual(LESSON_CLAIMS);
    const withHeader = (json: string): string => `${Buffer.from(json).toString('base64url')}.${payload}.${signature}`;
    expect(refusalOf(withHeader('{"alg":"RS256","alg":"none"}'))).toBe('duplicate_member');
    expect(refusalOf(withHeader('\ufeff{"alg":"RS256"}'))).toBe('invalid_json');
    expect(refusalOf(withHeader('{"alg":"none"}'))).toBe('algorithm_not_allowed');
    expect(refusalOf(withHeader('{"alg":"HS256","kid":"key-1"}'))).toBe('algorithm_not_allowed');
    expect(refusalOf(withHeader('{"alg":"RS256","crit":["b64"]}'))).toBe('critical_header_unsupported');
  });

  it('6: makes the key that OpenSSL makes', () => {
    const der = spaced(publicKey.export({ format: 'der', type: 'spki' }));
    const [start = '', end = ''] = hexIn(sectionOf(6)).split(' 02 03 01 00 01');
    expect(der.startsWith(start)).toBe(true);
    expect(start.length).toBeGreaterThan(100);
    expect(end).toBe('');
    expect(der.endsWith(' 02 03 01 00 01')).toBe(true);
    const canonical = `{"e":"${LESSON_JWK.e}","kty":"RSA","n":"${LESSON_JWK.n}"}`;
    expect(sectionOf(6)).toContain(createHash('sha256').update(canonical).digest('base64url'));
    const modulus = BigInt(`0x${Buffer.from(LESSON_JWK.n, 'base64url').toString('hex')}`);
    for (let factor = 2n; factor < 1000n; factor++) expect(modulus % factor).not.toBe(0n);
    expect(modulus.toString(2)).toHaveLength(2048);
  });

  it('7, 8: hashes what was signed, and unfolds the signature as OpenSSL does', () => {
    const hash = spaced(createHash('sha256').update(`${header}.${payload}`).digest());
    expect(hexIn(sectionOf(7))).toBe(hash);
    const unfold = (octets: Buffer): Buffer => publicDecrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, octets);
    const block = spaced(unfold(Buffer.from(signature, 'base64url')));
    const [start = '', rest = ''] = block.split(` ${Array(202).fill('ff').join(' ')} `);
    expect(sectionOf(8)).toContain('202 times');
    expect(hexIn(sectionOf(8))).toBe(`${start} ${rest}`);
    expect(rest.endsWith(hash)).toBe(true);
    const flipped = Buffer.from(signature, 'base64url');
    flipped[255] = (flipped[255] ?? 0) ^ 1;
    expect(sectionOf(8)).toContain(spaced(unfold(flipped).subarray(0, 8)));
    expect(refusalOf(`${header}.${payload}.${flipped.toString('base64url')}`)).toBe('signature_invalid');
  });
});

describe('the drawings', () => {
  it.each(['token.svg', 'flow.svg'])('%s is well formed, has a title, and is for light and dark', (name) => {
    expect(elementsOf(fileOf(name)).slice(0, 4)).toEqual(['svg', 'title', 'desc', 'style']);
    expect(fileOf(name)).toContain('prefers-color-scheme: dark');
    expect(fileOf(name)).not.toMatch(/<script|href=|url\(/);
  });

  it('show the token itself, and every code', () => {
    const bare = fileOf('token.svg').replace(/<[^>]*>/g, '');
    for (const part of [header, payload, signature]) expect(bare).toContain(part);
    for (const code of Object.keys(REFUSALS)) expect(fileOf('flow.svg')).toContain(code);
  });

  it('show each code at the steps where the vectors meet it', async () => {
    const wrong = new Set<string>();
    const met = new Set<string>();
    for (const { testGroups } of readVectorFiles()) {
      for (const group of testGroups.filter(({ type }) => type === 'jwt')) {
        for (const test of group.tests.filter(({ result }) => result !== 'valid')) {
          const told = await storyOf(group, test);
          if (told === undefined) continue;
          met.add(`${told.step} ${told.code}`);
          if (!refusedAt(told.step).includes(told.code)) wrong.add(`${told.step} ${told.code}`);
        }
      }
    }
    expect([...wrong]).toEqual([]);
    const drawn = SPINE_STEPS.flatMap(({ step }) => refusedAt(step).map((code) => `${step} ${code}`));
    // Keys that cannot be had are in no vector, nor are the application's own checks.
    expect(drawn.filter((pair) => !met.has(pair))).toEqual(['selectKeys keys_unavailable', 'validateClaims check_failed']);
  });
});

interface Story {
  readonly step: StepName;
  readonly code: RefusalCode;
}

async function storyOf(...[group, test]: Parameters<typeof verifierOf>): Promise<Story | undefined> {
  let made: ReturnType<typeof verifierOf>;
  try {
    made = verifierOf(group, test);
  } catch {
    return undefined;
  }
  const { steps, error } = await explain(made.verifier, test.token ?? '', made.call);
  const step = steps.find(({ outcome }) => outcome === 'failed')?.step;
  return step === undefined || error === undefined ? undefined : { step, code: error.code };
}
