/**
 * The life of a server that stands in front of a service: it listens, says where, and drains when it is asked to end.
 *
 * @module
 */

import type { Listener } from '../server/listener.ts';
import type { Arguments } from './arguments.ts';
import { EXIT, type ExitStatus } from './exit-status.ts';
import { listenOrUsage, readPort } from './listening.ts';
import { readSeconds, type Service, type SERVICE_OPTIONS } from './service-options.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/**
 * Listens until it is stopped.
 *
 * The first line on standard output is the address alone. Keys are fetched meanwhile: that they cannot be had delays
 * nothing, and /readyz tells.
 *
 * @throws {UsageError} when a port cannot be had.
 */
export async function serveUntilStopped(
  args: Arguments<keyof typeof SERVICE_OPTIONS>,
  terminal: Terminal,
  service: Service,
  listen: (port: number, host: string) => Promise<Listener>,
): Promise<ExitStatus> {
  const { stdout, stderr, env, whenStopped, outliveOutputs } = terminal;
  const host = args.one('host') ?? '127.0.0.1';
  const port = readPort(args.one('port'), env);
  const adminText = args.one('admin-port');
  const adminPort = adminText === undefined ? undefined : readAdminPort(adminText);
  const grace = readSeconds(args, 'drain', 0, 3600) ?? 10;
  // Before it listens: whoever reads its address may stop it at once.
  const stopped = whenStopped();
  const { listenAdmin } = await import('../server/admin.ts');
  const listener = await listenOrUsage(() => listen(port, host));
  const parts = { metrics: service.metrics, keys: service.keys, listener };
  const admin = adminPort === undefined ? undefined : await listenOrUsage(() => listenAdmin(adminPort, host, parts))
    .catch(async (error: unknown) => {
      await listener.drain(0);
      throw error;
    });
  service.keys.prefetch();
  // Nobody could use a server whose address was not told. What comes after that is its log.
  stdout.write(`${listener.url}\n`, (error) => {
    if (!error) outliveOutputs?.();
  });
  if (admin !== undefined) stderr.write(`admin ${admin.url}\n`);
  await stopped;
  await listener.drain(grace);
  await admin?.drain(0);
  service.flush();
  return EXIT.accepted;
}

function readAdminPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Infinity;
  if (port > 65_535) throw new UsageError('--admin-port expected a number from 0 to 65535');
  return port;
}
