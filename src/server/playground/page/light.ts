/**
 * Lights up what is about the same octets, everywhere on the page, while one of them is pointed at or in focus.
 *
 * @module
 */

import type { Subject } from './wire.ts';

let lit: readonly Element[] = [];

/** Lights everything that is about one of the subjects, or about a part of it. */
export function light(subjects: readonly Subject[]): void {
  for (const element of lit) element.classList.remove('lit');
  const isMeant = (about: Subject): boolean =>
    subjects.some((subject) => about === subject || about.startsWith(`${subject}.`));
  lit = subjects.length === 0 ? []
    : [...document.querySelectorAll('[data-about]')].filter((element) => subjectsOf(element).some(isMeant));
  for (const element of lit) element.classList.add('lit');
}

/** What an element is about, in the attribute `data-about`. */
export function about(subjects: readonly Subject[]): { readonly 'data-about': string } {
  // Names of claims may hold spaces.
  return { 'data-about': subjects.map(encodeURIComponent).join(' ') };
}

/** What an element is about; nothing, where it does not say. */
export function subjectsOf(element: Element | null | undefined): readonly Subject[] {
  const text = element?.getAttribute('data-about') ?? '';
  return text === '' ? [] : text.split(' ').map(decodeURIComponent);
}

/** Those of the element that was pointed at, or of the nearest around it. */
function subjectsAt(target: EventTarget | null): readonly Subject[] {
  return subjectsOf(target instanceof Element ? target.closest('[data-about]') : null);
}

/** Starts to watch the pointer and the focus. */
export function watchLight(): void {
  document.addEventListener('pointerover', ({ target }) => light(subjectsAt(target)));
  document.addEventListener('focusin', ({ target }) => light(subjectsAt(target)));
  document.addEventListener('focusout', () => light([]));
}
