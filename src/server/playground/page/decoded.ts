/**
 * What a token says: the members of header and payload, with times in words.
 *
 * @module
 */

import { find, make, show } from './element.ts';
import { about } from './light.ts';
import { selectSpan } from './token-field.ts';
import type { Certificate, DecodedMember, DecodedPart } from './wire.ts';

const TITLES = { header: 'Header', payload: 'Claims', signature: 'Signature' } as const;

/** Shows the parts of a token. */
export function showDecoded({ parts, authentic }: Certificate): void {
  show(find('belief', HTMLElement), authentic
    ? 'The signature held, so the issuer has written this, letter for letter.'
    : 'Not verified: anyone can have written this.');
  show(find('parts', HTMLElement), ...parts.filter(({ name }) => name !== 'signature').map(partView));
}

function partView({ name, members, text }: DecodedPart): HTMLElement {
  const title = make('h3', { class: name, ...about([name]) }, TITLES[name]);
  if (members === undefined) {
    const note = make('p', { class: 'aside' }, 'No object that is accepted. Its octets, as text:');
    return make('div', {}, title, note, make('p', { class: 'raw' }, text === '' ? '(empty)' : text));
  }
  return make('div', {}, title, membersView(members, name));
}

/** A list of names and values. A name that has characters in the token leads to them. */
export function membersView(members: readonly DecodedMember[], part: string): HTMLElement {
  return make('dl', { class: 'members' }, ...members.flatMap(({ name, value, time, span }) => {
    const subject = about([`${part}.${name}`]);
    const label = span === undefined ? make('span', subject, name) : make('button', {
      type: 'button', ...subject, title: 'Mark it in the token',
    }, name);
    if (span !== undefined) label.addEventListener('click', () => selectSpan(span));
    const said = make('dd', {}, make('span', { class: 'value', ...subject }, value),
      time === undefined ? undefined : make('span', { class: 'time' }, time));
    return [make('dt', {}, label), said];
  }));
}
