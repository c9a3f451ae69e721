/**
 * A judge that decides as a test says, and keeps what it was asked.
 *
 * @module
 */

import type { EspRefusal, EspRequest, EspResponse } from '../../src/esp/index.ts';
import type { Judge, Judgement } from '../../src/server/judge.ts';

export interface ToldJudge {
  readonly judge: Judge;
  readonly judged: readonly EspRequest[];
  /** What was refused before there was anything to decide on. */
  readonly refused: readonly (readonly [EspRefusal, EspRequest])[];
}

/** @param unjudged the answer to what is refused before it is judged */
export function createToldJudge(judgement: () => Judgement | Promise<Judgement>, unjudged: EspResponse): ToldJudge {
  const judged: EspRequest[] = [];
  const refused: [EspRefusal, EspRequest][] = [];
  const judge: Judge = {
    judge: async (request) => {
      judged.push(request);
      return judgement();
    },
    refuse: (refusal, request) => {
      refused.push([refusal, request]);
      return { allowed: false, code: refusal.code, response: unjudged };
    },
  };
  return { judge, judged, refused };
}
