/** Writes src/explain/codes.md: `npx tsx test/explain/write-codes.ts`. */
import { writeFileSync } from 'node:fs';
import { codesPage } from './codes-page.ts';

writeFileSync(new URL('../../src/explain/codes.md', import.meta.url), codesPage());
