import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createDecider, type DeciderOptions } from '../../src/esp/decide.ts';
import { loadOpenApi } from '../../src/esp/openapi.ts';
import { keySourceOf } from '../../src/esp/policy.ts';
import { readRawHeaders, type EspRequest } from '../../src/esp/request.ts';
import { formatRefusal } from '../../src/esp/response.ts';
import { createHeaderGuard, formatUserInfo, USER_INFO_HEADER } from '../../src/esp/user-info.ts';
import { mintScenarioToken, scenarioKeys, type TokenSpec } from './scenario-tokens.ts';

interface Given {
  readonly document?: object;
  readonly options?: Pick<DeciderOptions, 'methodOverride'>;
  readonly keys?: string;
  readonly method?: string;
  readonly target?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly tokens?: Readonly<Record<string, TokenSpec>>;
  /** In place of a request. */
  readonly provider?: { readonly issuer: string; readonly jwksUri?: string };
  readonly header?: string;
}

interface Said {
  readonly status: number;
  readonly message: string;
  readonly challenge: string | null;
}

interface Expected {
  readonly allowed?: true;
  readonly template?: string;
  /** Members of ESPv1's user info. */
  readonly user?: Readonly<Record<string, unknown>>;
  readonly espv1?: Said;
  readonly espv2?: Said;
  readonly documentRefused?: string;
  readonly keySource?: unknown;
  readonly removed?: boolean;
}

interface Scenario {
  readonly id: number;
  readonly source: string;
  readonly title: string;
  readonly status: string;
  readonly why?: string;
  readonly given?: Given;
  readonly expect?: Expected;
}

interface ScenarioFile {
  readonly now: number;
  readonly numberOfScenarios: number;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly document: object;
  readonly scenarios: readonly Scenario[];
}

const FILE = JSON.parse(readFileSync(new URL('../../spec-vectors/esp/scenarios.json', import.meta.url),
  'utf8')) as ScenarioFile;
const EXECUTED = FILE.scenarios.filter(({ status }) => status !== 'out of scope');

/** Puts the tokens where `{name}` stands, into a request of the scenario. */
function requestOf({ method = 'GET', target = '/shelves', tokens = {}, ...given }: Given): EspRequest {
  const minted = new Map(Object.entries(tokens).map(([name, spec]) => [name, mintScenarioToken(spec, FILE.claims)]));
  const fill = (text: string): string => text.replace(/\{(\w+)\}/g, (whole, name: string) => minted.get(name) ?? whole);
  const headers = given.headers ?? [['Authorization', 'Bearer {token}']];
  const rawHeaders = headers.flatMap(([name, value]) => [name, fill(value)]);
  return { method, target: fill(target), headers: readRawHeaders(rawHeaders), scheme: 'https', host: 'api.example' };
}

async function expectDecision(given: Given, expected: Expected): Promise<void> {
  const policy = loadOpenApi({ ...FILE.document, ...given.document });
  const decide = createDecider(policy, {
    keysFor: () => scenarioKeys(given.keys ?? 'jwks', FILE.now), verifier: { clock: () => FILE.now }, ...given.options,
  });
  const request = requestOf(given);
  const decision = await decide(request);
  if (decision.allowed) {
    expect(expected.allowed, 'allowed').toBe(true);
    if (expected.template !== undefined) expect(decision.operation?.template).toBe(expected.template);
    for (const form of ['espv1', 'espv2'] as const) {
      const info = formatUserInfo(decision.tokens, decision.method, { form });
      if (!info.ok) throw new Error('no user info');
      expect(info.headers.map(([name]) => name)).toEqual(decision.tokens.length === 0 ? [] : [USER_INFO_HEADER]);
      if (form === 'espv1' && expected.user !== undefined) expectUser(info.headers[0]?.[1] ?? '', expected.user);
    }
    return;
  }
  const path = request.target.split('?', 1)[0] ?? '';
  for (const vocabulary of ['espv1', 'espv2'] as const) {
    const response = formatRefusal(decision.refusal, request, { vocabulary, realm: 'api.example' });
    const challenge = response.headers.find(([name]) => name === 'www-authenticate')?.[1] ?? null;
    const body = response.body === '' ? undefined : (JSON.parse(response.body) as { readonly message: string }).message;
    const said = expected[vocabulary];
    expect({ status: response.status, challenge, body }, `${vocabulary}, ${decision.refusal.code}`).toEqual({
      status: said?.status,
      challenge: said?.challenge?.replace('{path}', path) ?? null,
      body: request.method === 'HEAD' ? undefined : said?.message,
    });
  }
}

function expectUser(header: string, user: Readonly<Record<string, unknown>>): void {
  const { claims, ...rest } = JSON.parse(Buffer.from(header, 'base64url').toString()) as Readonly<Record<string,
    unknown>>;
  expect(rest).toEqual(user);
  expect(JSON.parse(String(claims))).toMatchObject({ iss: user['issuer'], sub: user['id'] });
}

describe('the table', () => {
  it('has a status for every row, a reason for every row that is not the same, and nothing else', () => {
    expect(FILE.scenarios).toHaveLength(FILE.numberOfScenarios);
    expect(FILE.scenarios.map(({ id }) => id)).toEqual(FILE.scenarios.map((_, index) => index + 1));
    for (const { id, source, title, status, why, given, expect: expected } of FILE.scenarios) {
      const row = `${id} ${source}: ${title}`;
      expect(['same', 'stricter', 'out of scope'], row).toContain(status);
      if (status !== 'same') expect(why, row).toMatch(/./);
      expect([given === undefined, expected === undefined],
        row).toEqual([status === 'out of scope', status === 'out of scope']);
    }
  });

  it('expects a word of both vocabularies wherever it expects a refusal', () => {
    for (const { id, expect: expected = {} } of EXECUTED) {
      const outcomes = [expected.allowed, expected.espv1, expected.documentRefused, expected.keySource,
        expected.removed];
      expect(outcomes.filter((outcome) => outcome !== undefined), `${id}`).toHaveLength(1);
      expect(expected.espv2 === undefined, `${id}`).toBe(expected.espv1 === undefined);
    }
  });
});

describe('scenarios', () => {
  it.each(EXECUTED)('$id $status: $source: $title', async ({ given = {}, expect: expected = {} }) => {
    if (expected.documentRefused !== undefined) {
      const load = () => loadOpenApi({ ...FILE.document, ...given.document });
      const path = expected.documentRefused.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      expect(load).toThrow(new RegExp(`^the OpenAPI document, ${path}: `));
    } else if (given.provider !== undefined) {
      expect(keySourceOf(given.provider)).toEqual(expected.keySource);
    } else if (given.header !== undefined) {
      expect(createHeaderGuard([])(given.header)).toBe(expected.removed);
    } else {
      await expectDecision(given, expected);
    }
  });
});
