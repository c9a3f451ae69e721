/**
 * How the cost grows with the length of the token.
 *
 * @module
 */

import { createSecretKey, randomBytes } from 'node:crypto';
import { signJwt } from '../../src/index.ts';
import { compareWith } from '../comparison.ts';
import { FLOOR, floorSubject } from '../floor.ts';
import { measure } from '../harness.ts';
import { figure, type Bench, type BenchContext } from '../section.ts';
import { OURS, oursSync } from '../subjects.ts';
import { CLIENT_ID, GOOGLE_ISSUER, type Minted } from '../tokens.ts';

/** Characters. The last is just under the cap. */
const LENGTHS = [300, 600, 1_000, 2_000, 4_000, 7_000, 9_990];
const TOKENS = 100;

export const length: Bench = {
  name: 'length',
  run: async (context) => {
    const points: Array<readonly [length: number, floor: number, over: number]> = [];
    for (const wanted of LENGTHS) points.push(await timeLength(wanted, context));
    const [first, last] = [points[0], points.at(-1)];
    const perKilobyte =
      first === undefined || last === undefined ? 0 : ((last[2] - first[2]) / (last[0] - first[0])) * 1000;
    return {
      name: 'length',
      title: 'Growth with length',
      prose: [
        'HS256, whose signature is short and whose check is cheap, so that the length is what is seen. '
          + 'Between the shortest and the longest token our own work grows by '
          + `${figure(perKilobyte)} µs per 1,000 characters.`,
      ],
      tables: [
        {
          head: ['characters', 'HMAC alone, µs', 'ours above it, µs', 'µs per 1,000 characters'],
          rows: points.map(([characters, floor, over]) => [
            characters.toLocaleString('en-US'),
            figure(floor),
            figure(over),
            figure((over / characters) * 1000),
          ]),
        },
      ],
      charts: {
        length: {
          kind: 'lines',
          title: 'The cost of a longer token',
          x: 'characters',
          y: 'µs',
          lines: [
            { label: 'ours, above the HMAC', points: points.map(([characters, , over]) => [characters, over]) },
            { label: 'the HMAC alone', points: points.map(([characters, floor]) => [characters, floor]) },
          ],
        },
      },
      numbers: { 'µs per 1,000 characters': perKilobyte },
    };
  },
};

async function timeLength(
  wanted: number,
  { quick, built: { api } }: BenchContext,
): Promise<readonly [number, number, number]> {
  const secret = createSecretKey(randomBytes(32));
  const minted = Array.from({ length: TOKENS }, (_, index): Minted => {
    const sub = `user-${String(index).padStart(4, '0')}`;
    return { sub, token: padded(wanted, (pad) => sign(secret, sub, pad)) };
  });
  const verifier = api.createVerifier({
    issuer: GOOGLE_ISSUER,
    audience: CLIENT_ID,
    algorithms: ['HS256'],
    keys: api.createKeySet(secret),
  });
  const measured = await measure([floorSubject(minted, secret, 'HS256'), oursSync(verifier, minted)], {
    rounds: quick ? 9 : 60,
    warmupRounds: 4,
    calls: TOKENS,
    inputs: TOKENS,
  });
  const compared = compareWith(FLOOR, measured);
  const find = (name: string) => compared.find((entry) => entry.name === name);
  return [minted[0]?.token.length ?? 0, find(FLOOR)?.time.median ?? NaN, find(OURS)?.overhead.median ?? NaN];
}

function sign(secret: ReturnType<typeof createSecretKey>, sub: string, pad: string): string {
  const now = Math.floor(Date.now() / 1000);
  return signJwt(
    { iss: GOOGLE_ISSUER, aud: CLIENT_ID, sub, exp: now + 7200, ...(pad === '' ? {} : { scope: pad }) },
    secret,
    { alg: 'HS256' },
  );
}

/** Base64url makes four characters of three octets, so the length is met to within a few. */
function padded(wanted: number, make: (pad: string) => string): string {
  const missing = wanted - make('x').length;
  return missing <= 0 ? make('') : make('read:things '.repeat(wanted).slice(0, 1 + Math.floor((missing * 3) / 4)));
}
