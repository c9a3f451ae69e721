/**
 * `assay demo`: the main job on one page. A token is minted and verified, and five tampered twins are refused.
 *
 * @module
 */

import { createGoogleVerifier, type GoogleClaims } from '../google/id-token.ts';
import { JwtError } from '../jose/errors.ts';
import type { VerifiedJwt } from '../jose/jwt.ts';
import type { Verifier } from '../verifier/verifier.ts';
import { readArguments } from './arguments.ts';
import { tokenTable } from './claims-table.ts';
import type { Command } from './command.ts';
import { mintDemoTokens, type Twin } from './demo-tokens.ts';
import { EXIT } from './exit-status.ts';
import { painter, type Paint, type Style } from './terminal.ts';

/** Columns for the token, so that the page fits into 80. */
const TOKEN_WIDTH = 76;

const PARTS: readonly (readonly [name: string, style: Style])[] = [
  ['header', 'red'], ['payload', 'magenta'], ['signature', 'cyan'],
];

export const demo: Command = {
  name: 'demo',
  summary: 'mints a token, verifies it, and refuses five tampered twins',
  help: `\
assay demo

Mints a token like Google's with a fresh key, shows its three parts, verifies it
with createGoogleVerifier, and shows five tampered twins being refused, each
with its rule. Nothing is fetched and nothing is written.

Exit status: 0 everything went as it should, 1 something did not.

Example
  assay demo
`,
  async run(argv, terminal) {
    readArguments(argv, {}, 0);
    const { stdout, env } = terminal;
    const paint = painter(stdout, env);
    const now = Math.floor(terminal.now());
    const { audience, keys, genuine, twins } = mintDemoTokens(now);
    const google = createGoogleVerifier({ audience, keys, clock: () => now });

    stdout.write(`${paint('bold', "A token like Google's, signed a moment ago with a fresh key")}\n\n`);
    stdout.write(tokenInParts(genuine, paint));
    stdout.write(`${paint('bold', 'createGoogleVerifier({ audience, keys }).verify(token)')}\n\n`);
    const accepted = await verdictOf(google, genuine);
    stdout.write(`  ${verdictInWords(accepted, paint)}\n`);
    if (!(accepted instanceof JwtError)) stdout.write(indent(tokenTable(accepted.header, accepted.claims, paint, now)));

    stdout.write(`\n${paint('bold', 'Five tampered twins')}\n`);
    let asExpected = !(accepted instanceof JwtError);
    for (const [index, twin] of twins.entries()) {
      const verdict = await verdictOf(google, twin.token);
      stdout.write(`\n${twinInWords(twin, index + 1, verdict, paint)}`);
      asExpected &&= verdict instanceof JwtError && verdict.code === twin.code;
    }
    const ending = asExpected
      ? paint('green', 'One accepted, five refused: nothing passed on its looks.')
      : paint('red', 'Something did not go as it should.');
    stdout.write(`\n${ending}\n`);
    return asExpected ? EXIT.accepted : EXIT.refused;
  },
};

type Verdict = VerifiedJwt<GoogleClaims> | JwtError;

async function verdictOf(verifier: Verifier<GoogleClaims>, token: string): Promise<Verdict> {
  try {
    return await verifier.verify(token);
  } catch (error) {
    if (error instanceof JwtError) return error;
    throw error;
  }
}

function tokenInParts(token: string, paint: Paint): string {
  const parts = token.split('.').map((part, index) => {
    const [name, style] = PARTS[index] ?? ['', 'dim'];
    const lines = part.match(new RegExp(`.{1,${TOKEN_WIDTH}}`, 'g')) ?? [];
    return `  ${paint('dim', name)}\n${lines.map((line) => `  ${paint(style, line)}\n`).join('')}`;
  });
  return `${parts.join('')}\n`;
}

function verdictInWords(verdict: Verdict, paint: Paint): string {
  if (!(verdict instanceof JwtError)) return paint('green', 'accepted');
  return `${paint('red', 'refused')} ${paint('bold', verdict.code)}, ${verdict.rule}`;
}

function twinInWords(twin: Twin, number: number, verdict: Verdict, paint: Paint): string {
  const meaning = verdict instanceof JwtError ? `     ${paint('dim', verdict.message)}\n` : '';
  return `  ${number}  ${twin.title}\n     ${verdictInWords(verdict, paint)}\n${meaning}`;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
