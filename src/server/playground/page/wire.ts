/**
 * What the server tells the page, as JSON. Plain data, and the one file that both sides read.
 *
 * Texts are fit to be shown: characters that hide or turn words around are escaped. They are text, never markup.
 *
 * @module
 */

/** From the first up to, not including, the second. */
export type Span = readonly [start: number, end: number];

/** How a check ended. `not_asked`: there was nothing for it to look at. */
export type CheckOutcome = 'passed' | 'failed' | 'not_reached' | 'not_asked';

/**
 * What a thing on the page is about: `header`, `payload.exp`, `signature`, `key.n`. Things about the same, or about a part
 * of it, light up together.
 */
export type Subject = string;

/** One check of the certificate. */
export interface CertificateCheck {
  readonly title: string;
  readonly asks: string;
  /** Empty where it was not reached. */
  readonly found: string;
  readonly outcome: CheckOutcome;
  /** The section, such as `RFC 7519 §4.1.4`. */
  readonly rule: string;
  /** What the rule demands and why, in our own words. */
  readonly sentence: string;
  /** Where it is done, from the root of the project. */
  readonly file: string;
  readonly about: readonly Subject[];
  /** Asked for your information only, after the verdict had fallen. */
  readonly afterVerdict: boolean;
}

/** Something that was noticed in this very token. */
export interface CertificateFinding {
  readonly text: string;
  readonly place?: { readonly before: string; readonly at: string; readonly after: string };
}

/** One member of a decoded object, and the characters of the token that carry it. */
export interface DecodedMember {
  readonly name: string;
  /** As JSON. */
  readonly value: string;
  /** What it means as a time. */
  readonly time?: string;
  readonly span?: Span;
}

/** One of the three parts. */
export interface DecodedPart {
  readonly name: 'header' | 'payload' | 'signature';
  /** Characters of the token. */
  readonly span: Span;
  readonly members?: readonly DecodedMember[];
  /** What can be read of it, where it is no object that we accept. */
  readonly text?: string;
}

/** Octets with a meaning: a stretch of a longer run of them. */
export interface OctetField {
  readonly hex: string;
  readonly label: string;
  readonly words: string;
  /** What it is, and what it is a part of. */
  readonly about: readonly Subject[];
}

/** A public key on its way from JWK to SubjectPublicKeyInfo. */
export interface KeyView {
  readonly kid: string;
  readonly current: boolean;
  readonly jwk: readonly DecodedMember[];
  readonly bits: number;
  /** The SubjectPublicKeyInfo, field by field; the fields together are all of it. */
  readonly spki: readonly OctetField[];
  /** The INTEGERs of n and e alone, as DER. */
  readonly integers: readonly (readonly OctetField[])[];
}

/** What an RSA signature holds when it is opened with the public key. */
export interface SealView {
  readonly kid: string;
  readonly exponent: number;
  readonly signature: string;
  /** The encoded message, field by field, or one field of noise. */
  readonly message: readonly OctetField[];
  /** SHA-256 of the characters received. */
  readonly hash: string;
  /** Why it cannot be opened or read, where it cannot. */
  readonly broken?: string;
  /** Whether both hashes are there and equal. For the eye: the verdict is not made here. */
  readonly equal: boolean;
}

/** The whole certificate of one token. */
export interface Certificate {
  readonly verdict: 'accepted' | 'refused' | 'undecided';
  /** The verdict in one line. */
  readonly headline: string;
  readonly code?: string;
  readonly rule?: string;
  /** When it was given. */
  readonly at: string;
  readonly checks: readonly CertificateCheck[];
  /** Rules that had nothing to look at. */
  readonly notAsked: readonly string[];
  readonly advice?: { readonly lookedAt: string; readonly likelyCause: string; readonly nextStep: string };
  readonly findings: readonly CertificateFinding[];
  readonly authentic: boolean;
  readonly parts: readonly DecodedPart[];
  readonly seal?: SealView;
  /** Said of a token that is not the local issuer's. */
  readonly foreign?: string;
}

/** A token that was minted, or why not. */
export type MintResult = { readonly token: string; readonly problem?: never } | { readonly token?: never; readonly problem: string };

/** An attack on the bench. */
export interface AttackCard {
  readonly name: string;
  readonly title: string;
  readonly story: string;
}

/** What an attack has changed, beside what was there before. */
export interface TokenChange {
  readonly part: 'header' | 'payload' | 'signature';
  /** The characters of the new token that are not the old one's. */
  readonly span: Span;
  /** `text`: of the decoded part; `characters`: of its base64url. */
  readonly of: 'text' | 'characters';
  readonly before: ChangedText;
  readonly after: ChangedText;
  /** Where one octet or one letter has changed: its bits. */
  readonly bits?: { readonly before: string; readonly after: string; readonly words: string };
}

/** A text around a change; the parts that are left out are counted. */
export interface ChangedText {
  readonly omittedBefore: number;
  readonly lead: string;
  readonly changed: string;
  readonly tail: string;
  readonly omittedAfter: number;
}

/** An attack that was made. */
export interface AttackResult {
  readonly token: string;
  readonly title: string;
  readonly story: string;
  readonly changes: readonly TokenChange[];
}

/** A line of what the verifier's key cache did. */
export interface JournalEntry {
  readonly at: string;
  readonly text: string;
  readonly kind: 'good' | 'bad' | 'plain';
}

/** How the local issuer stands. */
export interface IssuerState {
  readonly issuer: string;
  readonly audience: string;
  /** In words, UTC. */
  readonly clock: string;
  /** How far the clock was moved, in words; empty where it was not. */
  readonly moved: string;
  readonly down: boolean;
  readonly keys: readonly KeyView[];
  readonly journal: readonly JournalEntry[];
  readonly attacks: readonly AttackCard[];
}

/** Someone that the local issuer can say has signed in. */
export interface DemoAccount {
  readonly sub: string;
  readonly name: string;
  readonly email: string;
}

/** What the application's server would log of a request to sign in or out: codes, and nothing out of a token. */
export interface SignInLogLine {
  readonly at: string;
  readonly text: string;
  readonly good: boolean;
}

/** How the sign-in demo stands in this browser. */
export interface SignInState {
  readonly accounts: readonly DemoAccount[];
  readonly log: readonly SignInLogLine[];
  /** For the button, where nobody is signed in. */
  readonly nonce?: string;
  /** Where Google's own button can be tried. */
  readonly googleClientId?: string;
  readonly session?: { readonly account: string; readonly subject: string; readonly since: string; readonly until: string };
}
