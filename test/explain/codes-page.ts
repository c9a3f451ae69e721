/**
 * The page of all refusal codes and their advice, `codes.md`, made out of the tables that `explain` prints from.
 *
 * @module
 */

import { REFUSALS } from '../../src/jose/errors.ts';
import { listAdvice } from '../../src/explain/advice.ts';
import { listFindingAdvice } from '../../src/explain/finding-advice.ts';

const PREAMBLE = `\
# Refusal codes

Every reason for which a token is refused: the code, the rule behind it, and what \`assay explain\` prints beside the
steps. Where something in the token settles the cause, [what was found](#what-was-found) is printed in its place.
Generated from [advice.ts](advice.ts), [claim-advice.ts](claim-advice.ts) and [finding-advice.ts](finding-advice.ts) by
\`npx tsx test/explain/write-codes.ts\`; a test compares them.
`;

/** The whole page, as Markdown. */
export function codesPage(): string {
  const rows = listAdvice();
  const contents = rows.filter(({ claim }) => claim === undefined).map(({ code }) => `[\`${code}\`](#${code})`);
  return [PREAMBLE, `${contents.join(' ·\n')}\n`, ...rows.map(section), foundSection()].join('\n');
}

function section({ code, claim, lookedAt, likelyCause, nextStep }: ReturnType<typeof listAdvice>[number]): string {
  const [rule, meaning] = REFUSALS[code];
  const title = claim === undefined ? `## ${code}\n\n${sentence(meaning)} (${rule})\n` : `### ${code}: \`${claim}\`\n`;
  return [
    title,
    `- **Looked at:** ${escapeMarkdown(lookedAt)}`,
    `- **Likely cause:** ${escapeMarkdown(likelyCause)}`,
    `- **Next step:** ${escapeMarkdown(nextStep)}`,
    '',
  ].join('\n');
}

function foundSection(): string {
  const rows = listFindingAdvice().map(({ kinds, likelyCause, nextStep }) =>
    `| ${kinds.map((kind) => `\`${kind}\``).join(' ')} | ${escapeMarkdown(likelyCause)} | ${escapeMarkdown(nextStep)} |`);
  return ['## What was found', '', '| Found | Likely cause | Next step |', '|---|---|---|', ...rows, ''].join('\n');
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function escapeMarkdown(text: string): string {
  return text.replace(/[_*<>[\]]/g, '\\$&');
}
