import { describe, expect, it } from 'vitest';
import { rewriteMarkers } from '../../bench/markers.ts';

const shout = (name: string): string => name.toUpperCase();

describe('markers', () => {
  it('replaces what stands between them and keeps everything else', () => {
    const document =
      'a <!-- bench:one -->old<!-- /bench --> b\n<!-- bench:number:whole:ratio jwt-assay --><!-- /bench -->\nc';
    expect(rewriteMarkers(document, shout)).toBe(
      'a <!-- bench:one -->ONE<!-- /bench --> b\n'
        + '<!-- bench:number:whole:ratio jwt-assay -->NUMBER:WHOLE:RATIO JWT-ASSAY<!-- /bench -->\nc',
    );
  });

  it('changes nothing the second time', () => {
    const once = rewriteMarkers('<!-- bench:a -->\n\n<!-- /bench -->', shout);
    expect(rewriteMarkers(once, shout)).toBe(once);
  });

  it('takes what it inserts as it is', () => {
    expect(rewriteMarkers('<!-- bench:a --><!-- /bench -->', () => '$& $1')).toBe(
      '<!-- bench:a -->$& $1<!-- /bench -->',
    );
  });

  it.each([
    '<!-- bench:a -->',
    '<!-- /bench -->',
    '<!-- bench:a --><!-- bench:b --><!-- /bench -->',
    '<!-- bench:a --><!-- /bench --><!-- /bench -->',
  ])('refuses markers that do not pair: %s', (document) => {
    expect(() => rewriteMarkers(document, shout)).toThrow();
  });

  it('leaves other comments alone', () => {
    expect(rewriteMarkers('<!-- note -->', shout)).toBe('<!-- note -->');
  });
});
