import type { Inspection } from '../store/embedded/inspect/inspection.ts';
import { countOf } from './count.ts';
import { visible } from './visible.ts';

/** Of long lists so many are shown; `--format json` has all. */
const SHOWN = 30;

/** An inspection for people to read in a terminal. Nothing in it can act on the terminal. */
export function inspectionText(inspection: Inspection): string {
  const { folder, bytes, records, days } = inspection;
  const perRecord = (part: number) => (records === 0 ? '' : (part / records).toFixed(2));
  const head = [countOf(records, 'record'), countOf(days.length, 'day'), size(bytes)];
  const problems = days.flatMap(({ day, problems }) => problems.map((problem) => `${day}: ${visible(problem)}`));
  return [
    `${visible(folder)}: ${head.join(', ')}${records === 0 ? '' : `, ${perRecord(bytes)} bytes a record`}`,
    ...(problems.length > 0 ? ['', ...shown(problems)] : []),
    '',
    ...table(
      ['day', 'records', 'bytes', 'a record', 'blocks', 'smallest', 'largest', 'hot chunks', 'hot records'],
      days.map(({ day, records, bytes, blocks, hot }) => [
        day,
        number(records),
        size(bytes),
        records === 0 ? '' : (bytes / records).toFixed(1),
        number(blocks.count),
        number(blocks.smallest),
        number(blocks.largest),
        number(hot.chunks),
        number(hot.records),
      ]),
    ),
    '',
    ...table(
      ['bytes of', 'bytes', 'a record'],
      inspection.parts.map((part) => [visible(part.name), size(part.bytes), perRecord(part.bytes)]),
    ),
    '',
    ...table(
      ['logger', 'records'],
      inspection.loggers.map(({ service, logger, records }) => [
        `${visible(service)} / ${visible(logger)}`,
        number(records),
      ]),
    ),
    '',
    `Of the filters' bits are set: texts ${percent(inspection.fill.texts)}, keys ${percent(inspection.fill.keys)}.`,
    '',
    ...table(
      ['blocks, when asked for', 'all', 'opened', 'with a match', 'records'],
      inspection.probes.map(({ name, query, blocks, opened, matching, records }) => [
        `${name}: ${visible(query)}`,
        number(blocks),
        number(opened),
        number(matching),
        number(records),
      ]),
    ),
    '',
  ].join('\n');
}

/** The first column to the left, the others to the right. */
function table(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [titles, ...shownRows(rows)];
  const widths = titles.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}

const shown = (lines: readonly string[]): string[] => shownRows(lines.map((line) => [line])).map(([line]) => line!);

function shownRows(rows: readonly (readonly string[])[]): (readonly string[])[] {
  const more = rows.length - SHOWN;
  return more > 0 ? [...rows.slice(0, SHOWN), [`… ${more} more; --format json has all`]] : [...rows];
}

const number = (value: number): string => value.toLocaleString('en');

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

function size(bytes: number): string {
  if (bytes < 10_000) return `${bytes} B`;
  return bytes < 10_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
