/** The recipes, as they stand on their page, against tokens that they must accept and tokens that they must refuse. */
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Verifier } from '../../src/index.ts';
import { createTestIssuer } from '../../src/testing/index.ts';
import { blocksOf, readPage, runBlock, type RunBlock } from './page.ts';

const recipes = blocksOf(readPage('src/recipes.md'));
const HOUR = 3600;

/** What to expect of a recipe. Claims that are given as undefined are left out of the token. */
interface Trial {
  readonly recipe: string;
  readonly exported: string;
  readonly issuer: string;
  readonly keysAt: string;
  readonly claims: (now: number) => Record<string, unknown>;
  readonly refused: Readonly<Record<string, Record<string, unknown>>>;
  readonly prepare?: (block: RunBlock) => void;
  /** What else the recipe does, beside its verifier. */
  readonly also?: (block: RunBlock, mint: (changed: Record<string, unknown>) => string) => Promise<void>;
}

const TENANT = '00000000-aaaa-bbbb-cccc-000000000001';
const ENTRA = `https://login.microsoftonline.com/${TENANT}/v2.0`;

const TRIALS: readonly Trial[] = [
  {
    recipe: 'Firebase',
    exported: 'firebase',
    issuer: 'https://securetoken.google.com/my-project',
    keysAt: 'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com',
    claims: (now) => ({ aud: 'my-project', sub: 'uid', auth_time: now - HOUR, firebase: { sign_in_provider: 'password' } }),
    refused: {
      issuer_not_allowed: { iss: 'https://session.firebase.google.com/my-project' },
      audience_not_allowed: { aud: 'their-project' },
      claim_missing: { auth_time: undefined },
      token_expired: { exp: 1 },
      check_failed: { sub: '' },
    },
  },
  {
    recipe: 'Microsoft Entra ID, many tenants',
    exported: 'entra',
    issuer: ENTRA,
    keysAt: `https://login.microsoftonline.com/${TENANT}/discovery/v2.0/keys`,
    claims: () => ({ aud: '11111111-2222-3333-4444-555555555555', tid: TENANT, oid: 'object', ver: '2.0' }),
    refused: {
      issuer_not_allowed: { iss: 'https://login.microsoftonline.com/00000000-aaaa-bbbb-cccc-000000000002/v2.0' },
      audience_not_allowed: { aud: '00000003-0000-0000-c000-000000000000' },
      claim_missing: { oid: undefined },
      check_failed: { tid: '00000000-aaaa-bbbb-cccc-000000000002' },
    },
    prepare: ({ exports: { addTenant } }) => (addTenant as (tenant: string) => void)(TENANT),
  },
  {
    recipe: 'Auth0',
    exported: 'auth0',
    issuer: 'https://my-tenant.eu.auth0.com/',
    keysAt: 'https://my-tenant.eu.auth0.com/.well-known/jwks.json',
    claims: () => ({ aud: ['https://api.example.com', 'https://my-tenant.eu.auth0.com/userinfo'], scope: 'openid read:reports' }),
    refused: {
      issuer_not_allowed: { iss: 'https://my-tenant.eu.auth0.com' },
      audience_not_allowed: { aud: 'a-client-id' },
      claim_missing: { sub: undefined },
    },
    also: async ({ exports }, mint) => {
      const mayRead = exports.mayRead as (token: string) => Promise<boolean>;
      expect(await mayRead(mint({}))).toBe(true);
      expect(await mayRead(mint({ scope: 'openid read:reports:own' }))).toBe(false);
      expect(await mayRead('no token')).toBe(false);
    },
  },
  {
    recipe: 'Cloud Run, service to service',
    exported: 'caller',
    issuer: 'https://accounts.google.com',
    keysAt: 'https://www.googleapis.com/oauth2/v3/certs',
    claims: () => ({ aud: 'https://billing-abc123-ew.a.run.app', azp: '117', email: 'orders@my-project.iam.gserviceaccount.com' }),
    refused: {
      audience_not_allowed: { aud: 'https://orders-abc123-ew.a.run.app' },
      email_not_verified: { email_verified: false },
      check_failed: { email: 'mallory@their-project.iam.gserviceaccount.com' },
      // The service accounts of others are customers of Google too.
      issuer_not_allowed: { iss: 'orders@my-project.iam.gserviceaccount.com' },
    },
  },
];

afterEach(() => vi.unstubAllGlobals());

it('has a trial for every recipe', () =>
  expect(TRIALS.map(({ recipe }) => recipe)).toEqual(recipes.map(({ heading }) => heading)));

describe.each(TRIALS)('$recipe', ({ recipe, exported, issuer: name, keysAt, claims, refused, prepare, also }) => {
  const issuer = createTestIssuer({ issuer: name });
  const good = claims(issuer.clock());
  const answers = new Map<string, unknown>([
    [keysAt, issuer.jwks],
    [`${name.replace(/\/$/, '')}/.well-known/openid-configuration`, { issuer: name, jwks_uri: keysAt }],
  ]);
  const network = vi.fn(async (url: string | URL | Request) =>
    answers.has(String(url)) ? Response.json(answers.get(String(url))) : new Response(null, { status: 404 }));
  let block: RunBlock;
  let verifier: Verifier;

  beforeAll(async () => {
    block = await runBlock(recipes.find(({ heading }) => heading === recipe)?.code ?? '', network);
    prepare?.(block);
    verifier = block.exports[exported] as Verifier;
  });

  it('accepts a token of its issuer, with the keys at that address', async () => {
    vi.stubGlobal('fetch', network);
    const { claims: verified } = await verifier.verify(issuer.mint(good));
    expect(verified).toMatchObject(good);
    expect(network).toHaveBeenCalledWith(keysAt, expect.anything());
    await also?.(block, (changed) => issuer.mint({ ...good, ...changed }));
  });

  it.each(Object.entries(refused))('%s', async (code, changed) => {
    vi.stubGlobal('fetch', network);
    await expect(verifier.verify(issuer.mint({ ...good, ...changed }))).rejects.toMatchObject({ code });
  });

  it('refuses the same token of another key', async () => {
    vi.stubGlobal('fetch', network);
    const other = createTestIssuer({ issuer: name });
    await expect(verifier.verify(other.mint(good, { kid: issuer.kid }))).rejects.toMatchObject({ code: 'signature_invalid' });
  });
});
