import { createGoogleVerifier, type KeySet } from '../../../src/index.ts';

declare const keys: KeySet;
const google = createGoogleVerifier({ audience: 'a', keys });
export const jwt = google.verify('a.b.c', { nonce: undefined }); // refused: it would turn the check off
