/**
 * Values that a browser keeps for us, and cannot make or change: JSON under HMAC-SHA-256 (RFC 2104, FIPS 180-4).
 *
 *   value = "v1." base64url(payload) "." base64url(HMAC-SHA-256(secret, "v1" LF cookie-name LF base64url(payload)))
 *
 * The name is under the MAC, so that no cookie of ours passes for another one. The payload can be read by whoever has
 * the browser: it is authenticated, not secret.
 *
 * @module
 */

import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { decodeBase64url, encodeBase64url } from '../../jose/index.ts';
import { parseJsonObject, type JsonObject } from '../../jose/json.ts';

/** What a sealed value held. */
export interface OpenedValue {
  readonly payload: JsonObject;
  /** Whether the first secret sealed it. If not it should be sealed anew, before its secret leaves the list. */
  readonly current: boolean;
}

/** Seals with the first secret, opens with any. */
export interface Sealer {
  readonly seal: (name: string, payload: JsonObject) => string;
  /** The payload, or undefined for anything that we have not sealed for a cookie of this name. */
  readonly open: (name: string, value: string) => OpenedValue | undefined;
}

/** RFC 2104 §3: a key shorter than the hash weakens the MAC. Octets. */
const LEAST_SECRET = 32;

/** Each is tried in turn: a list that grows for ever would slow down every stranger's cookie. */
const MOST_SECRETS = 8;

const VERSION = 'v1';
const SEALED = /^v1\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})$/;

/**
 * Makes a sealer of secrets, of which it keeps copies.
 *
 * @throws {TypeError} unless there are one to eight, each of at least 32 octets that are not all the same.
 */
export function createSealer(secrets: unknown): Sealer {
  if (!Array.isArray(secrets) || secrets.length === 0 || secrets.length > MOST_SECRETS) {
    throw new TypeError(`"secrets" expected an array of one to ${MOST_SECRETS} secrets`);
  }
  // Array.from visits holes, which map would pass over.
  const keys = Array.from(secrets, readSecret);
  return Object.freeze({
    seal: (name: string, payload: JsonObject) => {
      const text = encodeBase64url(Buffer.from(JSON.stringify(payload), 'utf8'));
      return `${VERSION}.${text}.${macOf(keys[0], name, text)}`;
    },
    open: (name: string, value: string) => {
      const [, text, mac] = SEALED.exec(value) ?? [];
      if (text === undefined || mac === undefined) return undefined;
      const index = keys.findIndex((key) => isSame(mac, macOf(key, name, text)));
      if (index === -1) return undefined;
      return { payload: parseJsonObject(decodeBase64url(text), 'a sealed value'), current: index === 0 };
    },
  });
}

function readSecret(secret: unknown): KeyObject {
  if (!(secret instanceof Uint8Array) || secret.length < LEAST_SECRET) {
    throw new TypeError(`"secrets" expected Uint8Arrays of at least ${LEAST_SECRET} octets, such as crypto.randomBytes(32)`);
  }
  // Memory that was never filled is the one guess that everybody can make.
  if (secret.every((octet) => octet === secret[0])) throw new TypeError('"secrets" has one whose octets are all the same');
  return createSecretKey(secret);
}

function macOf(key: KeyObject | undefined, name: string, text: string): string {
  // There is at least one: createSealer has counted them.
  if (key === undefined) throw new TypeError('"secrets" expected at least one');
  return createHmac('sha256', key).update(`${VERSION}\n${name}\n${text}`, 'utf8').digest('base64url');
}

/**
 * Compares texts in a time that does not depend on where they differ.
 *
 * Their lengths are public: those of a MAC and of an anti-forgery token are fixed.
 */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one, 'utf8'), Buffer.from(other, 'utf8')];
  return a.length === b.length && timingSafeEqual(a, b);
}
