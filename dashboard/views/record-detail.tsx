import { type ComponentChildren, Fragment } from 'preact';
import { Diff } from './diff.tsx';
import { EventTypeName } from './event-type.tsx';
import { exact, exactTime, oneLine, printable, rfc3339, shortened } from './format.ts';
import { Highlighted } from './highlight.tsx';
import { groupHref, link, objectHref, recordPath } from './links.ts';
import { LoggerName } from './logger-name.tsx';
import type { PageContext } from './page.ts';
import type { Property, RecordDetail } from './record.ts';
import { Stack } from './stack.tsx';

interface RecordDetailProps {
  readonly page: PageContext;
  readonly record: RecordDetail;
  /** Characters of a body shown at first (P8). */
  readonly previewLength: number;
  /** The whole body, however long. */
  readonly full: boolean;
  /** Searched words, to be marked. */
  readonly words: readonly string[];
  /** The record's own page has its name as the page's heading. */
  readonly heading: 'h1' | 'h2';
}

/** A record with everything known of it: in the panel beside the table, and as a page of its own. */
export function RecordView({ page, record, previewLength, full, words, heading: Heading }: RecordDetailProps) {
  const { exception } = record;
  const Section = Heading === 'h1' ? 'h2' : 'h3';
  return (
    <article class="record" aria-labelledby="record-name">
      <Heading id="record-name" class="name">
        <span class={`lv ${record.tone}`}>{printable(record.level)}</span>{' '}
        {record.eventType && (
          <>
            <EventTypeName type={record.eventType} />{' '}
          </>
        )}
        <LoggerName service={record.service} logger={record.logger} />
      </Heading>
      <p class="sub">
        <time dateTime={rfc3339(record.timestamp)} title={rfc3339(record.timestamp)}>
          {exactTime(record.timestamp, page.zone)}
        </time>
      </p>
      <Body page={page} record={record} previewLength={previewLength} full={full} words={words} />
      <Actions page={page} record={record} />
      {record.changes && (
        <section class="diff-room">
          <Section>Changes</Section>
          <Diff
            changes={record.changes}
            full={full}
            href={link(page.base, recordPath(record.id), { full: '1' })}
            json={jsonHref(page.base, record.id)}
          />
        </section>
      )}
      {record.structures.map(({ title, text }) => (
        <section key={title} class="data">
          <Section>{title}</Section>
          <Structure page={page} record={record} text={text} full={full} />
        </section>
      ))}
      {exception && (
        <section class="exception">
          <Section>Exception</Section>
          {(exception.type || exception.message) && (
            <p class="cause">
              {exception.type && <b>{printable(exception.type)}</b>}
              {exception.type && exception.message && ': '}
              <Highlighted text={printable(exception.message)} words={words} />
            </p>
          )}
          {exception.stacktrace && <Stack stacktrace={exception.stacktrace} words={words} />}
        </section>
      )}
      <div class="facts">
        <Properties page={page} heading={Section} title="Attributes" properties={record.attributes} />
        {record.droppedAttributesCount > 0 && (
          <p class="sub">{exact(record.droppedAttributesCount)} more attributes were dropped by the sender.</p>
        )}
        <Identity page={page} heading={Section} record={record} />
        <Properties page={page} heading={Section} title="Resource" properties={record.resource} />
        <Properties page={page} heading={Section} title="Scope" properties={record.scope} />
      </div>
    </article>
  );
}

type BodyProps = Omit<RecordDetailProps, 'heading'>;

function Body({ page, record, previewLength, full, words }: BodyProps) {
  const { body } = record;
  const cut = !full && body.length > previewLength;
  return (
    <>
      <div class={`msg ${record.tone}`}>
        {body === '' ? (
          <span class="none">(no message)</span>
        ) : (
          <Highlighted text={printable(cut ? shortened(body, previewLength) : body)} words={words} />
        )}
      </div>
      {cut && (
        <p class="more">
          {exact(previewLength)} of {exact(body.length)} characters.{' '}
          <a href={link(page.base, recordPath(record.id), { full: '1' })}>Show all</a>
        </p>
      )}
    </>
  );
}

/** Characters of JSON shown until all are asked for. */
const STRUCTURE_LENGTH = 2000;

function Structure({
  page,
  record,
  text,
  full,
}: Pick<BodyProps, 'page' | 'record' | 'full'> & { readonly text: string }) {
  const cut = !full && text.length > STRUCTURE_LENGTH;
  return (
    <>
      <pre class="msg">{printable(cut ? shortened(text, STRUCTURE_LENGTH) : text)}</pre>
      {cut && (
        <p class="more">
          {exact(STRUCTURE_LENGTH)} of {exact(text.length)} characters.{' '}
          <a href={link(page.base, recordPath(record.id), { full: '1' })}>Show all</a>
        </p>
      )}
    </>
  );
}

const jsonHref = (base: string, id: string): string => link(base, `/api/v1${recordPath(id)}`);

function Actions({ page, record }: Pick<BodyProps, 'page' | 'record'>) {
  const path = recordPath(record.id);
  return (
    <p class="acts">
      <a class="btn" href={link(page.base, `${path}/context`)} title="What this logger said before and after">
        Context
      </a>
      {record.traceId && (
        <a class="btn" href={link(page.base, `/traces/${record.traceId}`)} title="All records of the same trace">
          Trace
        </a>
      )}
      {record.groupId && (
        <a class="btn" href={groupHref(page.base, record.groupId)} title="All records of the same group">
          Group
        </a>
      )}
      {record.object?.type && record.object.id && (
        <a
          class="btn"
          href={objectHref(page.base, { type: record.object.type, id: record.object.id })}
          title={`Everything about ${oneLine(`${record.object.type} ${record.object.id}`)}`}
        >
          Object
        </a>
      )}
      {record.actor?.id && (
        <a
          class="btn"
          href={link(page.base, '/audit', { actor: record.actor.id })}
          title={`What ${oneLine(record.actor.name)} did`}
        >
          User
        </a>
      )}
      <a class="btn" href={link(page.base, path)} data-copy-link>
        <span class="can-copy">Copy link</span>
        <span class="cannot-copy">Link</span>
      </a>
      <a class="btn" href={jsonHref(page.base, record.id)}>
        JSON
      </a>
    </p>
  );
}

interface PropertiesProps {
  readonly page: PageContext;
  readonly heading: 'h2' | 'h3';
  readonly title: string;
  readonly properties: readonly Property[];
}

function Properties({ page, heading: Heading, title, properties }: PropertiesProps) {
  if (properties.length === 0) return null;
  return (
    <section class="props">
      <Heading>{title}</Heading>
      <dl>
        {properties.map(({ key, text, query }) => (
          <Fact key={key} name={oneLine(key) || '(empty key)'}>
            <Value page={page} text={text} query={query} />
          </Fact>
        ))}
      </dl>
    </section>
  );
}

function Value({
  page,
  text,
  query,
}: {
  readonly page: PageContext;
  readonly text: string;
  readonly query: string | null;
}) {
  if (text === '') return <span class="none">(empty)</span>;
  if (query === null) return <>{printable(text)}</>;
  return (
    <a href={link(page.base, '/logs', { q: query })} title="Find records that have the same">
      {printable(text)}
    </a>
  );
}

/** What OpenTelemetry says of the record beside its attributes, and the ids to find it again by. */
function Identity({
  page,
  heading: Heading,
  record,
}: Omit<PropertiesProps, 'title' | 'properties'> & Pick<BodyProps, 'record'>) {
  const { severityNumber, eventName, traceId, spanId, flags, groupId, observedTimestamp, timestamp } = record;
  return (
    <section class="props">
      <Heading>Record</Heading>
      <dl>
        <Fact name="severity">{severityNumber === 0 ? 'unspecified' : severityNumber}</Fact>
        {observedTimestamp !== timestamp && <Fact name="observed">{exactTime(observedTimestamp, page.zone)}</Fact>}
        {eventName && <Fact name="event">{printable(eventName)}</Fact>}
        {traceId && (
          <Fact name="trace">
            <a href={link(page.base, `/traces/${traceId}`)}>{traceId}</a>
          </Fact>
        )}
        {spanId && <Fact name="span">{spanId}</Fact>}
        {flags > 0 && <Fact name="flags">{flags}</Fact>}
        {groupId && (
          <Fact name="group">
            <a href={groupHref(page.base, groupId)}>{printable(groupId)}</a>
          </Fact>
        )}
        <Fact name="id">
          <a href={link(page.base, recordPath(record.id))}>{record.id}</a>
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <>
      <dt>
        <bdi>
          {breakable(name).map((part, index) => (
            <Fragment key={index}>
              {index > 0 && <wbr />}
              {part}
            </Fragment>
          ))}
        </bdi>
      </dt>
      <dd>
        <bdi>{children}</bdi>
      </dd>
    </>
  );
}

/** A long key wraps where it is read apart: `http.response.` and `status_code`. */
const breakable = (key: string): string[] => key.split(/(?<=[./:])(?=.)/s);
