/**
 * Explanations: a verification told step by step, with what to do about a refusal.
 *
 * @module
 */

export { adviceFor, listAdvice } from './advice.ts';
export { listFindingAdvice } from './finding-advice.ts';
export type { Advice } from './advice.ts';
export type { Finding, Place } from './evidence.ts';
export { explain } from './explanation.ts';
export type { ExplainedCheck, ExplainedRule, ExplainedStep, Explanation, Outcome } from './explanation.ts';
export { EXPLANATION_STYLE, toHtml } from './html.ts';
export type { HtmlOptions } from './html.ts';
export { toJson } from './json.ts';
export type { StepName } from './spine-steps.ts';
export { toText } from './text.ts';
export type { TextOptions, TextStyle } from './text.ts';
