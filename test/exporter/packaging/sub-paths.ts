import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const MANIFEST = join(import.meta.dirname, '../../../exporter/package.json');

/** What applications can import: `@logvitals/exporter`, `@logvitals/exporter/events`, … */
export const SPECIFIERS: readonly string[] = Object.keys(JSON.parse(readFileSync(MANIFEST, 'utf8')).exports)
  .filter((path) => !path.endsWith('.json'))
  .map((path) => path.replace('.', '@logvitals/exporter'));
