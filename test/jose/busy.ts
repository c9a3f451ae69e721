/**
 * How long the processor is busy with something. On a busy machine the clock on the wall tells of its other work as well.
 *
 * @module
 */

/** Milliseconds of this process's own. */
export async function busyTime(run: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
