/**
 * SVG as text: elements that are always well formed, and the one hand in which all our charts are drawn.
 *
 * @module
 */

export type Attributes = Readonly<Record<string, string | number>>;

/** Text that is SVG already. Anything else is escaped. */
export interface Markup {
  readonly markup: string;
}

export type Child = Markup | string | readonly Child[];

/** Numbers are written with at most two decimals, so that files do not change with the last bit. */
export function svg(name: string, attributes: Attributes, ...children: readonly Child[]): Markup {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeXml(numberOrText(value))}"`)
    .join('');
  const inner = children.map(render).join('');
  return { markup: inner === '' ? `<${name}${written}/>` : `<${name}${written}>${inner}</${name}>` };
}

export function text(x: number, y: number, content: string, attributes: Attributes = {}): Markup {
  return svg('text', { x, y, ...attributes }, content);
}

export function escapeXml(value: string): string {
  return value.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

function render(child: Child): string {
  if (typeof child === 'string') return escapeXml(child);
  return 'markup' in child ? child.markup : child.map(render).join('');
}

function numberOrText(value: string | number): string {
  return typeof value === 'number' ? String(Math.round(value * 100) / 100) : value;
}

/** Paper and ink, in light and dark. No gradients. */
const STYLE = `
svg { color-scheme: light dark; }
text { font-family: Charter, "Iowan Old Style", Georgia, serif; font-size: 13px; fill: #1F1B16; }
.paper { fill: #FAF7F0; } .rule { stroke: #D9D1C0; stroke-width: 1; fill: none; } .faint { fill: #6B6256; }
.title { font-size: 17px; } .small { font-size: 11px; }
.number { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 11px; }
.cell { font-size: 9.5px; }
.ours { fill: #9A3412; } .theirs { fill: #A79C88; } .second { fill: #1D4E89; } .third { fill: #3F6212; }
.line { fill: none; stroke-width: 2; }
.s0 { stroke: #9A3412; } .s1 { stroke: #1D4E89; } .s2 { stroke: #3F6212; } .s3 { stroke: #8A6D1F; }
.f0 { fill: #9A3412; } .f1 { fill: #1D4E89; } .f2 { fill: #3F6212; } .f3 { fill: #8A6D1F; }
.spread { stroke: #1F1B16; stroke-width: 1; }
.h0 { fill: #EFEADD; } .h1 { fill: #F3D9C6; } .h2 { fill: #DF9B73; } .h3 { fill: #9A3412; } 
.on { fill: #FAF7F0; } .none { fill: none; stroke: #D9D1C0; stroke-dasharray: 2 2; }
.v1 { fill: #D3DFEC; } .v2 { fill: #84A7CC; } .v3 { fill: #1D4E89; }
@media (prefers-color-scheme: dark) {
  text { fill: #EAE4D8; } .paper { fill: #171512; } .rule { stroke: #3A352C; } .faint { fill: #A79C88; }
  .ours { fill: #FDBA74; } .theirs { fill: #6B6256; } .second { fill: #93C5FD; } .third { fill: #BEF264; }
  .s0 { stroke: #FDBA74; } .s1 { stroke: #93C5FD; } .s2 { stroke: #BEF264; } .s3 { stroke: #E3C565; }
  .f0 { fill: #FDBA74; } .f1 { fill: #93C5FD; } .f2 { fill: #BEF264; } .f3 { fill: #E3C565; }
  .spread { stroke: #EAE4D8; }
  .h0 { fill: #24211C; } .h1 { fill: #4A3122; } .h2 { fill: #8A5226; } .h3 { fill: #FDBA74; } 
  .on { fill: #171512; } .none { stroke: #3A352C; }
  .v1 { fill: #22303F; } .v2 { fill: #35587E; } .v3 { fill: #93C5FD; }
}`;

/** A whole SVG file. The title and the description are read aloud; the title is also drawn. */
export function drawing(
  width: number,
  height: number,
  title: string,
  description: string,
  ...children: readonly Child[]
): string {
  const root = svg(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'aria-labelledby': 'title desc',
    },
    svg('title', { id: 'title' }, title),
    svg('desc', { id: 'desc' }, description),
    svg('style', {}, { markup: escapeStyle(STYLE) }),
    svg('rect', { class: 'paper', width, height }),
    text(20, 30, title, { class: 'title' }),
    children,
  );
  return `${root.markup}\n`;
}

function escapeStyle(style: string): string {
  return style.replace(/&/g, '&amp;').replace(/</g, '&lt;');
}
