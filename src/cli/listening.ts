/**
 * Where a command that is a server listens, and what can be wrong with that.
 *
 * @module
 */

import { UsageError } from './usage-error.ts';

const MAX_PORT = 65_535;

const LISTEN_FAILURES: ReadonlyMap<unknown, string> = new Map([
  ['EADDRINUSE', 'the port is taken'],
  ['EACCES', 'permission denied'],
  ['EADDRNOTAVAIL', 'this machine does not have the address'],
]);

/**
 * Reads the port to listen on: --port, or else PORT of the environment, where hosts of servers put it. 0, where neither
 * is given, leaves the choice to the system.
 *
 * @throws {UsageError} for anything but a number from 0 to 65535.
 */
export function readPort(option: string | undefined, env: Readonly<Record<string, string | undefined>>): number {
  const [text, name] = option === undefined ? [env['PORT'] || '0', 'PORT'] : [option, '--port'];
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Infinity;
  if (port > MAX_PORT) throw new UsageError(`${name} expected a number from 0 to ${MAX_PORT}`);
  return port;
}

/**
 * Has a server listen.
 *
 * @throws {UsageError} when the port cannot be had, or the host is not one to listen on.
 */
export async function listenOrUsage<T>(listen: () => Promise<T>): Promise<T> {
  try {
    return await listen();
  } catch (error) {
    const { message } = error instanceof TypeError ? error : { message: '' };
    if (message.startsWith('"host"')) throw new UsageError(message.replace('"host"', '--host'));
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (typeof code !== 'string') throw error;
    throw new UsageError(`cannot listen: ${LISTEN_FAILURES.get(code) ?? code}`);
  }
}
