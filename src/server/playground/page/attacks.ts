/**
 * The bench of attacks: a button each, and what the last one has changed.
 *
 * @module
 */

import { find, make, show } from './element.ts';
import type { AttackCard, AttackResult, Certificate, ChangedText, TokenChange } from './wire.ts';

const list = find('attacks', HTMLElement);
const changes = find('changes', HTMLElement);

/** Sets the buttons up, once. */
export function showAttacks(cards: readonly AttackCard[], attack: (name: string) => void): void {
  if (list.childElementCount > 0) return;
  show(list, ...cards.map(({ name, title, story }) => {
    const button = make('button', { type: 'button', 'aria-pressed': 'false', 'data-attack': name, title: story }, title);
    button.addEventListener('click', () => attack(name));
    return make('li', {}, button);
  }));
}

/** Shows what an attack has changed; without one, nothing. */
export function showChanges(name: string | undefined, result: AttackResult | undefined): void {
  for (const button of list.querySelectorAll('button')) {
    button.setAttribute('aria-pressed', String(button.dataset['attack'] === name));
  }
  if (result === undefined) {
    show(changes);
    return;
  }
  show(changes, make('h3', {}, result.title), make('p', {}, result.story), ...result.changes.flatMap(changeView));
}

/** Says which check has caught the attack: on a phone the certificate is further down. */
export function showCatcher({ checks, code }: Certificate): void {
  const place = checks.findIndex(({ outcome }) => outcome === 'failed');
  const check = checks[place];
  if (check === undefined || code === undefined) return;
  changes.querySelector('h3')?.after(make('p', { class: 'catcher' },
    'Caught by ', make('a', { href: `#rule-${place + 1}` }, `check ${place + 1}, ${check.title}`), ': ', make('code', {}, code)));
}

function changeView({ part, of, before, after, bits }: TokenChange): readonly Node[] {
  const what = of === 'text' ? `${part}, decoded` : `${part}, its characters`;
  return [
    make('h4', { class: part }, what),
    make('dl', { class: 'change' },
      make('dt', {}, 'before'), make('dd', {}, changedText(before, 'del')),
      make('dt', {}, 'after'), make('dd', { class: part }, changedText(after, 'ins')),
      ...(bits === undefined ? [] : [
        make('dt', {}, 'bits'),
        make('dd', {}, make('span', { class: 'octets' }, `${bits.before} \u2192 ${bits.after}`),
          make('span', { class: 'omitted' }, `  ${bits.words}`)),
      ])),
  ];
}

function changedText({ omittedBefore, lead, changed, tail, omittedAfter }: ChangedText, tag: 'del' | 'ins'): HTMLElement {
  return make('span', { class: 'octets' },
    omission(omittedBefore), lead, changed === '' ? make('span', { class: 'omitted' }, '\u2205') : make(tag, {}, changed), tail,
    omission(omittedAfter));
}

function omission(count: number): HTMLElement | undefined {
  return count === 0 ? undefined : make('span', { class: 'omitted' }, `\u2026`);
}
