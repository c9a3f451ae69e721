/**
 * `assay demo`: the whole way on one page. A local issuer listens on a port, and its tokens are verified on good days
 * and bad ones.
 *
 * @module
 */

import { createGoogleVerifier, GOOGLE_ISSUERS } from '../google/id-token.ts';
import { JwtError, type RefusalCode } from '../jose/errors.ts';
import type { KeyEvent } from '../keys/key-events.ts';
import { createRemoteKeySet } from '../keys/remote-key-set.ts';
import type { ListeningIssuer, TestIssuer } from '../testing/index.ts';
import { readArguments } from './arguments.ts';
import { tokenTable } from './claims-table.ts';
import type { Command } from './command.ts';
import { countFetches, indent, tokenInParts, trialInWords, type Verdict } from './demo-page.ts';
import { DEMO_AUDIENCE, DEMO_CLAIMS, tamper } from './demo-tokens.ts';
import { EXIT } from './exit-status.ts';
import { painter, type Paint, type Terminal } from './terminal.ts';

/** For how long the issuer lets its keys be kept. Ten minutes, so that its tokens outlive them. Seconds. */
const MAX_AGE = 600;

export const demo: Command = {
  name: 'demo',
  summary: 'the whole way: fetch, verify, rotate, an outage, tampered twins',
  help: `\
assay demo

Starts a local issuer on a port of 127.0.0.1, mints a token like Google's, and
verifies it by createGoogleVerifier with keys fetched from that port. Then the
keys rotate, the old one is retired, the server goes down, and five tampered
twins are refused, each with its rule. It ends by itself. Nothing leaves this
machine, and no file is written.

Exit status: 0 everything went as it should, 1 something did not.

Example
  assay demo
`,
  options: {},
  async run(argv, terminal) {
    readArguments(argv, {}, 0);
    const { stdout, env } = terminal;
    const paint = painter(stdout, env);
    const asExpected = await playDemo(terminal, paint);
    const ending = asExpected
      ? paint('green', 'Four accepted, six refused: nothing passed on its looks.')
      : paint('red', 'Something did not go as it should.');
    stdout.write(`\n${ending}\n`);
    return asExpected ? EXIT.accepted : EXIT.refused;
  },
};

/** A token to be tried, what must become of it, and how often its issuer must be asked for keys meanwhile. */
interface Trial {
  readonly title: string;
  readonly token: string;
  readonly expected: RefusalCode | 'accepted';
  readonly fetches: number;
}

/** What all acts share. One clock for the issuer, the verifier and the key cache: time passes when the page says so. */
interface Stage {
  readonly issuer: TestIssuer;
  readonly server: ListeningIssuer;
  readonly paint: Paint;
  readonly write: (text: string) => unknown;
  /** Tries a token and shows what becomes of it. */
  readonly attempt: (trial: Trial) => Promise<Verdict>;
  /** Whether everything so far went as it should. */
  readonly asExpected: () => boolean;
}

async function playDemo(terminal: Terminal, paint: Paint): Promise<boolean> {
  const stage = await openStage(terminal, paint);
  try {
    const token = await playFirstToken(stage);
    const newToken = await playChangingKeys(stage, token);
    await playTwins(stage, newToken);
    return stage.asExpected();
  } finally {
    await stage.server.close();
  }
}

async function openStage({ stdout, now }: Terminal, paint: Paint): Promise<Stage> {
  const { createFakeClock, createTestIssuer } = await import('../testing/index.ts');
  const clock = createFakeClock(Math.floor(now()));
  const [issuerName = ''] = GOOGLE_ISSUERS;
  const cacheControl = { maxAge: MAX_AGE };
  const issuer = createTestIssuer({ issuer: issuerName, audience: DEMO_AUDIENCE, clock, cacheControl });
  const server = await issuer.listen();
  const events: KeyEvent[] = [];
  const onEvent = (event: KeyEvent): void => void events.push(event);
  const keys = createRemoteKeySet(server.jwksUri, { allowLoopbackHttp: true, clock, onEvent });
  const google = createGoogleVerifier({ audience: issuer.audience, keys, clock });
  let asExpected = true;
  const attempt = async ({ title, token, expected, fetches }: Trial): Promise<Verdict> => {
    events.length = 0;
    const verdict = await google.verify(token).catch(onlyRefusals);
    stdout.write(trialInWords(title, verdict, events, paint));
    const code = verdict instanceof JwtError ? verdict.code : 'accepted';
    asExpected &&= code === expected && countFetches(events) === fetches;
    return verdict;
  };
  return { issuer, server, paint, write: (text) => stdout.write(text), attempt, asExpected: () => asExpected };
}

async function playFirstToken({ issuer, server, paint, write, attempt }: Stage): Promise<string> {
  const token = issuer.mint(DEMO_CLAIMS);
  write(`${paint('bold', `A token like Google's, from a local issuer on ${server.url}`)}\n\n`);
  write(`${tokenInParts(token, paint)}\n`);
  write(`${paint('bold', 'createGoogleVerifier({ audience, keys }).verify(token)')}\n\n`);
  const title = 'The first token: the keys are fetched, once';
  const verdict = await attempt({ title, token, expected: 'accepted', fetches: 1 });
  if (verdict instanceof JwtError) return token;
  write(indent(tokenTable(verdict.header, verdict.claims, paint, issuer.clock()), 5));
  return token;
}

async function playChangingKeys(stage: Stage, token: string): Promise<string> {
  const { issuer, server, paint, write, attempt } = stage;
  write(`\n${paint('bold', 'Its keys change')}\n\n`);
  issuer.rotate();
  const newToken = issuer.mint(DEMO_CLAIMS);
  await attempt({ title: 'Rotated: a token of the new key', token: newToken, expected: 'accepted', fetches: 1 });
  await attempt({ title: 'A token of the old key, still published', token, expected: 'accepted', fetches: 0 });

  issuer.retire();
  issuer.clock.advance(MAX_AGE);
  const retired = 'The old key retired, ten minutes later: a token of it';
  // Once because the set is past its lifetime, once because the key could be new.
  await attempt({ title: retired, token, expected: 'key_not_found', fetches: 2 });

  await server.close();
  issuer.clock.advance(MAX_AGE);
  const down = 'The server down, ten minutes later: a token of the new key';
  await attempt({ title: down, token: newToken, expected: 'accepted', fetches: 1 });
  return newToken;
}

async function playTwins({ issuer, paint, write, attempt }: Stage, token: string): Promise<void> {
  write(`\n${paint('bold', 'Five tampered twins')}\n\n`);
  for (const twin of tamper(token, issuer.mint, issuer.clock())) {
    // The issuer was asked a moment ago, in vain: no stranger can make us ask again at once.
    await attempt({ title: twin.title, token: twin.token, expected: twin.code, fetches: 0 });
  }
}

function onlyRefusals(error: unknown): JwtError {
  if (error instanceof JwtError) return error;
  throw error;
}
