/**
 * The control: a version of fast-jwt with published vulnerabilities. A matrix in which it does not light up measures
 * nothing.
 *
 * @module
 */

import type { Adapter } from '../adapter.ts';
import { fastJwtAdapter } from './fast-jwt.ts';

export const adapter: Adapter = fastJwtAdapter('fast-jwt-5.0.5', 'control');
