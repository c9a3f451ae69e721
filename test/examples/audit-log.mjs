/**
 * Asks of every token in a log whether it was good when it was used: after an incident, or before a stricter verifier.
 *
 *   node audit-log.mjs ISSUER AUDIENCE keys.json < log.jsonl
 *
 * A line is an object with "time" (seconds since 1970) and "token". What is printed holds no token: for each reason how often, and
 * the first lines. Exit status 1 if any token was not good.
 */

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createKeySet, createVerifier } from 'jwt-assay';

const [issuer, audience, keyFile] = process.argv.slice(2);
const FIRST = 5;

let time = 0;
const verifier = createVerifier({
  issuer,
  audience,
  keys: createKeySet(JSON.parse(readFileSync(keyFile, 'utf8'))),
  clock: () => time, //                                  the line's, not ours
  cache: { maxTokens: 100_000 }, //                      most logs have each token many times
});

/** By reason: how many, and where first. */
const reasons = new Map();

function count(reason, line) {
  const row = reasons.get(reason) ?? { count: 0, lines: [] };
  row.count += 1;
  if (row.lines.length < FIRST) row.lines.push(line);
  reasons.set(reason, row);
}

/** The reason why a line's token was not good, or undefined. */
function judge(text) {
  let entry;
  try {
    entry = JSON.parse(text);
  } catch {
    return 'line_not_json';
  }
  const usedAt = entry?.time;
  if (typeof usedAt !== 'number' || usedAt > 1e11) return 'line_without_time'; // that many are milliseconds
  time = usedAt;
  let reason;
  verifier.tryVerifySync(entry.token, { onRefused: ({ code, rule }) => void (reason = `${code} (${rule})`) });
  return reason;
}

let lines = 0;
for await (const text of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  lines += 1;
  const reason = judge(text);
  if (reason !== undefined) count(reason, lines);
}

for (const [reason, { count: many, lines: first }] of [...reasons].sort(([, a], [, b]) => b.count - a.count)) {
  console.log(`${many} ${reason}, first in line ${first.join(', ')}`);
}
console.log(`${lines} lines, ${[...reasons.values()].reduce((sum, row) => sum + row.count, 0)} refused`);
process.exitCode = reasons.size === 0 ? 0 : 1;
