/**
 * The fuzzer of HTTP requests, for as long as one likes: several gateways and forward-auth servers, each in a process of its own.
 *
 * @module
 */

import { fuzzHttp } from './http-fuzzer.ts';
import { openStand, type Stand } from './http-standing.ts';
import { progress, say, startTimeBox, Tally, type TimeBox } from './terminal.ts';

/** Each has a service of its own, so that it is known whose request has come through. */
const LANES = 3;

/** Octets, of one gateway. */
const MOST_MEMORY = 419_430_400;

interface Counts {
  readonly answers: Tally;
  readonly found: Set<string>;
  exchanges: number;
}

/** Returns the exit status: 1 when something was found. */
export async function runHttp(seconds: number, seed: number): Promise<number> {
  say(`seed ${seed}, ${seconds} s, HTTP requests to ${LANES} gateways and as many forward-auth servers\n`);
  const stands = await Promise.all(Array.from({ length: LANES }, () => openStand(true)));
  const counts: Counts = { answers: new Tally(), found: new Set(), exchanges: 0 };
  try {
    const before = await Promise.all(stands.map(({ health }) => health()));
    const box = startTimeBox(seconds);
    await Promise.all(stands.map((stand, lane) => runLane((seed + lane) >>> 0, stand, box, counts)));
    progress('');
    const ending = box.wasInterrupted() ? ', interrupted' : '';
    say(`${counts.answers.lines()}${counts.exchanges} exchanges in ${box.elapsed().toFixed(1)} s${ending}; seed ${seed}\n`);
    for (const [lane, stand] of stands.entries()) await sayHealth(stand, before[lane]?.memory ?? NaN, counts);
  } finally {
    await Promise.all(stands.map(({ end }) => end()));
  }
  say(`${counts.found.size} findings\n`);
  return counts.found.size === 0 ? 0 : 1;
}

async function runLane(seed: number, stand: Stand, box: TimeBox, counts: Counts): Promise<void> {
  for await (const { target, exchange, statuses, problem } of fuzzHttp(seed, stand)) {
    counts.exchanges++;
    for (const status of statuses.length === 0 ? ['no answer'] : statuses) counts.answers.add(`${target} ${status}`);
    if (stand.lastWords() !== undefined) problemOfProcess(stand, counts);
    if (problem !== undefined && !counts.found.has(`${target} ${problem}`)) {
      counts.found.add(`${target} ${problem}`);
      progress('');
      process.stdout.write(`${JSON.stringify({ comment: `Found by the fuzzer: ${problem}.`, target, statuses, pieces: exchange.pieces })}\n`);
    }
    if (counts.exchanges % 100 === 0) progress(`${Math.round(box.elapsed())} s, ${counts.exchanges} exchanges, ${counts.found.size} findings`);
    if (box.isOver() || stand.lastWords() !== undefined) return;
  }
}

function problemOfProcess({ lastWords }: Stand, { found }: Counts): void {
  found.add('a process has ended');
  process.stdout.write(`${JSON.stringify({ comment: 'Found by the fuzzer: a process has ended.', stderr: lastWords() })}\n`);
}

/** What is left when nobody asks any more: no connection, and little more memory than in the beginning. */
async function sayHealth({ health, lastWords }: Stand, before: number, { found }: Counts): Promise<void> {
  const inMib = (octets: number): number => Math.round(octets / 1_048_576);
  if (lastWords() !== undefined) return;
  // A connection that was given up is noticed at the next turn, or when its time is over.
  let after = await health();
  for (let times = 0; times < 50 && (after?.connections ?? 0) > 0; times++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    after = await health();
  }
  if (after === undefined) return;
  say(`gateway: ${inMib(before)} MiB before, ${inMib(after.memory)} MiB after; ${after.connections} connections left\n`);
  if (after.memory > MOST_MEMORY) found.add('memory');
  if (after.connections > 0) found.add('connections that nobody has');
}
