import { type RawBuilder, sql } from 'kysely';
import { ERROR_FROM, WARNING_FROM } from '../../../record/severity.ts';
import { valueText } from '../../../record/value-text.ts';
import { formatId } from '../../common/ids.ts';
import { ISSUE_BODY_LENGTH, type Issue } from '../../store.ts';
import type { Connection, WorkOptions } from '../connection.ts';
import { readExact } from '../exact.ts';
import type { RecordColumns } from '../row-record.ts';
import { joinTime } from '../time.ts';
import { readByDays } from './by-days.ts';
import { inOrder, isWithinUnnested, type TimeRange, unnestedRanges } from './time-range.ts';

/** Where a logger's newest issue is to be looked for. */
export interface IssuePlace extends TimeRange {
  readonly loggerId: number;
}

/** Texts beyond this are not read for the sake of their first characters. */
const LONGEST_EXACT = 100_000;

type IssueRow = Pick<RecordColumns, 'time' | 'ns' | 'sequence' | 'severity_number' | 'severity_text' | 'exact'> & {
  readonly logger_id: number;
  readonly body: string | null;
};

/** The newest warning or error of each logger at its place, by logger id. */
export function newestIssues(connection: Connection, places: readonly IssuePlace[], options: WorkOptions) {
  return newestFrom(connection, WARNING_FROM, places, options);
}

/** The newest error of each logger at its place, by logger id. */
export function newestErrors(connection: Connection, places: readonly IssuePlace[], options: WorkOptions) {
  return newestFrom(connection, ERROR_FROM, places, options);
}

async function newestFrom(
  connection: Connection,
  severityFrom: number,
  places: readonly IssuePlace[],
  options: WorkOptions,
): Promise<Map<number, Issue>> {
  // The severity is no parameter, so that the partial index fits.
  const select = (ofDay: readonly IssuePlace[]): RawBuilder<IssueRow> => sql`
    select places.logger_id, newest.*
    from ${unnestedRanges(ofDay, ({ loggerId }) => loggerId)} as places (from_time, from_ns, to_time, to_ns, logger_id)
    cross join lateral (
      select time, ns, sequence, severity_number, severity_text, left(body, ${sql.lit(ISSUE_BODY_LENGTH)}) as body,
        case when octet_length(exact) < ${sql.lit(LONGEST_EXACT)} then exact end as exact
      from ${sql.raw(`${connection.schema}.record`)} as record
      where record.logger_id = places.logger_id and severity_number >= ${sql.lit(severityFrom)}
        and ${isWithinUnnested(ofDay)}
      order by ${inOrder('newest')} limit 1
    ) as newest`;
  const rows = await readByDays(connection, places, select, options);
  return new Map(rows.map((row) => [row.logger_id, issueOf(row)]));
}

function issueOf(row: IssueRow): Issue {
  const timestamp = joinTime(row.time, row.ns);
  const exact = row.exact === null ? {} : readExact(row.exact);
  const body = exact.body === undefined ? (row.body ?? '') : valueText(exact.body);
  return {
    id: formatId(timestamp, row.sequence),
    timestamp,
    severityNumber: row.severity_number,
    severityText: exact.severityText ?? row.severity_text ?? '',
    body: body.slice(0, ISSUE_BODY_LENGTH),
  };
}
