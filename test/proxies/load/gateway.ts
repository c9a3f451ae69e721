/**
 * The gateway under load and the service behind it, each in a process of its own.
 *
 * @module
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { NODE } from '../../cli/processes.ts';
import { startAssay, until, type Assay, type World } from '../../server/world.ts';

const SERVICE = fileURLToPath(new URL('service.ts', import.meta.url));

/** Starts the service, and returns its address. */
export async function startLoadedService(world: World): Promise<string> {
  // What runs our sources runs this one too.
  const [node = '', ...argv] = NODE.slice(0, -1);
  const child = spawn(node, [...argv, SERVICE], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  world.later(async () => {
    child.stdin.end();
    await ended;
  });
  let written = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written += text));
  return until(() => /^(http:\/\/\S+)\n/.exec(written)?.[1], child);
}

/** What users run: the loader that runs our sources wraps every function that is made, which a request pays for. */
export const BUILT: readonly string[] = [process.execPath, fileURLToPath(new URL('../../../dist/cli/assay.js', import.meta.url))];

/** Starts a gateway before it. @param words start the executable: {@link BUILT}, or from source */
export function startLoadedGateway(
  world: World,
  upstream: string,
  words: readonly string[],
  ...more: readonly string[]
): Promise<Assay> {
  return startAssay(world, ['gateway', '--openapi', world.document, '--allow-loopback-http', '--upstream', upstream,
    '--claim-header', 'sub=X-Auth-Subject', '--admin-port', '0', '--no-access-log', ...more], '', words);
}

/** One sample of a process's own figures. */
export interface Figures {
  /** Octets. */
  readonly memory: number;
  /** Seconds. */
  readonly cpu: number;
}

export async function figuresOf({ adminUrl }: Assay): Promise<Figures> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  const sample = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  return { memory: sample('process_resident_memory_bytes'), cpu: sample('process_cpu_seconds_total') };
}
