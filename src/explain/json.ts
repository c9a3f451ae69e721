/**
 * An explanation as JSON.
 *
 * @module
 */

import type { JsonObject } from '../jose/json.ts';
import type { Explanation } from './explanation.ts';

/**
 * Turns an explanation into plain data for `JSON.stringify`: what `assay verify --json` prints, and the story.
 *
 * It holds claim values. Characters that repaint a terminal are left as they are: escape them where you print.
 *
 * @example
 * response.end(JSON.stringify(toJson(await explain(verifier, token))));
 */
export function toJson(explanation: Explanation): JsonObject {
  const { ok, error, now, steps, rules, advice, findings, authentic, header, claims, jwt } = explanation;
  return {
    ok,
    ...(error === undefined ? {} : { code: error.code, rule: error.rule, message: error.message }),
    ...optional({ claim: error?.claim, skew: error?.skew, check: error?.check }),
    now,
    ...optional({ advice }),
    findings,
    steps,
    rules,
    authentic,
    ...optional({ header, claims, key: jwt?.key }),
  };
}

function optional(members: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
