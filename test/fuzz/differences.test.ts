import { describe, expect, it } from 'vitest';
import { certificatePem } from '../../spec-vectors/generate/certificate.ts';
import { jwkSet, publicJwk, publicPem } from '../../spec-vectors/generate/keys.ts';
import { REFUSALS, type RefusalCode } from '../../src/jose/index.ts';
import { signatureHolds } from './bare-crypto.ts';
import type { Peer } from './difference.ts';
import { classOf, DIFFERENCES } from './differences.ts';
import { compare } from './differential.ts';
import { factsOf } from './facts.ts';
import { answer } from './fuzzer.ts';
import type { JoseAnswer } from './jose-peer.ts';
import { membersOf, textOf } from './mutate-json.ts';
import type { Question } from './question.ts';
import { AUDIENCE, NOW, signAs, SUBJECTS, type Subject } from './subjects.ts';

const JOSE_ACCEPTS: JoseAnswer = { accepted: true };
const JOSE_REFUSES: JoseAnswer = { accepted: false, refusal: 'ERR_JWS_INVALID' };

function subjectOf(name: string): Subject {
  const found = SUBJECTS.find((subject) => subject.name === name);
  if (found === undefined) throw new Error(`no subject ${name}`);
  return found;
}

const forged = (change: (token: string) => string, name = 'RS256 plain'): Question => {
  const subject = subjectOf(name);
  return { kind: 'forged', subject, token: change(subject.token) };
};

/** The same certificate with an octet in its first UTCTime (tag 23, 13 octets) that is no digit. */
function withBrokenDate(pem: string): string {
  const der = Buffer.from(pem.replace(/-----.*-----/g, ''), 'base64');
  der[der.indexOf(Buffer.of(0x17, 13)) + 6] = 0x3f;
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

/** The same key with an empty OCTET STRING for the parameters of its algorithm, in place of NULL. */
function withoutNull(pem: string): string {
  const der = Buffer.from(pem.replace(/-----.*-----/g, ''), 'base64');
  der[der.indexOf(Buffer.of(0x05, 0))] = 0x04;
  return `-----BEGIN PUBLIC KEY-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END PUBLIC KEY-----\n`;
}

/** Header and claims as text, for what JSON.stringify would not write. */
function signedText(change: (header: string, claims: string) => readonly [string | Buffer, string | Buffer],
  name = 'RS256 plain'): Question {
  const subject = subjectOf(name);
  const { signer, expectation: { typ, claims } } = subject;
  const header = textOf(membersOf({ alg: signer.alg, kid: signer.kid, typ }));
  return { kind: 'signed', subject, token: signAs(signer, ...change(header, textOf(membersOf(claims)))) };
}

const changed = (text: string, change: object): string =>
  JSON.stringify({ ...JSON.parse(text) as object, ...change });
const claims = (change: object, name?: string): Question =>
  signedText((header, payload) => [header, changed(payload, change)], name);
const header = (change: object, name?: string): Question =>
  signedText((text, payload) => [changed(text, change), payload], name);
const payload = (change: (text: string) => string | Buffer): Question =>
  signedText((text, claimsText) => [text, change(claimsText)]);

function keys(changedKeys: unknown, name = 'RS256 plain'): Question {
  const subject = subjectOf(name);
  return { kind: 'keys', subject, token: subject.token, keys: changedKeys };
}
const key = (change: object): Question => keys({ keys: [publicJwk('rsa-1', { alg: 'RS256', ...change })] });

/** A PS256 token whose signature begins with a zero, which one in 256 does, without that zero. */
function shortened(): Question {
  for (;;) {
    const { subject, token } = claims({}, 'PS256 plain');
    const [head = '', body = '', signature = ''] = token.split('.');
    const octets = Buffer.from(signature, 'base64url');
    if (octets[0] !== 0) continue;
    return { kind: 'forged', subject, token: `${head}.${body}.${octets.subarray(1).toString('base64url')}` };
  }
}

/** For each class, a question that it explains. */
const EXAMPLES: Readonly<Record<string, Question>> = {
  'signature with a character that is no base64': forged((token) => `${token}!`),
  'signature in standard base64': forged((token) => token.replace(/[^.]+$/,
    (part) => part.replaceAll('-', '+').replaceAll('_', '/'))),
  'signature with white space': forged((token) => `${token}\n`),
  'signature with padding': forged((token) => `${token}==`),
  'signature with spare bits': forged((token) => token.slice(0, -1)
    + String.fromCharCode(token.charCodeAt(token.length - 1) + 1)),
  'PSS signature without its leading zeros': shortened(),
  'longer than 10,000 characters': claims({ long: 'x'.repeat(10_000) }),
  'more than three parts': forged((token) => `${token}.x`),
  'byte order mark': payload((text) => `\uFEFF${text}`),
  'not UTF-8': payload((text) => Buffer.from(text.replace('}', ',"a":"\u00E9"}'), 'latin1')),
  'payload that is no JSON object': payload((text) => `[${text}]`),
  'header that is no JSON object': signedText((text, claimsText) => [`${text},`, claimsText]),
  'two members of one name': payload((text) => text.replace('}', ',"a":1,"\\u0061":2}')),
  'number out of range': payload((text) => text.replace('}', ',"a":[-1e999]}')),
  'lone surrogate': payload((text) => text.replace('}', ',"\\ud800":1}')),
  'deeper than 32 levels': payload((text) => text.replace('}', `,"a":${'['.repeat(32)}${']'.repeat(32)}}`)),
  '"alg" that is no string': header({ alg: null }),
  '"typ" or "cty" that is no string': header({ cty: 1 }),
  '"crit"': header({ crit: ['exp'] }),
  '"crit" of a "b64" that is true': header({ crit: ['b64'], b64: true }),
  '"b64" without "crit"': header({ b64: true }),
  'another "typ", none being asked for': header({ typ: 'at+jwt' }),
  'another "typ" than asked for': header({ typ: 'JWT' }, 'RS256 strict'),
  '"cty" of a nested token': header({ cty: 'application/JWT' }),
  'another "alg" than the signature is of': header({ alg: 'RS384' }),
  'private key in the set': key({ d: 'AQ' }),
  'key with a member of the wrong type': key({ use: ['sig'] }),
  'key spelt another way': key({ e: 'AAEAAQ' }),
  'key that is not for signatures': key({ use: 'enc' }),
  'key for another algorithm': key({ alg: 'RS512' }),
  'several keys of one ID': keys(jwkSet('rsa-1', publicJwk('rsa-2', { kid: 'rsa-1' }))),
  'secret beside public keys': keys(jwkSet('rsa-1', 'hs-1')),
  'key without an ID among others': keys(jwkSet(publicJwk('rsa-1', { kid: undefined }), 'rsa-2')),
  'PEM in a loose form': keys({ 'rsa-1': `x\n${publicPem('rsa-1')}`, 'rsa-2': publicPem('rsa-2') }),
  'public key in another encoding': keys({ 'rsa-1': withoutNull(publicPem('rsa-1')), 'rsa-2': publicPem('rsa-2') }),
  'certificate with dates that are none': keys({ 'rsa-1': publicPem('rsa-2'), 'rsa-2': withBrokenDate(certificatePem('rsa-2', NOW, NOW)) },
    'PS256 plain'),
  '"sub" or "jti" that is no string': claims({ jti: 1 }),
  'an audience beside ours that is no string': claims({ aud: [AUDIENCE, 1] }),
  '"iss", "aud" or a time of the wrong type': claims({ exp: '1' }),
  'required claim missing': claims({ iss: undefined }),
  'expired within the tolerance': claims({ exp: NOW }),
  expired: claims({ exp: NOW - 1e6 }),
  'not valid yet': claims({ nbf: NOW + 31 }),
  'issued in the future': claims({ iat: NOW + 31 }),
  'too old within the tolerance': claims({ iat: NOW - 3601 }, 'RS256 strict'),
  'too old': claims({ iat: NOW - 3700 }, 'RS256 strict'),
  'too long a life': claims({ exp: NOW + 7200 }, 'RS256 strict'),
  'another issuer': claims({ iss: 'other' }),
  'another audience': claims({ aud: 'other' }),
  'another subject': claims({ sub: 'other' }, 'RS256 strict'),
  "the caller's own check": claims({ scope: 'write' }, 'RS256 strict'),
  'Google: claim of the wrong type': claims({ email_verified: 'true' }, 'RS256 google'),
  'Google: several audiences and no "azp"': claims({ aud: [AUDIENCE, AUDIENCE], azp: undefined }, 'RS256 google'),
  'Google: an audience that we do not know beside ours': claims({ aud: [AUDIENCE, 'other'] }, 'RS256 google'),
  'Google: another authorized party': claims({ azp: 'other' }, 'RS256 google'),
  'Google: another hosted domain': claims({ hd: undefined }, 'RS256 google'),
  'Google: e-mail address not verified': claims({ email_verified: false }, 'RS256 google'),
  'Google: another nonce': claims({ nonce: 'n-2' }, 'RS256 google'),
  'Google: another access token': claims({ at_hash: 'AAAA' }, 'RS256 google'),
};

describe('a class of explained differences', () => {
  it('has a name of its own, a rule, and an example here', () => {
    const names = DIFFERENCES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(Object.keys(EXAMPLES).sort()).toEqual([...names].sort());
    for (const { rule } of DIFFERENCES) expect(rule).toMatch(/^(RFC \d+|OIDC Core) §\d/);
  });

  it.each(DIFFERENCES.map((difference) => [difference.name, difference] as const))('explains: %s', (name, { than }) => {
    const question = EXAMPLES[name] as Question;
    const ours = answer(question).answer;
    for (const peer of than) {
      const jose = peer === 'jose' ? JOSE_ACCEPTS : JOSE_REFUSES;
      expect(compare(question, { ours, jose, signature: peer !== 'jose' })).toEqual({ classes: [[peer, name]] });
    }
  });

  it.each(Object.entries(EXAMPLES))('has an example whose signature holds: %s', (_, question) =>
    expect(signatureHolds(question)).toBe(true));

  it('explains no other refusal: a genuine token is in none, whatever it is refused with', () => {
    const codes = Object.keys(REFUSALS) as RefusalCode[];
    const explained = SUBJECTS.flatMap((subject) => {
      const questions: Question[] = [
        { kind: 'forged', subject, token: subject.token },
        { kind: 'keys', subject, token: subject.token, keys: subject.signer.jwks },
        { kind: 'keys', subject, token: subject.token,
          keys: { [subject.signer.kid]: certificatePem('rsa-2', NOW - 1, NOW + 1) } },
      ];
      return questions.flatMap((question) => codes.flatMap((code) => (['jose', 'node:crypto'] as Peer[])
        .flatMap((peer) => classOf(factsOf(question, code), peer)?.name ?? [])));
    });
    expect(explained).toEqual([]);
  });

  it('speaks of one kind of signature, and of Google only to Google', () => {
    expect(DIFFERENCES.filter(({ codes }) => codes.includes('signature_invalid')).map(({ name }) => name))
      .toEqual(['PSS signature without its leading zeros']);
    const whole = forged((token) => token, 'PS256 plain');
    expect(classOf(factsOf(whole, 'signature_invalid'), 'jose')).toBeUndefined();
    expect(classOf(factsOf(forged((token) => token.slice(0, -9)), 'signature_invalid'), 'jose')).toBeUndefined();
    expect(classOf(factsOf(claims({ nonce: 'n-2' }), 'nonce_mismatch'), 'jose')).toBeUndefined();
  });

  it('explains a key whose curve is no string, which WebCrypto makes one of', () => {
    const question = keys({ keys: [publicJwk('ec-1', { crv: ['P-256'] })] }, 'ES256 plain');
    expect(compare(question, { ours: answer(question).answer, jose: JOSE_ACCEPTS, signature: false }))
      .toEqual({ classes: [['jose', 'key spelt another way']] });
  });

  it('explains a key without an ID beside a member that is none', () => {
    const question = keys({ keys: [publicJwk('rsa-1', { kid: undefined }), ''] });
    expect(compare(question, { ours: answer(question).answer, jose: JOSE_ACCEPTS, signature: true }))
      .toEqual({ classes: [['jose', 'key without an ID among others'], ['node:crypto', 'key without an ID among others']] });
  });

  it('does not explain another peer', () => {
    expect(classOf(factsOf(claims({ exp: NOW - 31 }), 'token_expired'), 'jose')).toBeUndefined();
    expect(classOf(factsOf(claims({ iss: 'other' }), 'issuer_not_allowed'), 'jose')).toBeUndefined();
    expect(classOf(factsOf(header({ crit: ['b64'], b64: false }), 'critical_header_unsupported'), 'jose'))
      .toBeUndefined();
  });
});

describe('comparing', () => {
  const question = forged((token) => token);

  it('finds nothing where all agree', () => {
    expect(compare(question, { ours: 'accepted', jose: JOSE_ACCEPTS, signature: true })).toEqual({ classes: [] });
    expect(compare(question, { ours: 'signature_invalid', jose: JOSE_REFUSES, signature: false }))
      .toEqual({ classes: [] });
  });

  it('always fails where we accept what another refuses', () => {
    for (const each of [question, ...Object.values(EXAMPLES)]) {
      expect(compare(each, { ours: 'accepted', jose: JOSE_ACCEPTS, signature: false }).finding)
        .toBe('we accept a token whose signature does not hold');
      expect(compare(each, { ours: 'accepted', jose: JOSE_REFUSES, signature: true }).finding)
        .toBe('we accept what jose refuses: ERR_JWS_INVALID');
    }
  });

  it('fails where a signature holds for another and not for us', () => {
    const { 'PSS signature without its leading zeros': _, ...others } = EXAMPLES;
    for (const each of [question, ...Object.values(others)]) {
      const answers = { ours: 'signature_invalid', jose: JOSE_REFUSES, signature: true } as const;
      expect(compare(each, answers).finding)
        .toBe('node:crypto accepts what we refuse, and no class says why: signature_invalid');
      expect(compare(each, { ...answers, jose: JOSE_ACCEPTS, signature: false }).finding)
        .toBe('jose accepts what we refuse, and no class says why: signature_invalid');
    }
  });

  it('fails where only one of two differences is explained', () => {
    expect(compare(claims({ iss: 'other' }), { ours: 'issuer_not_allowed', jose: JOSE_ACCEPTS, signature: true }))
      .toEqual({ classes: [['node:crypto', 'another issuer']],
        finding: 'jose accepts what we refuse, and no class says why: issuer_not_allowed' });
  });
});
