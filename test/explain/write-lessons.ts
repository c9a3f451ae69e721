/** Writes src/explain/lessons.md and its drawings: `npx tsx test/explain/write-lessons.ts`. */
import { writeFileSync } from 'node:fs';
import { flowDrawing, tokenDrawing } from './lesson-drawings.ts';
import { lessonsPage } from './lessons-page.ts';

const folder = new URL('../../src/explain/', import.meta.url);
writeFileSync(new URL('lessons.md', folder), lessonsPage());
writeFileSync(new URL('token.svg', folder), tokenDrawing());
writeFileSync(new URL('flow.svg', folder), flowDrawing());
