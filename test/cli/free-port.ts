/**
 * A port for programs that cannot be given port 0, or are started on it again.
 *
 * @module
 */

import { once } from 'node:events';
import { createServer } from 'node:net';

/** Systems take the ports that they choose themselves, and those of connections that go out, from above these. */
const [FIRST, PORTS] = [12_000, 20_000];

/** @returns a port that is free, and that nobody is given by chance while it is not yet, or not any more, listened on. */
export async function freePort(): Promise<number> {
  for (let tries = 0; ; tries += 1) {
    const port = FIRST + Math.floor(Math.random() * PORTS);
    const server = createServer();
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening');
      server.close();
      await once(server, 'close');
      return port;
    } catch (error) {
      if (tries === 100) throw error;
    }
  }
}
