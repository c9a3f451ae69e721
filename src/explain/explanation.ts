/**
 * A verification told step by step. It is the verifier's own, run once with a trace: never a second implementation.
 *
 * @module
 */

import { parseClaimsSet, type ClaimContext, type ClaimRule, type JwtClaimsSet } from '../jose/claims.ts';
import { JwtError, type RefusalCode } from '../jose/errors.ts';
import { parseJsonObject, type JsonObject } from '../jose/json.ts';
import type { VerificationKey } from '../jose/jwk.ts';
import { decodeHeader, decodePayload, MAX_TOKEN_LENGTH, parseCompact } from '../jose/jws.ts';
import {
  isDirectory, type Authority, type AuthorityDirectory, type TraceEvent, type VerifiedJwt,
} from '../jose/jwt.ts';
import type { JwtPolicy } from '../jose/policy.ts';
import {
  innerOf, type InnerVerifier, type TracedRun, type Verifier, type VerifyOptions,
} from '../verifier/verifier.ts';
import { adviceFor, type Advice } from './advice.ts';
import { brokenByNoClaims, demandOf, foundBy, wasAsked } from './claim-facts.ts';
import { diagnose } from './diagnosis.ts';
import type { Finding } from './evidence.ts';
import { countOf, foundIn, isTaken, SPINE_STEPS, type StepName, type StepWords } from './spine-steps.ts';

/** How a check ended. `not_asked`: nothing was configured, or there, for it to look at. */
export type Outcome = 'passed' | 'failed' | 'not_reached' | 'not_asked';

/** One check: a step of the spine, or one rule about the claims. */
export interface ExplainedCheck {
  /** The section that demands it. */
  readonly rule: string;
  /** What it demands. */
  readonly asks: string;
  /** What it looked at, or what was wrong. Holds claim values. Empty where it was not reached. */
  readonly found: string;
  readonly outcome: Outcome;
}

/** One step of the spine. */
export interface ExplainedStep extends ExplainedCheck {
  readonly step: StepName;
  readonly title: string;
}

/** One rule about the claims. */
export interface ExplainedRule extends ExplainedCheck {
  /** What a token that breaks it is refused with. */
  readonly code: RefusalCode;
  readonly claim?: string;
}

/** A verification, told. Unlike an error it holds what the token says: it is for the token's owner, not for logs. */
export interface Explanation {
  readonly ok: boolean;
  /** Seconds: the time of verification. */
  readonly now: number;
  /** All seven, in order. */
  readonly steps: readonly ExplainedStep[];
  /** Every rule of the last step, in order. After a broken one the others are asked too, but for your own checks. */
  readonly rules: readonly ExplainedRule[];
  /** The verdict, where the token was refused: just what `verify` throws. */
  readonly error?: JwtError;
  /** What to do about it. */
  readonly advice?: Advice;
  /** What is special to this token. */
  readonly findings: readonly Finding[];
  /** What the token says, as far as it could be read. */
  readonly header?: JsonObject;
  readonly claims?: JsonObject;
  /** Whether the signature held. If not, anyone can have written header and claims. */
  readonly authentic: boolean;
  /** The verified token, where it was accepted: just what `verify` returns. */
  readonly jwt?: VerifiedJwt;
}

/**
 * Verifies a token with a verifier, and tells every step of it.
 *
 * Resolves for whatever token, accepted or not. Claim rules after a broken one are asked too, but for the caller's own.
 *
 * @param options as `verify` takes them
 * @throws {TypeError} for a verifier that is none of ours, and wherever `verify` throws one.
 * @example
 * console.log(toText(await explain(verifier, token)));
 */
export async function explain<O extends VerifyOptions>(
  verifier: Verifier<JwtClaimsSet, O>,
  token: string,
  options?: O,
): Promise<Explanation> {
  const inner = innerOf(verifier);
  const told: Told = { events: [], run: undefined };
  const attempt = await verifyTraced(inner, token, options, told);
  if (told.run === undefined) throw new TypeError('"verifier" did not verify');
  return Object.freeze(tell(token, inner, told.events, told.run, attempt));
}

/** What the trace has told of the last run. */
interface Told {
  events: readonly TraceEvent[];
  run: TracedRun | undefined;
}

type Attempt = { readonly jwt: VerifiedJwt } | { readonly error: JwtError };

async function verifyTraced(
  inner: InnerVerifier,
  token: unknown,
  options: object | undefined,
  told: Told,
): Promise<Attempt> {
  try {
    const jwt = await inner.verify(token, options, (run) => {
      const events: TraceEvent[] = [];
      told.run = run;
      told.events = events;
      return (event) => void events.push(event);
    });
    return { jwt };
  } catch (error) {
    if (error instanceof JwtError) return { error };
    throw error;
  }
}

function tell(
  token: unknown,
  { trusted }: InnerVerifier,
  events: readonly TraceEvent[],
  { now, call }: TracedRun,
  attempt: Attempt,
): Explanation {
  const authority = isDirectory(trusted) ? authorityIn(events, trusted.authorityOf) : trusted;
  const policy = authority?.policy ?? trusted.policy;
  const read = readParts(token);
  const error = 'error' in attempt ? attempt.error : undefined;
  const findings = error === undefined ? [] : diagnose({ token, error, now, policy, keys: keysOf(authority), ...read });
  const kinds = findings.map(({ kind }) => kind);
  const steps = SPINE_STEPS.map((words) => toldStep(words, events, policy, isTaken(words.step, trusted)));
  return {
    ok: error === undefined,
    now,
    steps: error === undefined ? steps : withFailure(steps, error),
    rules: toldRules(events, policy, { ...call, now }),
    ...(error === undefined ? {} : { error, advice: adviceFor(error.code, error.claim, kinds) }),
    findings,
    ...read,
    authentic: events.some(({ step }) => step === 'verifySignature'),
    ...('jwt' in attempt ? { jwt: attempt.jwt } : {}),
  };
}

/** A step with an event has ended; but the last may have ended badly, for its rules are events of their own. */
function toldStep(words: StepWords, events: readonly TraceEvent[], policy: JwtPolicy, taken: boolean): ExplainedStep {
  const { step, title, rule } = words;
  const told = { step, title, rule, asks: words.asks(policy) };
  const [first, ...others] = events.filter((event) => event.step === step);
  if (first === undefined) return { ...told, found: '', outcome: taken ? 'not_reached' : 'not_asked' };
  if (first.step !== 'validateClaims') return { ...told, found: foundIn(first), outcome: 'passed' };
  const broken = [first, ...others].filter((event) => 'error' in event).length;
  const count = countOf(others.length + 1, 'rule');
  if (broken > 0) return { ...told, found: `${broken} of ${count} broken`, outcome: 'failed' };
  return { ...told, found: `${count}, none broken`, outcome: 'passed' };
}

/** The spine stops where it refuses: at the first step that was not reached, unless the claims were. */
function withFailure(steps: readonly ExplainedStep[], { rule, message }: JwtError): readonly ExplainedStep[] {
  if (steps.some(({ outcome }) => outcome === 'failed')) return steps;
  const at = steps.findIndex(({ outcome }) => outcome === 'not_reached');
  return steps.map((step, index) => (index === at ? { ...step, rule, found: message, outcome: 'failed' } : step));
}

function toldRules(
  events: readonly TraceEvent[],
  policy: JwtPolicy,
  bound: Omit<ClaimContext, 'expected' | 'header'>,
): readonly ExplainedRule[] {
  const header = events.find((event) => event.step === 'parseHeader')?.header;
  const claims = events.find((event) => event.step === 'parseClaimsSet')?.claims;
  if (header === undefined || claims === undefined) return policy.rules.map((rule) => unreached(rule, policy));
  const context = { ...bound, expected: policy, header };
  const switchedOn = brokenByNoClaims(policy.ruleGroups, context);
  const asked = events.filter((event) => event.step === 'validateClaims');
  // In their order, and some left out: the caller's own checks are not for a token that is refused anyway.
  let next = 0;
  return policy.rules.map((own) => {
    const event = asked[next];
    if (event === undefined || !isSame(event.rule, own)) return unreached(own, policy);
    next++;
    const { error } = event;
    const found = own.code === 'check_failed' && error !== undefined ? error.message : foundBy(own, claims, context);
    const kept = wasAsked(own, claims, context, switchedOn) ? 'passed' : 'not_asked';
    return { ...namesOf(own, policy), found, outcome: error === undefined ? kept : 'failed' };
  });
}

function unreached(rule: ClaimRule, policy: JwtPolicy): ExplainedRule {
  return { ...namesOf(rule, policy), found: '', outcome: 'not_reached' };
}

/** Not by identity: a directory may have made its policy anew when it was asked again. */
function isSame(a: ClaimRule, b: ClaimRule): boolean {
  return a.code === b.code && a.claim === b.claim && a.rule === b.rule;
}

function namesOf(rule: ClaimRule, policy: JwtPolicy): Pick<ExplainedRule, 'code' | 'claim' | 'rule' | 'asks'> {
  const { code, claim } = rule;
  return { code, ...(claim === undefined ? {} : { claim }), rule: rule.rule, asks: demandOf(rule, policy) };
}

/** Asked again, as the spine has asked; a function of the caller's that fails the second time settles nothing. */
function authorityIn(
  events: readonly TraceEvent[],
  authorityOf: AuthorityDirectory['authorityOf'],
): Authority | undefined {
  const issuer = events.find((event) => event.step === 'selectIssuer')?.issuer;
  try {
    return issuer === undefined ? undefined : authorityOf(issuer);
  } catch {
    return undefined;
  }
}

/** All keys of a set. One that could not be had has none. */
function keysOf(authority: Authority | undefined): readonly VerificationKey[] {
  try {
    return authority?.keys.find(undefined) ?? [];
  } catch {
    return [];
  }
}

/** Reads each part by itself: where one is broken, the other may tell. */
function readParts(token: unknown): Pick<Explanation, 'header' | 'claims'> {
  const jws = read(() => parseCompact(token, MAX_TOKEN_LENGTH));
  const header = jws && read(() => parseJsonObject(decodeHeader(jws), 'it'));
  const claims = jws && read(() => parseClaimsSet(decodePayload(jws)));
  return { ...(header === undefined ? {} : { header }), ...(claims === undefined ? {} : { claims }) };
}

function read<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
