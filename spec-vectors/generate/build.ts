/**
 * Builds every generated file.
 *
 * @module
 */

import { algorithmVectors } from './algorithm.ts';
import { audienceVectors } from './audience.ts';
import { base64urlVectors } from './base64url.ts';
import { claimsVectors } from './claims.ts';
import { googleVectors } from './google.ts';
import { headerVectors } from './header.ts';
import { issuersVectors } from './issuers.ts';
import { jsonVectors } from './json.ts';
import { jwkVectors } from './jwk.ts';
import { keySetVectors } from './key-set.ts';
import { storeText } from './sign.ts';
import { signatureVectors } from './signature.ts';
import { timesVectors } from './times.ts';

/** What the committed files must hold: their paths, relative to spec-vectors/, and their texts. */
export function build(): ReadonlyMap<string, string> {
  const files = [
    base64urlVectors(), jsonVectors(), headerVectors(), algorithmVectors(), signatureVectors(), jwkVectors(),
    keySetVectors(), claimsVectors(), timesVectors(), audienceVectors(), issuersVectors(), googleVectors(),
  ];
  // Last: it holds the signatures that the files above have asked for.
  return new Map(
    [...files.map(({ name, text }) => [`${name}.json`, text] as const), ['generate/signatures.json', storeText()]],
  );
}
