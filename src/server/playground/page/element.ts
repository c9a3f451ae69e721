/**
 * Elements, made one by one. Text goes in as text: there is no way here to write markup, and the page's policy forbids it.
 *
 * @module
 */

/** Attributes by name. One that is undefined is left out. */
export type Attributes = Readonly<Record<string, string | undefined>>;

export type Content = Node | string | undefined;

const SVG = 'http://www.w3.org/2000/svg';

/** Makes an element. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...content: readonly Content[]
): HTMLElementTagNameMap[Tag] {
  return fill(document.createElement(tag), attributes, content);
}

/** Makes an element of a drawing. */
export function draw<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...content: readonly Content[]
): SVGElementTagNameMap[Tag] {
  return fill(document.createElementNS(SVG, tag), attributes, content);
}

/** The one element of the page with this ID and of this kind. */
export function find<Kind extends Element>(id: string, kind: new () => Kind): Kind {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new TypeError(`the page has no ${id}`);
  return element;
}

/** Replaces what an element holds. */
export function show(element: Element, ...content: readonly Content[]): void {
  element.replaceChildren(...content.filter((one) => one !== undefined));
}

function fill<E extends Element>(element: E, attributes: Attributes, content: readonly Content[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) element.setAttribute(name, value);
  }
  show(element, ...content);
  return element;
}
