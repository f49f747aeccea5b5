/** The one build step tsc has no hand in: style sheets and icons go beside the built dashboard. */
import { cpSync } from 'node:fs';

cpSync('dashboard/assets', 'dist/dashboard/assets', { recursive: true });
