/**
 * Lights up what is about the same octets, everywhere on the page, while one of them is pointed at or in focus.
 *
 * @module
 */

import type { Subject } from './wire.ts';

let lit: readonly Element[] = [];

/** Lights everything that is about the subject, or about a part of it. */
export function light(subject: Subject | undefined): void {
  for (const element of lit) element.classList.remove('lit');
  lit = subject === undefined ? [] : [...document.querySelectorAll('[data-about]')].filter((element) =>
    subjectsOf(element).some((about) => about === subject || about.startsWith(`${subject}.`)));
  for (const element of lit) element.classList.add('lit');
}

/** What an element is about, in the attribute `data-about`. */
export function about(subjects: readonly Subject[]): { readonly 'data-about': string } {
  // Names of claims may hold spaces.
  return { 'data-about': subjects.map(encodeURIComponent).join(' ') };
}

function subjectsOf(element: Element): readonly Subject[] {
  return (element.getAttribute('data-about') ?? '').split(' ').map(decodeURIComponent);
}

/** The first subject of the element that was pointed at, or of the nearest around it. */
function subjectAt(target: EventTarget | null): Subject | undefined {
  const element = target instanceof Element ? target.closest('[data-about]') : null;
  return element === null ? undefined : subjectsOf(element)[0];
}

/** Starts to watch the pointer and the focus. */
export function watchLight(): void {
  document.addEventListener('pointerover', ({ target }) => light(subjectAt(target)));
  document.addEventListener('focusin', ({ target }) => light(subjectAt(target)));
  document.addEventListener('focusout', () => light(undefined));
}
