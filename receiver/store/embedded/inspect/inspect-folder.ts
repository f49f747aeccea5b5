import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Query } from '../../../query/tree.ts';
import { StoreError } from '../../errors.ts';
import type { Block } from '../block/block.ts';
import { type Day, fileNameOf } from '../day.ts';
import { dayPath, listDays } from '../folder.ts';
import { BytesByPart } from './bytes-by-part.ts';
import { InspectedDay, type Sums, sizeOf } from './inspect-day.ts';
import type { DayInspection, Inspection } from './inspection.ts';
import { Probe, probesFor } from './probes.ts';

/**
 * Looks at everything in a folder, whether a server has it open or not, and changes nothing. `own` is a query of the
 * caller's that the blocks are asked beside the made-up ones. Throws a StoreError when there is no such folder.
 */
export function inspectFolder(
  folder: string,
  own: { readonly text: string; readonly query: Query } | null,
): Inspection {
  if (!existsSync(folder)) throw new StoreError(`there is no storage folder ${folder}`);
  const sums: Sums = {
    parts: new BytesByPart(),
    loggers: new Map(),
    fill: { texts: { set: 0, bits: 0 }, keys: { set: 0, bits: 0 } },
  };
  const days = listDays(folder);
  const probes = newestSample(folder, days);
  if (own) probes.push(new Probe('the given query', own.text, own.query));
  const inspected = days.map((day) => inspectDay(folder, day, sums, probes));
  return {
    folder,
    bytes: folderBytes(folder),
    records: inspected.reduce((sum, { records }) => sum + records, 0),
    days: inspected,
    parts: sums.parts.list(),
    loggers: listLoggers(sums.loggers),
    fill: { texts: share(sums.fill.texts), keys: share(sums.fill.keys) },
    probes: probes.map(({ result }) => result),
  };
}

/** Probes with what the newest block holds. */
function newestSample(folder: string, days: readonly Day[]): Probe[] {
  for (const day of days.toReversed()) {
    const probes = InspectedDay.use(dayPath(folder, day), day, (inspected) => {
      const block: Block | null = inspected.newestBlock();
      return block && probesFor(block);
    });
    if (Array.isArray(probes)) return probes;
  }
  return probesFor(null);
}

function inspectDay(folder: string, day: Day, sums: Sums, probes: readonly Probe[]): DayInspection {
  const path = dayPath(folder, day);
  const inspected = InspectedDay.use(path, day, (open) => open.inspect(sums, probes));
  if (!('problem' in inspected)) return inspected;
  const bytes = sizeOf(path) + sizeOf(`${path}-wal`);
  sums.parts.add('days that cannot be read', bytes);
  return {
    day: fileNameOf(day).slice(0, -'.db'.length),
    bytes,
    records: 0,
    hot: { chunks: 0, records: 0, bytes: 0 },
    blocks: { count: 0, records: 0, bytes: 0, smallest: 0, largest: 0 },
    problems: [inspected.problem],
  };
}

function folderBytes(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { name }) => sum + sizeOf(join(folder, name)), 0);
}

function listLoggers(loggers: ReadonlyMap<string, number>): Inspection['loggers'] {
  return Array.from(loggers, ([key, records]) => {
    const [service, logger] = JSON.parse(key) as [string, string];
    return { service, logger, records };
  }).sort((one, other) => other.records - one.records);
}

const share = ({ set, bits }: { readonly set: number; readonly bits: number }): number => (bits === 0 ? 0 : set / bits);
