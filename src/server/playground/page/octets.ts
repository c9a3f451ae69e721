/**
 * Octets: the key as it becomes a SubjectPublicKeyInfo, and the signature as it opens.
 *
 * @module
 */

import { membersView } from './decoded.ts';
import { find, make, show } from './element.ts';
import { about } from './light.ts';
import type { KeyView, OctetField, SealView } from './wire.ts';

/** Shows how the current key gets from JSON to DER. */
export function showKey(keys: readonly KeyView[]): void {
  const key = keys.find(({ current }) => current);
  if (key === undefined) return;
  show(find('key-view', HTMLElement),
    make('div', { class: 'stages' },
      make('div', {}, make('h3', {}, 'JWK'), make('p', { class: 'aside' },
        `RFC 7517. n, of ${key.bits} bits, and e are numbers in base64url.`), membersView(key.jwk, 'key')),
      make('div', {}, make('h3', {}, 'DER'), make('p', { class: 'aside' },
        'X.690. Each number becomes an INTEGER: a tag, a length, its octets.'), ...key.integers.map((fields) => hexView(fields)))),
    make('h3', {}, 'SubjectPublicKeyInfo'),
    make('p', { class: 'aside' }, 'RFC 5280. The two INTEGERs in a SEQUENCE, in a BIT STRING, behind the name of the algorithm.'),
    hexView(key.spki),
    fieldList(key.spki));
}

/** Shows what comes out of the signature. */
export function showSeal(seal: SealView | undefined): void {
  const view = find('seal-view', HTMLElement);
  if (seal === undefined) {
    show(view, make('p', { class: 'aside' }, 'There is no signature to open.'));
    return;
  }
  show(view,
    make('dl', { class: 'equation' },
      make('dt', {}, 's'),
      make('dd', { class: 'hex' }, make('span', { class: 'signature', ...about(['signature']) }, spaced(seal.signature))),
      make('dt', {}, 's', make('sup', {}, 'e'), ' mod n'),
      make('dd', {}, seal.message.length === 0 ? undefined : hexView(seal.message),
        seal.broken === undefined ? undefined : make('p', { class: 'problem' }, seal.broken),
        make('p', { class: 'aside' }, `e = ${seal.exponent}, n of key ${seal.kid}`)),
      make('dt', {}, 'SHA-256'),
      make('dd', {}, hexView([{ hex: seal.hash, label: '', words: '', about: [seal.equal ? 'seal.hash' : 'own.hash'] }]),
        make('p', { class: 'aside' }, 'of the characters received, up to the second dot'))),
    compareView(seal),
    seal.message.length > 1 ? fieldList(seal.message) : undefined,
    make('p', { class: 'aside' }, 'For the eye only. The verifier does not read what is inside: it has OpenSSL build the whole block that '
      + 'must be there and compare it. Readers that looked for a hash behind some padding were fooled in 2006, and since.'));
}

function compareView({ equal, message }: SealView): HTMLElement {
  return make('p', { class: equal ? 'compare' : 'compare different' },
    make('span', { class: 'sign', 'aria-hidden': 'true' }, equal ? '=' : '\u2260'),
    make('strong', {}, equal ? 'The same hash.' : 'Not the same.'),
    equal ? ' The holder of the private key has signed exactly these characters.'
      : message.length > 1 ? ' The issuer signed something, but not these characters.' : ' There is no hash inside to compare with.');
}

/** A run of octets, its fields apart. */
function hexView(fields: readonly OctetField[]): HTMLElement {
  return make('p', { class: 'hex' }, ...fields.flatMap((field, index) => [
    index === 0 ? undefined : ' ',
    make('span', { class: `field ${kindOf(field)}`, ...about(field.about), title: titleOf(field) }, spaced(field.hex)),
  ]));
}

/** The fields in words. Each can be focused, and lights its octets. */
function fieldList(fields: readonly OctetField[]): HTMLElement {
  return make('ul', { class: 'fields' }, ...fields.map((field) => make('li', {},
    make('button', { type: 'button', ...about(field.about) },
      make('span', { class: `label ${kindOf(field)}` }, field.label),
      make('span', { class: 'words' }, field.words)))));
}

function titleOf({ label, words }: OctetField): string | undefined {
  return label === '' ? undefined : `${label}: ${words}`;
}

function kindOf({ about: [subject = ''] }: OctetField): string {
  if (subject === 'key.n') return 'kind-n';
  if (subject === 'key.e') return 'kind-e';
  if (subject.endsWith('hash')) return 'kind-hash';
  return subject === 'seal.padding' || subject === 'seal.noise' ? 'kind-padding' : 'kind-frame';
}

function spaced(hex: string): string {
  return hex.replace(/..(?=.)/g, '$& ');
}
