/**
 * The certificate: a verdict in words, and every check with its mark, its rule and its reason.
 *
 * @module
 */

import { draw, find, make, show } from './element.ts';
import { about } from './light.ts';
import type { Certificate, CertificateCheck, CertificateFinding, CheckOutcome } from './wire.ts';

const WORDS = { accepted: 'Accepted', refused: 'Refused', undecided: 'No verdict' } as const;
const OUTCOMES: Readonly<Record<CheckOutcome, string>> = {
  passed: 'held', failed: 'broken', not_reached: 'not reached', not_asked: 'not asked',
};
const SHAPES = 4;

/** Shows a certificate. */
export function showCertificate(certificate: Certificate): void {
  showVerdict(certificate);
  const { checks, notAsked } = certificate;
  const items = checks.map((check, place) => checkView(check, place));
  const late = checks.findIndex(({ afterVerdict }) => afterVerdict);
  const note = make('li', { class: 'after' }, 'Here the verifier has refused. For you, it asks the other rules all the same:');
  if (late !== -1) items.splice(late, 0, note);
  show(find('checks', HTMLElement), ...items);
  show(find('advice', HTMLElement), ...adviceView(certificate), notAsked.length === 0 ? undefined : unaskedView(notAsked));
}

/** Before there is a token. */
export function clearCertificate(): void {
  const verdict = find('verdict', HTMLElement);
  verdict.className = 'verdict';
  show(verdict, make('p', { class: 'when' }, 'Nothing is on the bench.'));
  show(find('checks', HTMLElement));
  show(find('advice', HTMLElement));
}

function showVerdict({ verdict: name, headline, code, rule, at }: Certificate): void {
  const verdict = find('verdict', HTMLElement);
  verdict.className = `verdict ${name}`;
  show(verdict,
    make('p', { class: 'word' }, WORDS[name]),
    make('p', {}, headline),
    code === undefined ? undefined : make('p', { class: 'code' }, make('code', {}, code), ` under ${rule}`),
    make('p', { class: 'when' }, `at ${at}`),
    roundSeal(name));
}

/** A seal: whole, cut through, or without an impression. For the eye; the word stands beside it. */
function roundSeal(name: Certificate['verdict']): SVGElement {
  const inside = {
    accepted: [draw('path', { class: 'bold', d: 'M34 51l11 11 22-25' })],
    refused: [draw('path', { class: 'bold', d: 'M37 37l26 26M63 37 37 63' })],
    undecided: [draw('path', { class: 'bold', d: 'M36 50h28' })],
  }[name];
  const broken = name === 'accepted' ? undefined : '5 3';
  return draw('svg', { viewBox: '0 0 100 100', 'aria-hidden': 'true' },
    draw('circle', { cx: '50', cy: '50', r: '47', 'stroke-dasharray': broken }),
    draw('circle', { cx: '50', cy: '50', r: '43.5' }),
    draw('circle', { cx: '50', cy: '50', r: '30' }),
    ...ticks(name === 'accepted' ? 48 : 0), ...inside);
}

/** The milled edge of a seal. */
function ticks(count: number): readonly SVGElement[] {
  return Array.from({ length: count }, (_, index) => draw('path', {
    d: 'M50 8.5v9', transform: `rotate(${(index * 360) / count} 50 50)`,
  }));
}

function checkView(check: CertificateCheck, place: number): HTMLElement {
  const { title, outcome, rule, about: subjects, afterVerdict } = check;
  const word = afterVerdict ? { passed: 'would hold', failed: 'would break too' }[outcome as 'passed'] : OUTCOMES[outcome];
  const summary = make('summary', about(subjects),
    hallmark(place, outcome),
    make('span', { class: 'name' }, title, make('span', { class: 'outcome' }, word ?? OUTCOMES[outcome])),
    make('span', { class: 'rule' }, rule));
  const details = make('details', outcome === 'failed' && !afterVerdict ? { open: '' } : {}, summary, storyOf(check));
  const item = make('li', { class: outcome, id: `rule-${place + 1}` }, details);
  // Set from script: the policy of the page lets no style attribute in.
  item.style.setProperty('--place', String(place));
  return item;
}

/** A punch mark: struck where the check held, cut through where it broke, an outline where it was not reached. */
function hallmark(place: number, outcome: CheckOutcome): SVGElement {
  return draw('svg', { class: 'mark', viewBox: '0 0 32 32', 'aria-hidden': 'true' },
    draw('use', { href: `#cartouche-${place % SHAPES}` }),
    outcome === 'failed'
      ? draw('path', { class: 'cross', d: 'M10 10l12 12M22 10 10 22' })
      : draw('text', { x: '16', y: '20.5' }, String(place + 1)));
}

function storyOf({ asks, found, rule, sentence, file }: CertificateCheck): HTMLElement {
  return make('div', { class: 'story' },
    make('p', { class: 'sentence' }, sentence),
    make('p', {}, `Asked: ${asks}.`),
    found === '' ? undefined : make('p', { class: 'found' }, found),
    make('p', { class: 'where' }, `${rule}, done in `, make('a', { href: `/source/${file}` }, make('code', {}, file))));
}

function adviceView({ advice, findings, foreign }: Certificate): readonly (Node | undefined)[] {
  if (advice === undefined) return [];
  return [
    make('dl', { class: 'advice' },
      make('dt', {}, 'Looked at'), make('dd', {}, advice.lookedAt),
      ...(findings.length === 0 ? [] : [make('dt', {}, 'Found'), ...findings.map(findingView)]),
      make('dt', {}, 'Likely cause'), make('dd', {}, advice.likelyCause),
      make('dt', {}, 'Next step'), make('dd', {}, advice.nextStep)),
    foreign === undefined ? undefined : make('p', { class: 'foreign' }, foreign),
  ];
}

function findingView({ text, place }: CertificateFinding): HTMLElement {
  if (place === undefined) return make('dd', {}, text);
  return make('dd', {}, `${text} `, make('code', {}, place.before, make('mark', {}, place.at), place.after));
}

function unaskedView(rules: readonly string[]): HTMLElement {
  return make('details', { class: 'unasked' },
    make('summary', {}, `${rules.length} more rules had nothing to ask of it`),
    make('ul', {}, ...rules.map((rule) => make('li', {}, rule))));
}
