import { describe, expect, it } from 'vitest';
import { EXPLANATION_STYLE, toHtml, toJson, toText } from '../../src/explain/index.ts';
import { explained, mint, NOW } from './sample.ts';

const HOSTILE = {
  '<script>alert(1)</script>': '"><img src=x onerror=alert(1)>',
  'turned\u202e': 'a\u001b[2J\u009b31m\u2028\u00a0\ufeffb',
  'long': 'y'.repeat(5000),
  ['n'.repeat(200)]: "&amp;'",
};

const PLAIN = { headline: 'refused token_expired', rule: '(RFC 7519 §4.1.4)' };

describe('text', () => {
  it('tells a refusal', async () => {
    const text = toText(await explained(mint({ iat: NOW - 3690, exp: NOW - 90 })));
    expect(text.startsWith(`${PLAIN.headline}\nthe token has expired ${PLAIN.rule}\n`)).toBe(true);
    expect(text).toContain('claim "exp", off by 1 minute 30 seconds, as of 2023-11-14T22:13:20Z\n');
    expect(text).toMatch(/^ {2}pass {2}signature: .* {2,}RFC 7515 §5\.2$/m);
    expect(text).toMatch(/^ {2}FAIL {2}now is before "exp" +RFC 7519 §4\.1\.4\n {8}1699999910 \(/m);
    expect(text).toMatch(/^looked at {6}"exp"[^]*^found {10}[^]*^likely cause {3}[^]*^next step {6}/m);
    expect(text.endsWith('leeway.\n')).toBe(true);
  });

  it('points at a place', async () => {
    const [header = '', ...rest] = mint().split('.');
    const text = toText(await explained([`${header.slice(0, 6)}+${header.slice(7)}`, ...rest].join('.')));
    const lines = text.split('\n');
    const at = lines.findIndex((line) => /^ +\^$/.test(line));
    expect(lines[at - 1]?.charAt(lines[at]?.indexOf('^') ?? -1)).toBe('+');
  });

  it('is painted where that is wanted, and otherwise the same', async () => {
    const explanation = await explained(mint({ exp: NOW - 90 }));
    const painted = toText(explanation, { paint: (style, text) => `{${style}:${text}}` });
    expect(painted).toContain('{red:FAIL}');
    const bare = painted.replace(/\{(?:bold|dim|red|green|yellow|cyan):/g, '{');
    expect(bare.split('\n').length).toBe(toText(explanation).split('\n').length);
  });

  it('shows no character of a token that does something', async () => {
    for (const claims of [HOSTILE, { ...HOSTILE, iss: HOSTILE['turned\u202e'] }]) {
      const text = toText(await explained(mint(claims)));
      expect(text).not.toMatch(/[^\n\P{C}]|[\u2028\u2029\u00a0]/u);
      expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
      expect(text).toContain('\\u202e');
    }
  });
});

describe('a claim of ten thousand characters', () => {
  it('is cut where it is shown, with its length, and stays whole in JSON', async () => {
    const name = '<i>\u202e'.repeat(2500);
    for (const claims of [{ name }, { name, exp: NOW - 90 }]) {
      const explanation = await explained(mint(claims), { maxTokenLength: 100_000 });
      for (const shown of [toText(explanation), toHtml(explanation)]) {
        expect(shown.replace(/\s+/g, '')).toContain('...(10002characters)');
        expect(shown.length).toBeLessThan(40_000);
        expect(shown).not.toContain('\u202e');
      }
      expect(toHtml(explanation)).not.toContain('<i>');
      expect(toJson(explanation)).toHaveProperty('claims.name', name);
    }
  });
});

describe('HTML', () => {
  it('escapes whatever a token says', async () => {
    for (const claims of [HOSTILE, { ...HOSTILE, iss: '<b>' }]) {
      const html = toHtml(await explained(mint(claims)));
      expect(html).not.toMatch(/<(?:script|img|b)\b|\u202e|\u001b/);
      expect(html).toContain('&#60;script&#62;');
      const tags = html.replace(/<style>[^]*<\/style>/, '').match(/<[^>]*>/g) ?? [];
      expect(tags.filter((tag) => !/^<\/?[a-z]\w*(?: (?:class|scope)="[a-z_ -]+")?>$/.test(tag))).toEqual([]);
    }
  });

  it('is one section, closed, that brings its style or not', async () => {
    const explanation = await explained(mint());
    expect(toHtml(explanation)).toMatch(/^<section class="assay-explanation assay-accepted">[^]*<\/section>\n$/);
    expect(toHtml(explanation)).toContain(EXPLANATION_STYLE);
    const bare = toHtml(explanation, { style: false });
    expect(bare).not.toMatch(/<style|style=/);
    for (const name of ['section', 'ol', 'li', 'span', 'table', 'tr', 'td', 'h2', 'h3', 'p']) {
      const count = (tag: string): number => bare.split(tag).length - 1;
      expect([name, count(`</${name}>`)]).toEqual([name, count(`<${name}>`) + count(`<${name} `)]);
    }
  });

  it('says what to do first, and of rules that were not reached how many', async () => {
    const broken = toHtml(await explained(`${mint()}=`));
    expect(broken.indexOf('<h3>What to do')).toBeLessThan(broken.indexOf('<h3>Steps'));
    expect(broken).toMatch(/<p><strong>not reached<\/strong> \d+ rules/);
    const late = toHtml(await explained(mint({ exp: NOW - 90 })));
    expect(late.match(/<li class="assay-(?:passed|not_asked)">/g)?.length).toBeGreaterThan(20);
    expect(late).not.toMatch(/\d+ rules: nothing/);
  });

  it('marks the place of a mistake', async () => {
    expect(toHtml(await explained(`${mint()}=`))).toContain('<mark>=</mark>');
  });
});

describe('JSON', () => {
  it('begins as verify --json does, and goes on with the story', async () => {
    const refused = toJson(await explained(mint({ exp: NOW - 90 })));
    expect(refused).toMatchObject({ ok: false, code: 'token_expired', claim: 'exp', skew: 90 });
    expect(refused).toHaveProperty('advice.nextStep');
    const accepted = toJson(await explained(mint()));
    expect(accepted).toMatchObject({ ok: true, key: { kid: 'key-1', alg: 'RS256' }, findings: [], authentic: true });
    expect(Object.values(accepted)).not.toContain(undefined);
    expect(accepted).not.toHaveProperty('advice');
  });
});
