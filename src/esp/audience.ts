/**
 * Audiences as ESP compares them: without regard to a scheme of the web and one trailing slash.
 *
 * @module
 */

/** What ESP compares: one leading `http://` or `https://` dropped, then one trailing slash. */
function strip(audience: string): string {
  return audience.replace(/^https?:\/\//, '').replace(/\/$/, '');
}

/**
 * Every "aud" that ESP takes for one of the given audiences.
 *
 * A verifier compares audiences exactly, and stays so: it is given all the spellings, instead of a check of our own
 * that would come to know two equalities.
 *
 * @example
 * audienceSpellings(['https://api.example/']);
 * // ['api.example', 'api.example/', 'http://api.example', 'http://api.example/', ...]
 */
export function audienceSpellings(audiences: readonly string[]): readonly string[] {
  const spellings = audiences.map(strip).flatMap((audience) =>
    ['', 'http://', 'https://']
      .flatMap((scheme) => [`${scheme}${audience}`, `${scheme}${audience}/`])
      // Not every one of the six means the audience: of "a/" (configured as "a//"), the spelling "a/" means "a".
      .filter((spelling) => strip(spelling) === audience),
  );
  return Object.freeze([...new Set(spellings)].filter((spelling) => spelling !== ''));
}
