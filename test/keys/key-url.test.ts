import { describe, expect, it } from 'vitest';
import { createRemoteKeySet, discoverKeySet } from '../../src/keys/index.ts';
import { expectKeyUrl } from '../../src/keys/key-url.ts';
import { KEY_1, mistake, outcome, remote, setOf, untyped } from './issuer.ts';
import { listen, publish } from './loopback.ts';

const LOOPBACK = { allowLoopbackHttp: true };

describe('the URL of a key set', () => {
  it.each([
    ['https://issuer.example/keys', 'https://issuer.example/keys'],
    ['HTTPS://Issuer.EXAMPLE:443/a/../keys?v=1', 'https://issuer.example/keys?v=1'],
    [new URL('https://issuer.example/keys'), 'https://issuer.example/keys'],
  ])('may be https: %s', (url, href) => {
    expect(createRemoteKeySet(url).url).toBe(href);
  });

  it.each([
    'http://issuer.example/keys', 'http://127.0.0.1/keys', 'http://[::1]/keys', 'file:///etc/keys.json',
    'ftp://issuer.example/keys', 'data:application/json,{"keys":[]}', 'blob:https://issuer.example/1', 'javascript:0',
    'ws://issuer.example', 'issuer.example/keys', '/keys', '//issuer.example/keys', '', 'https://',
    'https://user@issuer.example/keys', 'https://user:secret@issuer.example/keys',
    'https://:secret@issuer.example/keys', 'https://issuer.example/keys#key-1',
  ])('must be https, absolute, without credentials and fragment: %s', (url) => {
    expect(() => createRemoteKeySet(url)).toThrow(mistake('"url"'));
  });

  it('must be a string or a URL, and nothing that could be made into one', () => {
    const text = 'https://issuer.example/keys';
    for (const url of [undefined, null, 1, {}, [], [text], { href: text }, { toString: () => text },
      new String(text)]) {
      expect(() => createRemoteKeySet(untyped(url))).toThrow(TypeError);
    }
  });

  it('is not quoted where it is refused, since it may hold a password', () => {
    expect(() => createRemoteKeySet('https://user:pa55word@issuer.example/')).toThrow(/^((?!pa55word).)*$/s);
  });

  it.each([
    ['http://127.0.0.1:8080/keys', 'http://127.0.0.1:8080/keys'],
    ['http://127.1/keys', 'http://127.0.0.1/keys'],
    ['http://2130706433/keys', 'http://127.0.0.1/keys'],
    ['http://0x7f.1/keys', 'http://127.0.0.1/keys'],
    ['http://127.255.255.254/keys', 'http://127.255.255.254/keys'],
    ['http://[::1]:80/keys', 'http://[::1]/keys'],
    ['http://[0:0:0:0:0:0:0:1]/keys', 'http://[::1]/keys'],
  ])('may be http to this machine by option: %s', (url, href) => {
    expect(createRemoteKeySet(url, LOOPBACK).url).toBe(href);
    expect(() => createRemoteKeySet(url, { allowLoopbackHttp: false })).toThrow(TypeError);
  });

  it.each([
    'http://localhost/keys', 'http://LOCALHOST/keys', 'http://localhost.localdomain/', 'http://10.0.0.1/keys',
    'http://192.168.1.1/keys', 'http://169.254.169.254/latest/meta-data', 'http://0.0.0.0/keys',
    'http://128.0.0.1/', 'http://126.255.255.255/', 'http://[::]/keys', 'http://[::2]/',
    'http://[::ffff:127.0.0.1]/keys', 'http://[fe80::1]/', 'http://127.0.0.1.example/keys',
    'http://127-0-0-1.example/', 'http://a127.0.0.1.example/', 'http://issuer.example/keys',
    'http://user@127.0.0.1/keys', 'http://127.0.0.1/keys#x', 'ws://127.0.0.1/',
    'ftp://127.0.0.1/', 'file://127.0.0.1/etc/keys.json',
  ])('and to no other, not even by a name for it: %s', (url) => {
    expect(() => createRemoteKeySet(url, LOOPBACK)).toThrow(TypeError);
  });

  it('is asked for as it stands, query included', async () => {
    const server = await listen(publish(setOf(KEY_1)));
    const { verifier } = remote(`${server.origin}/a/./keys?v=1&v=%202`);
    expect(await outcome(verifier.verify(KEY_1.mint()))).toBe('accepted');
    expect(server.targets).toEqual(['/a/keys?v=1&v=%202']);
  });
});

describe('the URL of an issuer', () => {
  it.each([
    ['https://issuer.example', 'https://issuer.example/.well-known/openid-configuration'],
    ['https://issuer.example/', 'https://issuer.example/.well-known/openid-configuration'],
    ['https://issuer.example/tenant', 'https://issuer.example/tenant/.well-known/openid-configuration'],
    ['https://issuer.example/tenant/', 'https://issuer.example/tenant/.well-known/openid-configuration'],
    ['https://issuer.example:8443/t', 'https://issuer.example:8443/t/.well-known/openid-configuration'],
  ])('leads to its document: %s', (issuer, url) => {
    expect(discoverKeySet(issuer).url).toBe(url);
  });

  it.each([
    '', 'issuer.example', 'accounts', 'http://issuer.example', 'http://127.0.0.1',
    'https://issuer.example/?tenant=1', 'https://issuer.example?', 'https://issuer.example/#a',
    'https://issuer.example#', 'https://me@issuer.example', 'file:///issuer',
    ' https://issuer.example /x',
  ])(
    'is https, without query, fragment and credentials: %s',
    (issuer) => {
      expect(() => discoverKeySet(issuer)).toThrow(mistake('"issuer"'));
    },
  );

  it('is a string', () => {
    for (const issuer of [undefined, null, 1, {}, ['https://issuer.example'], new URL('https://issuer.example')]) {
      expect(() => discoverKeySet(untyped(issuer))).toThrow(mistake('"issuer"'));
    }
  });

  it('may be http to this machine by option', () => {
    const { url } = discoverKeySet('http://127.0.0.1:1/t', LOOPBACK);
    expect(url).toBe('http://127.0.0.1:1/t/.well-known/openid-configuration');
    expect(() => discoverKeySet('http://localhost:1/t', LOOPBACK)).toThrow(TypeError);
  });
});

it('what is refused is named', () => {
  expect(() => expectKeyUrl('nowhere', 'jwks_uri', false)).toThrow('"jwks_uri" expected an absolute URL');
});
