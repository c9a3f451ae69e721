/**
 * The steps of the spine (`jose/jwt.ts`), in their order, in words.
 *
 * @module
 */

import { isDirectory, type Authority, type AuthorityDirectory, type TraceEvent } from '../jose/jwt.ts';
import type { VerificationKey } from '../jose/jwk.ts';
import type { JwtPolicy } from '../jose/policy.ts';
import { plain, plainJson } from './plain-text.ts';

/** A step of the spine. */
export type StepName = TraceEvent['step'];

/** What is always so about a step. */
export interface StepWords {
  readonly step: StepName;
  readonly title: string;
  readonly rule: string;
  readonly asks: (policy: JwtPolicy) => string;
}

/** Every step, in order. A test holds it against the trace. */
export const SPINE_STEPS: readonly StepWords[] = Object.freeze([
  {
    step: 'parseCompact', title: 'form', rule: 'RFC 7515 §7.1',
    asks: ({ maxTokenLength }) => `at most ${maxTokenLength} characters, in three parts`,
  },
  {
    step: 'parseHeader', title: 'header', rule: 'RFC 7515 §4',
    asks: ({ types }) => {
      const typ = types === null ? 'absent or "JWT"' : types.map((type) => (type === null ? 'absent' : plainJson(type, 60))).join(' or ');
      return `canonical base64url, strict JSON, nothing critical, "typ" ${typ}`;
    },
  },
  {
    step: 'selectIssuer', title: 'authority', rule: 'RFC 8725 §3.8',
    asks: () => 'one of the authorities configured, by "iss"',
  },
  {
    step: 'selectKeys', title: 'key', rule: 'RFC 7515 §4.1.4',
    asks: ({ algorithms }) => `a key with the ID that the token names, for ${algorithms.join(' or ')}`,
  },
  {
    step: 'verifySignature', title: 'signature', rule: 'RFC 7515 §5.2',
    asks: () => 'it holds over the exact characters received',
  },
  {
    step: 'parseClaimsSet', title: 'claims set', rule: 'RFC 7519 §7.2',
    asks: () => 'canonical base64url, strict JSON, one object',
  },
  {
    step: 'validateClaims', title: 'claims', rule: 'RFC 7519 §4.1',
    asks: () => 'every rule below, in order',
  },
] satisfies readonly StepWords[]);

/** What a step that ended well has found. The rules of the claims are told apart. */
export function foundIn(event: Exclude<TraceEvent, { readonly step: 'validateClaims' }>): string {
  switch (event.step) {
    case 'parseCompact': {
      const [header, payload, signature] = event.lengths;
      return `header ${header}, payload ${payload}, signature ${signature} characters`;
    }
    case 'parseHeader':
      return Object.entries(event.header).map(([name, value]) => `${plain(name)} ${plainJson(value)}`).join(', ');
    case 'selectIssuer': return plainJson(event.issuer);
    case 'selectKeys': return `${event.alg}: ${event.keys.map(keyInWords).join(' or ')}`;
    case 'verifySignature': return `holds with ${keyInWords(event.key)}`;
    case 'parseClaimsSet': return plain(countOf(Object.keys(event.claims).length, 'claim'));
  }
}

/** "1 claim", "3 claims". */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Whether a step is taken at all: choosing among authorities needs several. */
export function isTaken(step: StepName, trusted: Authority | AuthorityDirectory): boolean {
  return step !== 'selectIssuer' || isDirectory(trusted);
}

function keyInWords({ kid, kty, crv, bits }: VerificationKey): string {
  const type = crv ?? `${kty} ${bits} bits`;
  return kid === undefined ? `a key without an ID (${type})` : `key ${plainJson(kid, 100)} (${type})`;
}
