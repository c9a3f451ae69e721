/**
 * A thread of `assay verify --batch`: pieces of lines in, their verdicts out.
 *
 * @module
 */

import { JwtError } from '../../jose/errors.ts';
import { createKeySet } from '../../jose/key-set.ts';
import { readArguments } from '../arguments.ts';
import { acceptedAsJson, refusedAsJson } from '../verdict.ts';
import { prepareVerifications, readAt, VERIFY_OPTIONS, type Verifications } from '../verifier-options.ts';
import { borrowKeys } from './borrowed-keys.ts';
import { linesOf, MAX_LINE_OCTETS } from './lines.ts';
import type { FromThread, ThreadData, ToThread, Verdicts } from './messages.ts';

/** The main thread, as a thread sees it. */
export interface MainThread {
  readonly on: (event: 'message', listener: (message: ToThread) => void) => unknown;
  readonly postMessage: (message: FromThread, transfer?: readonly ArrayBuffer[]) => void;
}

/** Judges what it is sent until the thread is ended. Whatever is no verdict is thrown, and ends the command. */
export function judgeForMain(main: MainThread, { argv, file }: ThreadData): void {
  const args = readArguments(argv, VERIFY_OPTIONS, 1);
  const at = readAt(args);
  const borrowed = borrowKeys((question) => main.postMessage(question));
  const ignoreCertificateDates = args.has('ignore-certificate-dates');
  const keys = file === undefined ? borrowed : createKeySet(file, { ignoreCertificateDates });
  const { verify } = prepareVerifications(args)(keys, () => at ?? Date.now() / 1000);

  main.on('message', (message) => {
    if (message.news !== undefined) borrowed.hear(message.news);
    if (message.type === 'answer') return borrowed.answered(message.to, message.brought);
    const { piece, octets } = message;
    void judgeLines(octets, verify).then((verdicts) =>
      main.postMessage({ type: 'verdicts', piece, ...verdicts }, [verdicts.octets.buffer]),
    );
  });
}

/** Judges the lines of a piece. Those whose key must be waited for wait together. */
async function judgeLines(octets: Uint8Array, verify: Verifications['verify']): Promise<Verdicts> {
  const refused = new Map<string, number>();
  let accepted = 0;
  const judge = async (line: Uint8Array): Promise<string> => {
    try {
      if (line.length > MAX_LINE_OCTETS) throw new JwtError('token_too_long');
      const jwt = await verify(Buffer.from(line.buffer, line.byteOffset, line.length).toString('utf8'));
      accepted++;
      return acceptedAsJson(jwt);
    } catch (error) {
      if (!(error instanceof JwtError)) throw error;
      refused.set(error.code, (refused.get(error.code) ?? 0) + 1);
      return refusedAsJson(error);
    }
  };
  const told = await Promise.all(Array.from(linesOf(octets), judge));
  return { octets: new TextEncoder().encode(told.join('')), accepted, refused };
}
