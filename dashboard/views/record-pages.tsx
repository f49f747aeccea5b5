import { exact, oneLine } from './format.ts';
import { Layout } from './layout.tsx';
import { link, recordPath } from './links.ts';
import { LoggerName } from './logger-name.tsx';
import { type MembersPart, MembersSummary, OtherMembers } from './members.tsx';
import type { PageContext } from './page.ts';
import type { RecordDetail, RecordLine } from './record.ts';
import { RecordView } from './record-detail.tsx';
import { RecordTable } from './record-table.tsx';

interface RecordPageProps {
  readonly page: PageContext;
  readonly record: RecordDetail;
  readonly previewLength: number;
  readonly full: boolean;
}

/** One record at its lasting address. */
export function RecordPage({ page, record, previewLength, full }: RecordPageProps) {
  const { service, logger } = record;
  return (
    <Layout page={page} heading={titleOf(record)} section="explore">
      <p class="crumbs">
        <a href={link(page.base, '/logs', { service, logger })}>
          ← All of <LoggerName service={service} logger={logger} />
        </a>
      </p>
      <div class="sheet">
        <RecordView page={page} record={record} previewLength={previewLength} full={full} words={[]} heading="h1" />
      </div>
    </Layout>
  );
}

function titleOf({ level, body }: RecordLine): string {
  return `${oneLine(level)} ${oneLine(body).slice(0, 80)}`;
}

interface ContextPageProps {
  readonly page: PageContext;
  readonly record: RecordDetail;
  /** In time order, the record itself among them. */
  readonly records: readonly RecordLine[];
  /** How many neighbours are shown on each side, and the link that shows more; null when there can be no more. */
  readonly neighbours: number;
  readonly more: string | null;
}

/** A record among its neighbours in the same logger. */
export function ContextPage({ page, record, records, neighbours, more }: ContextPageProps) {
  const { service, logger } = record;
  return (
    <Layout page={page} heading={`Context of ${titleOf(record)}`} section="explore" wide>
      <p class="crumbs">
        <a href={link(page.base, recordPath(record.id))}>← The record</a>
      </p>
      <h1>
        Context in <LoggerName service={service} logger={logger} />
      </h1>
      <p class="sub">
        The record with up to {exact(neighbours)} before and after it, oldest first.{' '}
        {more && <a href={more}>Show more</a>}
      </p>
      <div class="tbl">
        <RecordTable
          page={page}
          caption="The record and its neighbours, oldest first"
          records={records}
          chosen={record.id}
          withLogger={false}
          withElapsed
          href={({ id }) => link(page.base, recordPath(id))}
        />
      </div>
    </Layout>
  );
}

interface TracePageProps {
  readonly page: PageContext;
  readonly id: string;
  /** In time order. */
  readonly records: readonly RecordLine[];
  readonly part: MembersPart;
}

/** The records of a trace in order, with the time between them. */
export function TracePage({ page, id, records, part }: TracePageProps) {
  return (
    <Layout page={page} heading={`Trace ${oneLine(id)}`} section="explore" wide>
      <h1>
        Trace <bdi class="id">{oneLine(id)}</bdi>
      </h1>
      <p class="sub">
        <MembersSummary part={part} />
      </p>
      <div class="tbl">
        <RecordTable
          page={page}
          caption="Records of the trace, oldest first"
          records={records}
          withElapsed
          href={(record) => link(page.base, recordPath(record.id))}
        />
      </div>
      <OtherMembers part={part} />
    </Layout>
  );
}
