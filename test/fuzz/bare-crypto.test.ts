import { describe, expect, it } from 'vitest';
import { certificatePem } from '../../spec-vectors/generate/certificate.ts';
import { jwkSet, publicJwk, publicPem } from '../../spec-vectors/generate/keys.ts';
import { keyObjectOf, signatureHolds } from './bare-crypto.ts';
import { candidatesOf, keyMembersOf, shapeOf } from './facts.ts';
import { NOW, SUBJECTS } from './subjects.ts';

describe('a signature alone', () => {
  it('holds for every genuine token, and for no other octets', () => {
    for (const subject of SUBJECTS) {
      const holds = (token: string): boolean => signatureHolds({ kind: 'forged', subject, token });
      expect(holds(subject.token)).toBe(true);
      expect(holds(subject.token.replace('.', '.A'))).toBe(false);
      expect(holds(`${subject.token.slice(0, -9)}AAAAAAAAA`)).toBe(false);
    }
  });

  it('is asked under the key of that ID, or one without any', () => {
    const members = keyMembersOf(jwkSet('rsa-1', publicJwk('rsa-2', { kid: undefined }), 'ec-1'));
    expect(candidatesOf(members, 'ec-1').map(({ kid }) => kid)).toEqual([undefined, 'ec-1']);
    expect(candidatesOf(members, undefined)).toHaveLength(3);
    const [subject] = SUBJECTS.filter(({ signer }) => signer.kid === 'rsa-1');
    if (subject === undefined) throw new Error('no subject signs with rsa-1');
    const under = (keys: unknown): boolean => signatureHolds({ kind: 'keys', subject, token: subject.token, keys });
    expect(under(jwkSet('rsa-2', 'rsa-1'))).toBe(true);
    expect(under(jwkSet('rsa-2', publicJwk('rsa-1', { kid: undefined })))).toBe(true);
    expect(under(jwkSet('rsa-2'))).toBe(false);
    expect(under(jwkSet(publicJwk('rsa-1', { kid: 'rsa-2' })))).toBe(false);
  });

  it('reads keys in every form', () => {
    const jwk = publicJwk('rsa-1');
    for (const form of [[jwk], jwk, { keys: [null, jwk] }, { 'rsa-1': publicPem('rsa-1') },
      { 'rsa-1': certificatePem('rsa-1', NOW, NOW) }]) {
      expect(keyMembersOf(form).map((member) => [member.kid, keyObjectOf(member).type])).toEqual([['rsa-1', 'public']]);
    }
    expect(keyMembersOf(publicPem('rsa-1')).map((member) => keyObjectOf(member).type)).toEqual(['public']);
    for (const none of [null, 1, [], {}, { keys: 1 }, [1]]) expect(keyMembersOf(none)).toEqual([]);
  });
});

it('the shape of a text is its depth, and whether a name stands twice in one object', () => {
  expect(shapeOf('{"a":{"a":1},"b":[{"a":1}]}')).toEqual({ depth: 3, duplicate: false });
  expect(shapeOf('{"a":"\\"a\\":{","b":[{"a":1,"\\u0061" :2}]}')).toEqual({ depth: 3, duplicate: true });
});
