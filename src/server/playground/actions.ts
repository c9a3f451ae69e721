/**
 * What the page can ask of the workshop, by POST: to mint, to judge, to attack, to move the issuer and the clock.
 *
 * Tokens come in bodies, are answered, and are forgotten: none is logged, kept, or put into an address.
 *
 * @module
 */

import { explain } from '../../explain/explanation.ts';
import { createGoogleVerifier } from '../../google/id-token.ts';
import { JwtError } from '../../jose/index.ts';
import { member, parseJsonObject, type JsonObject } from '../../jose/json.ts';
import { readUnverified } from '../../jose/jwt.ts';
import { ATTACKS } from './attacks.ts';
import { certificateOf } from './certificate.ts';
import { stateOf } from './issuer-state.ts';
import { PageRefusal } from './page-guard.ts';
import type { AttackResult, MintResult } from './page/wire.ts';
import { changesBetween } from './token-changes.ts';
import type { Workshop } from './workshop.ts';

/** An action: takes the members of the body, and gives what is answered as JSON. */
export type PageAction = (body: JsonObject) => object | Promise<object>;

/** Seconds by which a button may move the clock at most: a button is a day. */
const MAX_STEP = 366 * 86_400;

const MAX_PUBLISHED = 6;

/** The actions, by path. */
export function actionsOf(workshop: Workshop): ReadonlyMap<string, PageAction> {
  const { issuer, verifier } = workshop;
  const lever = (move: () => unknown): PageAction => () => {
    move();
    return stateOf(workshop);
  };
  return new Map<string, PageAction>([
    ['/api/state', () => stateOf(workshop)],
    ['/api/mint', (body) => mintWith(workshop, textOf(body, 'claims'))],
    ['/api/judge', async (body) => {
      const token = textOf(body, 'token');
      return certificateOf(token, await explain(verifier, token), issuer.jwks.keys);
    }],
    ['/api/attack', (body) => attackWith(workshop, textOf(body, 'name'), textOf(body, 'token'))],
    ['/api/rotate', lever(() => {
      // Every visit of the page is shown all of them.
      if (issuer.jwks.keys.length >= MAX_PUBLISHED) issuer.retire();
      issuer.rotate();
    })],
    ['/api/retire', lever(issuer.retire)],
    ['/api/down', lever(() => issuer.fail('down'))],
    ['/api/up', lever(() => issuer.fail('none'))],
    ['/api/clock', (body) => {
      workshop.move(secondsOf(body));
      return stateOf(workshop);
    }],
    ['/api/clock/reset', lever(workshop.resetClock)],
  ]);
}

/** Claims as JSON, which replace the issuer's own. That they are none is an answer like any other: people are typing. */
function mintWith({ issuer }: Workshop, json: string): MintResult {
  try {
    return { token: issuer.mint(parseJsonObject(Buffer.from(json), 'the claims')) };
  } catch (error) {
    if (error instanceof JwtError || error instanceof TypeError) return { problem: sentence(error.message) };
    throw error;
  }
}

/** Breaks the token that is there, if it is good, or else a fresh one: each attack is to break one rule, and no second. */
function attackWith({ issuer, clock }: Workshop, name: string, token: string): AttackResult {
  const attack = ATTACKS.find((one) => one.name === name);
  if (attack === undefined) throw new PageRefusal(400, 'no such attack');
  const good = createGoogleVerifier({ audience: issuer.audience, keys: issuer.keys, clock }).tryVerifySync(token);
  const base = good === undefined ? issuer.mint() : token;
  const [header = '', payload = '', signature = ''] = base.split('.');
  const broken = attack.make({ encoded: [header, payload, signature], ...readUnverified(base), issuer, now: clock() });
  return { token: broken, title: attack.title, story: attack.story, changes: changesBetween(base, broken) };
}

function textOf(body: JsonObject, name: string): string {
  const value = member(body, name);
  if (typeof value !== 'string') throw new PageRefusal(400, `"${name}" expected a string`);
  return value;
}

function secondsOf(body: JsonObject): number {
  const value = member(body, 'seconds');
  if (!Number.isSafeInteger(value) || Math.abs(Number(value)) > MAX_STEP) {
    throw new PageRefusal(400, '"seconds" expected a whole number');
  }
  return Number(value);
}

function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}
