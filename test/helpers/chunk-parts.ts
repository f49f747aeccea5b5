import type { DayParts } from '../../receiver/store/embedded/block/block-source.ts';
import { DamagedBytesError } from '../../receiver/store/embedded/bytes.ts';
import type { Chunk } from '../../receiver/store/embedded/chunk/chunk.ts';
import { readResource, readScope } from '../../receiver/store/embedded/value-codec.ts';

/** A day that knows a chunk's tables, with their places as ids. */
export function chunkParts({ tables }: Chunk): DayParts {
  const resources = tables.resources.map((bytes) => ({ bytes, value: readResource(bytes) }));
  const scopes = tables.scopes.map((bytes) => ({ bytes, value: readScope(bytes) }));
  return {
    logger: (id) => known(tables.loggers, id),
    severity: (id) => known(tables.severities, id),
    resource: (id) => known(resources, id),
    scope: (id) => known(scopes, id),
  };
}

function known<T>(table: readonly T[], id: number): T {
  const part = table[id];
  if (part === undefined) throw new DamagedBytesError(`there is no part ${id} of ${table.length}`);
  return part;
}
