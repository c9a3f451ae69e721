/**
 * The differential mode of the fuzzer, for as long as one likes.
 *
 * @module
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { installedVersion, installPeers } from '../../bench/peers/load.ts';
import { candidateOf, differential } from './differential.ts';
import { DIFFERENCES } from './differences.ts';
import { openJose } from './jose-peer.ts';
import { codesCovered, progress, say, startTimeBox, Tally } from './terminal.ts';

/** Returns the exit status: 1 when a difference was found that no class explains. */
export async function runDifferential(seconds: number, seed: number): Promise<number> {
  installPeers((line) => say(`${line}\n`));
  const askJose = await openJose();
  say(`seed ${seed}, ${seconds} s, against jose ${installedVersion('jose')} and node:crypto of ${process.version}\n`);

  const [ours, seen, agreed] = [new Tally(), new Tally(), new Tally()];
  const found = new Set<string>();
  const box = startTimeBox(seconds);
  const questions = differential(seed, askJose);
  let asked = 0;
  while (!box.isOver()) {
    // In turns: a signal is only noticed between two.
    for (const turnEnds = performance.now() + 50; performance.now() < turnEnds;) {
      const compared = (await questions.next()).value;
      const { question: { kind }, answers, comparison: { classes, finding } } = compared;
      asked++;
      ours.add(answers.ours);
      for (const [peer, name] of classes) seen.add(classLabel(peer, name));
      if (classes.length === 0 && finding === undefined) agreed.add(answers.ours === 'accepted' ? 'yes' : 'no');
      if (finding === undefined || found.has(`${kind} ${finding}`)) continue;
      found.add(`${kind} ${finding}`);
      progress('');
      process.stdout.write(`${JSON.stringify(await candidateOf(compared, askJose))}\n`);
    }
    progress(`${Math.round(box.elapsed())} s, ${asked} questions, ${seen.size} classes, ${found.size} findings`);
    await nextTurn();
  }

  progress('');
  const labels = DIFFERENCES.flatMap(({ name, than }) => than.map((peer) => classLabel(peer, name)));
  const unseen = labels.filter((label) => !seen.has(label));
  say(`our answers\n${ours.lines()}all three agree\n${agreed.lines()}we are stricter than\n${seen.lines()}`);
  say(`never seen: ${unseen.length} of ${labels.length}\n${unseen.map((label) => `            ${label}\n`).join('')}`);
  const ending = box.wasInterrupted() ? ', interrupted' : '';
  say(`${asked} questions in ${box.elapsed().toFixed(1)} s${ending}; seed ${seed}\n`);
  say(codesCovered(ours));
  say(`${found.size} findings\n`);
  return found.size === 0 ? 0 : 1;
}

const classLabel = (peer: string, name: string): string => `${peer.padEnd(11)}  ${name}`;
