/**
 * Light or dark: as the system has it, until the button is pressed.
 *
 * @module
 */

import { find } from './element.ts';

const KEY = 'assay-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const button = find('theme', HTMLButtonElement);

function isDark(): boolean {
  const { theme } = document.documentElement.dataset;
  return theme === undefined ? dark.matches : theme === 'dark';
}

/** The button says what it does, not what is. */
function label(): void {
  button.textContent = isDark() ? 'Light' : 'Dark';
  button.title = isDark() ? 'Ink on paper' : 'Chalk on slate';
}

const kept = localStorage.getItem(KEY);
if (kept === 'light' || kept === 'dark') document.documentElement.dataset['theme'] = kept;
button.hidden = false;
button.addEventListener('click', () => {
  const theme = isDark() ? 'light' : 'dark';
  document.documentElement.dataset['theme'] = theme;
  localStorage.setItem(KEY, theme);
  label();
});
dark.addEventListener('change', label);
label();
