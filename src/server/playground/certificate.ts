/**
 * The certificate of a token: the verifier's own explanation, laid out for the page. Nothing is judged here.
 *
 * @module
 */

import type { ExplainedRule, ExplainedStep, Explanation } from '../../explain/explanation.ts';
import { instant } from '../../explain/instants.ts';
import { plain } from '../../explain/plain-text.ts';
import type { StepName } from '../../explain/spine-steps.ts';
import type { RefusalCode } from '../../jose/index.ts';
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
  const known = { ...(header === undefined ? {} : { header }), ...(claims === undefined ? {} : { claims }), now };
  const foreign = foreignNote(explanation, jwks);
  return {
    verdict: error === undefined ? 'accepted' : error.code === 'keys_unavailable' ? 'undecided' : 'refused',
    headline: headlineOf(explanation),
    ...(error === undefined ? {} : { code: error.code, rule: error.rule }),
    at: instant(Math.floor(now)),
    checks: checksOf(explanation),
    notAsked: explanation.rules.filter(({ outcome }) => outcome === 'not_asked').map(({ asks, rule }) => `${asks} (${rule})`),
    ...(advice === undefined ? {} : { advice }),
    findings: findings.map(({ text, place }): CertificateFinding => ({
      text: plain(text), ...(place === undefined ? {} : { place }),
    })),
    authentic,
    parts: decodedParts(token, known),
    ...(seal === undefined ? {} : { seal }),
    ...(foreign === undefined ? {} : { foreign }),
  };
}

function headlineOf({ error, jwt }: Explanation): string {
  if (error === undefined) return `Nothing was found wrong with it: ${jwt?.key.alg}, every check passed.`;
  const { message, code } = error;
  const sentence = plain(`${message.charAt(0).toUpperCase()}${message.slice(1)}.`);
  return code === 'keys_unavailable' ? `No verdict. ${sentence}` : sentence;
}

/** The steps, and in place of the last, which is the rules of the claims, those rules. */
function checksOf(explanation: Explanation): readonly CertificateCheck[] {
  const { steps, rules, error } = explanation;
  const failedStep = steps.find(({ outcome, step }) => outcome === 'failed' && step !== 'validateClaims');
  const code = failedStep === undefined ? undefined : error?.code;
  const spine = steps.filter(({ step, outcome }) => step !== 'validateClaims' && outcome !== 'not_asked');
  return [
    ...spine.map((step) => stepCheck(step, step === failedStep ? code : undefined)),
    ...ruleChecks(rules),
  ];
}

/** A step that refuses is told by what it refuses for. */
function stepCheck({ step, asks, found, outcome, rule }: ExplainedStep, code: RefusalCode | undefined): CertificateCheck {
  const { sentence, file } = code === undefined ? STEP_NOTES[step] : CODE_NOTES[code];
  return {
    title: TITLES.get(step) ?? step, asks: plain(asks), found: plain(found), outcome, rule, sentence, file,
    about: STEP_SUBJECTS[step], afterVerdict: false,
  };
}

/** Rules of one code stand together, in the place of the first. One that had nothing to ask is told elsewhere. */
function ruleChecks(rules: readonly ExplainedRule[]): readonly CertificateCheck[] {
  const verdict = rules.findIndex(({ outcome }) => outcome === 'failed');
  const asked = rules.map((rule, index) => ({ rule, late: verdict !== -1 && index > verdict }))
    .filter(({ rule }) => (rule.outcome === 'not_reached' ? isUsual(rule) : rule.outcome !== 'not_asked'));
  const groups = new Map<string, (typeof asked)[number][]>();
  for (const one of asked) {
    // After the verdict, and where one is broken, each speaks for itself.
    const key = one.rule.outcome === 'failed' ? `${one.rule.code} ${one.rule.rule} ${one.rule.claim}` : `${one.rule.code} ${one.late}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((group) => ruleCheck(group.map(({ rule }) => rule), group.some(({ late }) => late)));
}

/** Of rules that were not reached it is not known whether they had anything to ask. Those that always do are shown. */
function isUsual({ code, claim }: ExplainedRule): boolean {
  return USUAL.includes(code) && (code !== 'claim_missing' || claim === undefined);
}

const USUAL: readonly RefusalCode[] = [
  'claim_invalid', 'claim_missing', 'token_expired', 'token_issued_in_future', 'lifetime_too_long', 'issuer_not_allowed',
  'audience_not_allowed',
];

function ruleCheck(group: readonly ExplainedRule[], afterVerdict: boolean): CertificateCheck {
  const [{ code, rule, outcome, found, asks } = NOTHING_ASKED] = group;
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

const NOTHING_ASKED: ExplainedRule = { code: 'check_failed', rule: '', asks: '', found: '', outcome: 'not_asked' };

/** A token that names none of the local keys was most likely pasted in, and this verifier is not the one to ask. */
function foreignNote({ error, header, claims }: Explanation, jwks: readonly object[]): string | undefined {
  if (error?.code !== 'key_not_found' || header === undefined) return undefined;
  const kid = member(header, 'kid');
  if (jwks.some((jwk) => Reflect.get(jwk, 'kid') === kid)) return undefined;
  const google = ['https://accounts.google.com', 'accounts.google.com'].includes(String(claims && member(claims, 'iss')));
  const ask = google ? '--google --audience YOUR_CLIENT_ID' : '--issuer ITS_ISSUER --audience YOUR_AUDIENCE';
  return 'This verifier knows the local issuer\'s keys and no others, and fetches none for a stranger. If the token is '
    + `from somewhere else, ask its own issuer's keys, in a terminal: assay explain ${ask} - < token.txt`;
}
