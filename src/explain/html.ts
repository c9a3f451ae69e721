/**
 * An explanation as a fragment of HTML: one `section`, no script, nothing from elsewhere.
 *
 * @module
 */

import type { JsonObject } from '../jose/json.ts';
import type { Finding } from './evidence.ts';
import type { ExplainedCheck, Explanation, Outcome } from './explanation.ts';
import { distance, instant, instantOf } from './instants.ts';
import { plain, plainJson } from './plain-text.ts';

/** How to render. */
export interface HtmlOptions {
  /** Whether a `style` element comes along. Without it the page styles the classes, as a strict CSP demands. */
  readonly style?: boolean;
}

const MARKS_IN_WORDS: Readonly<Record<Outcome, string>> = {
  passed: 'pass', failed: 'fail', not_reached: 'not reached', not_asked: 'not asked',
};

/** The style sheet of what `toHtml` writes. Only classes of its own: what the fragment is put into keeps its looks. */
export const EXPLANATION_STYLE = `\
.assay-explanation { font-family: system-ui, sans-serif; line-height: 1.45; max-width: 60rem; overflow-wrap: anywhere; }
.assay-explanation ol { list-style: none; padding: 0; }
.assay-explanation li { border-left: .3rem solid #767676; margin: .3rem 0; padding: .2rem .7rem; }
.assay-explanation li.assay-passed { border-color: #1a7f37; }
.assay-explanation li.assay-failed { border-color: #c9252d; }
.assay-explanation .assay-rule { float: right; font-size: .85em; margin-left: 1rem; }
.assay-explanation .assay-found { display: block; font-family: ui-monospace, monospace; font-size: .85em; }
.assay-explanation mark { background: #c9252d; color: #fff; }
.assay-explanation dt { font-weight: bold; }
.assay-explanation th { font-weight: normal; padding-right: 1rem; text-align: left; vertical-align: top; }
`;

/**
 * Renders an explanation. Every text is escaped, and characters that hide or turn words around are shown as such.
 *
 * @example
 * page.innerHTML = toHtml(await explain(verifier, token));
 */
export function toHtml(explanation: Explanation, { style = true }: HtmlOptions = {}): string {
  const { ok, steps, rules } = explanation;
  return [
    `<section class="assay-explanation assay-${ok ? 'accepted' : 'refused'}">`,
    ...(style ? [`<style>\n${EXPLANATION_STYLE}</style>`] : []),
    headline(explanation),
    // A page is read from above, as a terminal is from below.
    ...adviceList(explanation),
    '<h3>Steps</h3>',
    `<ol>\n${steps.map((step) => checkItem(step, `${step.title}: ${step.asks}`)).join('\n')}\n</ol>`,
    '<h3>The rules of the claims</h3>',
    ruleList(rules),
    ...contents(explanation),
    '</section>',
    '',
  ].join('\n');
}

/** Text as HTML, also inside an attribute. */
export function escapeHtml(text: string): string {
  return plain(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function headline({ error, jwt, now }: Explanation): string {
  const at = `as of ${instant(now)}`;
  if (error === undefined) {
    const kid = jwt?.key.kid === undefined ? 'a key without an ID' : `key ${plainJson(jwt.key.kid)}`;
    return `<h2>Accepted</h2>\n<p>${escapeHtml(`${jwt?.key.alg}, ${kid}, ${at}`)}</p>`;
  }
  const { code, rule, message, claim, skew } = error;
  const details = [
    `${message} (${rule})`,
    ...(claim === undefined ? [] : [`claim ${plainJson(claim)}`]),
    ...(skew === undefined ? [] : [`off by ${distance(skew)}`]),
    at,
  ].join(', ');
  const word = code === 'keys_unavailable' ? 'Undecided' : 'Refused';
  return `<h2>${word}: <code>${escapeHtml(code)}</code></h2>\n<p>${escapeHtml(details)}</p>`;
}

function checkItem({ rule, found, outcome }: ExplainedCheck, asks: string): string {
  const seen = found === '' ? '' : ` <span class="assay-found">${escapeHtml(found)}</span>`;
  const mark = `<strong>${MARKS_IN_WORDS[outcome]}</strong>`;
  const cited = `<span class="assay-rule">${escapeHtml(rule)}</span>`;
  return `<li class="assay-${outcome}">${cited}${mark} ${escapeHtml(asks)}${seen}</li>`;
}

/** Rules that were all not reached are one line: they say nothing yet. */
function ruleList(rules: Explanation['rules']): string {
  if (rules.every(({ outcome }) => outcome === 'not_reached')) {
    return `<p><strong>${MARKS_IN_WORDS.not_reached}</strong> ${rules.length} rules: nothing in the payload was believed</p>`;
  }
  return `<ol>\n${rules.map((rule) => checkItem(rule, rule.asks)).join('\n')}\n</ol>`;
}

function adviceList({ advice, findings }: Explanation): readonly string[] {
  if (advice === undefined) return [];
  return [
    '<h3>What to do</h3>',
    '<dl>',
    `<dt>Looked at</dt><dd>${escapeHtml(advice.lookedAt)}</dd>`,
    ...(findings.length === 0 ? [] : ['<dt>Found</dt>', ...findings.map(findingItem)]),
    `<dt>Likely cause</dt><dd>${escapeHtml(advice.likelyCause)}</dd>`,
    `<dt>Next step</dt><dd>${escapeHtml(advice.nextStep)}</dd>`,
    '</dl>',
  ];
}

function findingItem({ text, place }: Finding): string {
  if (place === undefined) return `<dd>${escapeHtml(text)}</dd>`;
  const { before, at, after } = place;
  const shown = `${escapeHtml(before)}<mark>${escapeHtml(at)}</mark>${escapeHtml(after)}`;
  return `<dd>${escapeHtml(text)} <code>${shown}</code></dd>`;
}

function contents({ header, claims, authentic, now }: Explanation): readonly string[] {
  if (header === undefined && claims === undefined) return [];
  return [
    '<h3>What the token says</h3>',
    `<p>${authentic ? 'Signed by the key above.' : 'Not verified: anyone can have written this.'}</p>`,
    ...memberTable('Header', header, now),
    ...memberTable('Claims', claims, now),
  ];
}

function memberTable(title: string, object: JsonObject | undefined, now: number): readonly string[] {
  if (object === undefined) return [];
  const rows = Object.keys(object).map((name) => {
    const time = instantOf(name, object[name], now);
    const value = `${plainJson(object[name], 2000)}${time === undefined ? '' : ` (${time})`}`;
    return `<tr><th scope="row"><code>${escapeHtml(name)}</code></th><td><code>${escapeHtml(value)}</code></td></tr>`;
  });
  return [`<table><caption>${title}</caption>`, ...rows, '</table>'];
}
