/**
 * A decision and all that follows from it, for both servers: the headers that tell of the user, or the answer to send.
 *
 * @module
 */

import {
  createDecider, ESP_LEEWAY, formatRefusal, formatUserInfo,
  type Decision, type EspCode, type EspPolicy, type EspRefusal, type EspRequest, type EspResponse,
  type EspVerifierOptions, type ResponseOptions, type UserInfoOptions, type VerifiedToken,
} from '../esp/index.ts';
import { JwtError } from '../jose/index.ts';
import { inTime } from './deadline.ts';
import type { KeySupply } from './key-supply.ts';
import type { Metrics } from './metrics.ts';

/** What is to be done with a request. */
export type Judgement =
  | {
      readonly allowed: true;
      readonly method: string;
      /** To be set on the request that goes on, in place of all that the client sent under these names. */
      readonly headers: readonly (readonly [name: string, value: string])[];
      readonly template?: string;
      /** When the first of its tokens expires, leeway and all; absent for a request without. NumericDate. */
      readonly until?: number;
    }
  | {
      readonly allowed: false;
      readonly code: EspCode;
      readonly response: EspResponse;
      readonly template?: string;
    };

/** Judges requests. */
export interface Judge {
  /** Rejects only for mistakes of ours; whoever calls must not let the request through then. */
  readonly judge: (request: EspRequest) => Promise<Judgement>;
  /** The answer to a request that is refused before there is anything to decide on. */
  readonly refuse: (refusal: EspRefusal, request: EspRequest) => Judgement;
}

/** What a judge needs to know. */
export interface JudgeOptions {
  readonly policy: EspPolicy;
  readonly keys: KeySupply;
  readonly answers: ResponseOptions;
  readonly userInfo: UserInfoOptions;
  readonly methodOverride: boolean;
  /** For how long a request may wait for keys, all in all. Seconds. */
  readonly keyWait: number;
  readonly metrics: Metrics;
  readonly verifier?: EspVerifierOptions;
}

/** Makes the judge of a policy. @throws {TypeError} for options that the floors below do not take. */
export function createJudge(options: JudgeOptions): Judge {
  const { policy, keys, answers, userInfo, methodOverride, keyWait, metrics, verifier } = options;
  const given = verifier === undefined ? {} : { verifier };
  const decide = createDecider(policy, { keysFor: keys.keysFor, methodOverride, ...given });
  const refuse = (refusal: EspRefusal, request: EspRequest, template?: string): Judgement => ({
    allowed: false,
    code: refusal.code,
    response: formatRefusal(refusal, request, answers),
    ...(template === undefined ? {} : { template }),
  });
  const conclude = (decision: Decision, request: EspRequest): Judgement => {
    const template = decision.operation?.template;
    if (!decision.allowed) return refuse(decision.refusal, request, template);
    const { method, tokens } = decision;
    const info = formatUserInfo(tokens, method, userInfo);
    if (!info.ok) return refuse(info.refusal, request, template);
    const until = expiryOf(tokens);
    return {
      allowed: true,
      method,
      headers: info.headers,
      ...(template === undefined ? {} : { template }),
      ...(until === undefined ? {} : { until }),
    };
  };
  // A realm that cannot be written is found now, and not by the first stranger.
  refuse({ code: 'credentials_missing', method: 'GET' }, { method: 'GET', target: '/', headers: new Map() });
  return Object.freeze({
    judge: async (request: EspRequest) => {
      const started = performance.now();
      const decided = decide(request);
      // Nothing but keys is ever waited for. The proxy before us waits no longer than we say, and might let pass what it
      // has no answer to.
      const decision = decided instanceof Promise ? await inTime(decided, keyWait, () => tooLate(request.method)) : decided;
      const judgement = conclude(decision, request);
      metrics.countDecision(judgement.allowed ? 'allowed' : judgement.code, (performance.now() - started) / 1000);
      return judgement;
    },
    refuse: (refusal: EspRefusal, request: EspRequest) => {
      metrics.countDecision(refusal.code, 0);
      return refuse(refusal, request);
    },
  });
}

/** Every token counted for the decision, so the decision holds as long as the first to expire. */
function expiryOf(tokens: readonly VerifiedToken[]): number | undefined {
  if (tokens.length === 0) return undefined;
  let first = Infinity;
  for (const { jwt: { claims: { exp = Infinity } } } of tokens) first = Math.min(first, exp);
  return first + ESP_LEEWAY;
}

/** The decision on a request whose keys did not come in time. */
function tooLate(method: string): Decision {
  const error = new JwtError('keys_unavailable');
  return { allowed: false, refusal: { code: error.code, method, error } };
}
