import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { TimeZone } from '../../../dashboard/health/time-zone.ts';
import { CommandError } from '../../commands/command.ts';
import type { AnyValue, KeyValueList } from '../../record/any-value.ts';
import { isUnreadable, readLines } from '../lines.ts';
import { convertAuditLine } from './activity-audit-lines.ts';
import { parseJsonValue } from './json-value.ts';
import type { LegacyFault, LegacyRecord } from './legacy-record.ts';
import type { LegacySource } from './legacy-source.ts';

/** Longer lines are refused; the package cuts nothing. */
const LONGEST_LINE = 16 * 1024 * 1024;

/** Lines whose repetitions are counted: equal ones bear the same millisecond, so they stand close together. */
const MOST_LINES_HELD = 10_000;

/** Files of django-activity-audit 1.2, whichever of its three handlers wrote them. */
export async function openActivityAudit(file: string, zone: TimeZone): Promise<LegacySource> {
  const { size } = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`${JSON.stringify(file)} can't be read (${error.code})`);
  });
  return {
    size,
    async *read(onRead) {
      try {
        yield* recordsOf(file, zone, onRead);
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        yield { fault: `${file} can't be read on: ${error.message}` };
      }
    },
    async close() {},
  };
}

async function* recordsOf(
  file: string,
  zone: TimeZone,
  onRead: (bytes: number) => void,
): AsyncGenerator<LegacyRecord | LegacyFault> {
  const repeats = new Repeats();
  for await (const { number, bytes } of readLines(file, LONGEST_LINE, onRead)) {
    const place = `${file}:${number}`;
    if (bytes === null) yield { fault: `${place}: the line is longer than ${LONGEST_LINE} bytes` };
    else yield recordOf(bytes, place, zone, repeats);
  }
}

function recordOf(bytes: Buffer, place: string, zone: TimeZone, repeats: Repeats): LegacyRecord | LegacyFault {
  const line = parseLine(bytes);
  if (line === null) return { fault: `${place}: the line is no JSON object` };
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
  const repeat = repeats.count(digest);
  const record = convertAuditLine(line, `django-activity-audit:${digest}${repeat === 0 ? '' : `:${repeat}`}`, zone);
  return record ?? { fault: `${place}: the line has no time` };
}

/** How often a line was seen shortly before: the same twice is two records, at each import. */
class Repeats {
  readonly #counts = new Map<string, number>();

  count(digest: string): number {
    const count = this.#counts.get(digest) ?? 0;
    this.#counts.delete(digest);
    this.#counts.set(digest, count + 1);
    if (this.#counts.size > MOST_LINES_HELD) this.#counts.delete(this.#counts.keys().next().value!);
    return count;
  }
}

/** Python writes numbers into its JSON that JSON has not: they become texts. */
const withoutNonNumbers = (json: string): string =>
  /NaN|Infinity/.test(json)
    ? json.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (part) => (part.startsWith('"') ? part : `"${part}"`))
    : json;

function parseLine(bytes: Buffer): KeyValueList | null {
  try {
    const value: AnyValue = parseJsonValue(withoutNonNumbers(bytes.toString()));
    return value instanceof Map ? value : null;
  } catch {
    return null;
  }
}
