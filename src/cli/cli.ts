/**
 * The command `assay`: finds the command that was meant and runs it. It knows no process; `assay.ts` does.
 *
 * @module
 */

import { readFile } from 'node:fs/promises';
import type { Command } from './command.ts';
import { decode } from './decode.ts';
import { demo } from './demo.ts';
import { devIssuer } from './dev-issuer.ts';
import { EXIT, type ExitStatus } from './exit-status.ts';
import { explainCommand } from './explain.ts';
import { forwardAuth } from './forward-auth.ts';
import { gateway } from './gateway.ts';
import { keys } from './keys.ts';
import { playground } from './playground.ts';
import { printable, printableJson } from './printable.ts';
import { sign } from './sign.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';
import { vendor } from './vendor.ts';
import { verify } from './verify.ts';

/** Every command, in the order in which --help lists them. */
export const COMMANDS: readonly Command[] = Object.freeze([
  verify, explainCommand, decode, keys, sign, devIssuer, demo, playground, gateway, forwardAuth, vendor,
]);

const HELP = `\
assay COMMAND [arguments]

Verifies JSON Web Tokens, and says which rule of which RFC a refused one broke.

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(12)}  ${summary}`).join('\n')}

  --help, -h  this page; \`assay COMMAND --help\` says more
  --version   the version

Example
  assay playground
`;

/**
 * Runs one command line.
 *
 * @param argv without the program's name
 * @returns the exit status. Nothing is thrown: what went wrong is told on stderr, in one line.
 */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const [word = '', ...rest] = argv;
  const command = COMMANDS.find(({ name }) => name === word);
  try {
    if (command !== undefined) return await runCommand(command, rest, terminal);
    return await runWithoutCommand(word, terminal);
  } catch (error) {
    const name = command === undefined ? 'assay' : `assay ${command.name}`;
    return tellMistake(error, name, terminal);
  }
}

async function runCommand(command: Command, argv: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  if (!asksForHelp(argv)) return command.run(argv, terminal);
  terminal.stdout.write(command.help);
  return EXIT.accepted;
}

/** --help is heard wherever an option may stand, also beside others that are wrong. */
function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end === -1 ? argv : argv.slice(0, end)).some((argument) => argument === '--help' || argument === '-h');
}

async function runWithoutCommand(word: string, { stdout }: Terminal): Promise<ExitStatus> {
  if (word === '--help' || word === '-h') {
    stdout.write(HELP);
    return EXIT.accepted;
  }
  if (word === '--version') {
    stdout.write(`${await readVersion()}\n`);
    return EXIT.accepted;
  }
  const names = COMMANDS.map(({ name }) => name).join(', ');
  // What is no word may be a token, with its command forgotten: nobody's log is to have it.
  const told = /^-?[\w-]{1,20}$/.test(word) ? `unknown command ${printableJson(word)}` : 'what comes first is no command';
  const what = word === '' ? 'no command' : told;
  throw new UsageError(`${what}; there are ${names}`);
}

/** Two folders up, from the source as from what is built of it. */
async function readVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  const { version }: { readonly version: string } = JSON.parse(text);
  return version;
}

/** Tells what went wrong. A fault of ours is no verdict, and must not look like one. */
function tellMistake(error: unknown, name: string, { stderr }: Terminal): ExitStatus {
  if (error instanceof UsageError) {
    stderr.write(`${name}: ${printable(error.message)}\nTry: ${name} --help\n`);
    return EXIT.usage;
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
  stderr.write(`${name}: a fault of its own, no verdict: ${printable(message)}\n`);
  return EXIT.undecided;
}
