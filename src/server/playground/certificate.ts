/**
 * The certificate of a token: the verifier's own explanation, laid out for the page. Nothing is judged here.
 *
 * @module
 */

import type { ExplainedRule, ExplainedStep, Explanation } from '../../explain/explanation.ts';
import { instant } from '../../explain/instants.ts';
import { plain } from '../../explain/plain-text.ts';
import type { StepName } from '../../explain/spine-steps.ts';
import { GOOGLE_ISSUERS } from '../../google/id-token.ts';
import type { JwtError, RefusalCode } from '../../jose/index.ts';
import { member } from '../../jose/json.ts';
import type { Certificate, CertificateCheck, CertificateFinding } from './page/wire.ts';
import { CODE_NOTES, STEP_NOTES } from './rule-book.ts';
import { sealViewOf } from './seal-view.ts';
import { decodedParts } from './token-spans.ts';

/** What each step looks at. */
const STEP_SUBJECTS: Readonly<Record<StepName, readonly string[]>> = Object.freeze({
  parseCompact: ['header', 'payload', 'signature'],
  parseHeader: ['header'],
  selectIssuer: ['payload.iss'],
  selectKeys: ['header.alg', 'header.kid', 'key'],
  verifySignature: ['signature', 'seal'],
  parseClaimsSet: ['payload'],
  validateClaims: ['payload'],
});

/** Checks by a word or two. */
const TITLES: ReadonlyMap<string, string> = new Map([
  ['parseCompact', 'three parts'], ['parseHeader', 'header'], ['selectKeys', 'key'], ['verifySignature', 'signature'],
  ['parseClaimsSet', 'claims set'], ['claim_invalid', 'types'], ['claim_missing', 'presence'], ['token_expired', 'expiry'],
  ['token_not_yet_valid', 'not before'], ['token_issued_in_future', 'time of issue'], ['lifetime_too_long', 'length of life'],
  ['issuer_not_allowed', 'issuer'], ['audience_not_allowed', 'audience'], ['nonce_mismatch', 'nonce'],
]);

/**
 * Lays an explanation out.
 *
 * @param jwks the public keys that the issuer has published, for the view of the seal
 */
export function certificateOf(token: string, explanation: Explanation, jwks: readonly object[]): Certificate {
  const { error, advice, findings, header, claims, now, authentic } = explanation;
  const seal = sealViewOf(token, header, jwks);
  const known = { ...(header && { header }), ...(claims && { claims }), now };
  const foreign = foreignNote(explanation, jwks);
  return {
    verdict: error === undefined ? 'accepted' : error.code === 'keys_unavailable' ? 'undecided' : 'refused',
    headline: headlineOf(explanation),
    ...(error && { code: error.code, rule: error.rule }),
    at: instant(Math.floor(now)),
    checks: checksOf(explanation),
    notAsked: explanation.rules.filter(({ outcome }) => outcome === 'not_asked').map(({ asks, rule }) => `${asks} (${rule})`),
    ...(advice && { advice }),
    findings: findings.map(({ text, place }): CertificateFinding => ({ text: plain(text), ...(place && { place }) })),
    authentic,
    parts: decodedParts(token, known),
    ...(seal && { seal }),
    ...(foreign && { foreign }),
  };
}

function headlineOf({ error, jwt }: Explanation): string {
  if (error === undefined) return `Nothing was found wrong with it: ${jwt?.key.alg}, every check passed.`;
  const { message, code } = error;
  const sentence = plain(`${message.charAt(0).toUpperCase()}${message.slice(1)}.`);
  return code === 'keys_unavailable' ? `No verdict. ${sentence}` : sentence;
}

/** The steps, and in place of the last, which is the rules of the claims, those rules. */
function checksOf({ steps, rules, error }: Explanation): readonly CertificateCheck[] {
  const spine = steps.filter(({ step, outcome }) => step !== 'validateClaims' && outcome !== 'not_asked');
  return [
    ...spine.map((step) => stepCheck(step, step.outcome === 'failed' ? error : undefined)),
    ...ruleChecks(rules),
  ];
}

/** A step that refuses is told by what it refuses for. */
function stepCheck({ step, asks, found, outcome, rule }: ExplainedStep, error: JwtError | undefined): CertificateCheck {
  const { sentence, file } = error === undefined ? STEP_NOTES[step] : CODE_NOTES[error.code];
  return {
    title: TITLES.get(step) ?? step, asks: plain(asks), found: plain(found), outcome, rule, sentence, file,
    about: STEP_SUBJECTS[step], afterVerdict: false,
  };
}

/** Rules of one check, of which there is one at least. */
type RuleGroup = readonly [ExplainedRule, ...(readonly ExplainedRule[])];

/** Rules of one code stand together, in the place of the first. One that had nothing to ask is told elsewhere. */
function ruleChecks(rules: readonly ExplainedRule[]): readonly CertificateCheck[] {
  const verdict = rules.findIndex(({ outcome }) => outcome === 'failed');
  const groups = new Map<string, { readonly group: RuleGroup; readonly late: boolean }>();
  for (const [index, rule] of rules.entries()) {
    if (rule.outcome === 'not_asked' || (rule.outcome === 'not_reached' && !isUsual(rule))) continue;
    const late = verdict !== -1 && index > verdict;
    // One that is broken speaks for itself, and what was asked after the verdict stands apart.
    const key = rule.outcome === 'failed' ? String(index) : `${rule.code} ${late}`;
    const known = groups.get(key);
    groups.set(key, { group: known === undefined ? [rule] : [...known.group, rule], late });
  }
  return [...groups.values()].map(({ group, late }) => ruleCheck(group, late));
}

/** Of rules that were not reached it is not known whether they had anything to ask. Those that always do are shown. */
function isUsual({ code, claim }: ExplainedRule): boolean {
  return USUAL.includes(code) && (code !== 'claim_missing' || claim === undefined);
}

const USUAL: readonly RefusalCode[] = [
  'claim_invalid', 'claim_missing', 'token_expired', 'token_issued_in_future', 'lifetime_too_long', 'issuer_not_allowed',
  'audience_not_allowed',
];

function ruleCheck(group: RuleGroup, afterVerdict: boolean): CertificateCheck {
  const [{ code, rule, outcome, found, asks }] = group;
  const claims = [...new Set(group.flatMap(({ claim }) => claim ?? []))];
  const { sentence, file } = CODE_NOTES[code];
  const types = code === 'claim_invalid' && group.length > 1;
  return {
    title: TITLES.get(code) ?? code.replaceAll('_', ' '),
    asks: plain(types ? `${claims.join(', ')} are of their types` : asks),
    found: plain(types ? '' : found),
    outcome,
    rule: types ? 'RFC 7519 §4.1' : rule,
    sentence,
    file: rule.startsWith('OIDC') && code !== 'claim_invalid' ? 'src/google/id-token-rules.ts' : file,
    about: claims.length === 0 ? ['payload'] : claims.map((claim) => `payload.${claim}`),
    afterVerdict,
  };
}

/** A token that names none of the local keys was most likely pasted in, and this verifier is not the one to ask. */
function foreignNote({ error, header, claims }: Explanation, jwks: readonly object[]): string | undefined {
  if (error?.code !== 'key_not_found' || header === undefined) return undefined;
  const kid = member(header, 'kid');
  if (jwks.some((jwk) => Reflect.get(jwk, 'kid') === kid)) return undefined;
  const google = GOOGLE_ISSUERS.includes(String(claims && member(claims, 'iss')));
  const ask = google ? '--google --audience YOUR_CLIENT_ID' : '--issuer ITS_ISSUER --audience YOUR_AUDIENCE';
  return 'This verifier knows the local issuer\'s keys and no others, and fetches none for a stranger. If the token is '
    + `from somewhere else, ask its own issuer's keys, in a terminal: assay explain ${ask} - < token.txt`;
}
