/**
 * Random choices that a seed repeats.
 *
 * @module
 */

/** A source of choices. The same seed makes the same ones, on every machine. */
export interface Random {
  /** An integer from 0 up to, not including, `end`. */
  readonly below: (end: number) => number;
  /** True once in `times`. */
  readonly oneIn: (times: number) => boolean;
  /** One of a list that is not empty. */
  readonly pick: <T>(list: readonly T[]) => T;
  readonly octets: (length: number) => Buffer;
}

/** Mulberry32 (Tommy Ettinger): 32 bits of state are plenty for choosing, and are nothing for cryptography. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number): number => Math.floor(next() * end);
  return {
    below,
    oneIn: (times) => below(times) === 0,
    pick: (list) => list[below(list.length)] as (typeof list)[number],
    octets: (length) => Buffer.from(Array.from({ length }, () => below(256))),
  };
}
