import { createGoogleVerifier, type KeySet } from '../../../src/index.ts';

declare const keys: KeySet;
const google = createGoogleVerifier({ audience: 'a', keys });
export const jwt = google.verifySync('a.b.c', { forceKeyRefresh: true }); // refused: a fetch takes time
