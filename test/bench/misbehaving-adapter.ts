/**
 * A library that does what no library should.
 *
 * @module
 */

import type { Adapter } from '../../bench/peers/adapter.ts';

export const adapter: Adapter = {
  name: 'misbehaving',
  role: 'peer',
  takes: 'keys',
  algorithms: ['RS256'],
  lacks: {},
  leeway: 'each',
  clock: 'injected',
  configuration: 'none',
  version: () => '1.0.0',
  open: () => ({
    prepare: () => (token) => {
      if (token === 'crash') process.exit(3);
      for (;;) {
        if (token !== 'hang') return {};
      }
    },
    claimsOf: (result) => result,
  }),
};
