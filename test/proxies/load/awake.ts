/**
 * Cores that do not sleep.
 *
 * @module
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, constants, setPriority } from 'node:os';
import type { World } from '../../server/world.ts';

/** Ends by itself where its parent has ended without ending it. */
const SPIN = 'const parent = process.ppid; for (let n = 0; process.ppid === parent;) for (let i = 0; i < 1e6; i += 1) n += i;';

/**
 * Keeps every core awake, by work that gives way to all other.
 *
 * Who writes to a process whose core has gone to sleep pays for waking it, in a virtual machine several microseconds. The service and
 * the clients sleep the more, the slower the gateway is: it would be charged once for its work, and once more for having taken its time.
 */
export function keepAwake(world: World): void {
  for (let core = 0; core < availableParallelism(); core += 1) {
    const child = spawn(process.execPath, ['-e', SPIN], { stdio: 'ignore' });
    const ended = once(child, 'close');
    world.later(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  }
}
