import { calendarDay, clockTime, elapsed, exactTime, oneLine, printable, rfc3339 } from './format.ts';
import { excerpt, Highlighted } from './highlight.tsx';
import type { PageContext } from './page.ts';
import type { RecordLine } from './record.ts';

interface RecordTableProps {
  readonly page: PageContext;
  readonly caption: string;
  readonly records: readonly RecordLine[];
  readonly href: (record: RecordLine) => string;
  readonly words?: readonly string[];
  /** Id of the record that stands open beside the table, or that the page is about. */
  readonly chosen?: string | undefined;
  /** False where all lines are of one logger. */
  readonly withLogger?: boolean;
  /** Time since the record before, in lists that are read forwards. */
  readonly withElapsed?: boolean;
}

const MESSAGE_LENGTH = 400;

/** Records as lines, in the order given. Each line is one link. */
export function RecordTable({
  page,
  caption,
  records,
  href,
  words = [],
  chosen,
  withLogger = true,
  withElapsed = false,
}: RecordTableProps) {
  return (
    <table class={withElapsed ? 'lines with-elapsed' : 'lines'} data-lines>
      <caption class="sr">{caption}</caption>
      <thead>
        <tr>
          <th scope="col" class="t">
            Time
          </th>
          {withElapsed && (
            <th scope="col" class="el">
              Elapsed
            </th>
          )}
          <th scope="col" class="l">
            Level
          </th>
          {withLogger && (
            <th scope="col" class="s">
              Logger
            </th>
          )}
          <th scope="col">Message</th>
        </tr>
      </thead>
      <tbody data-tail-rows>
        {records.map((record, index) => {
          const isChosen = record.id === chosen;
          return (
            <tr
              key={record.id}
              class={isChosen ? `${record.tone} chosen` : record.tone}
              data-group={record.groupId || undefined}
            >
              <td class="t">
                <time dateTime={rfc3339(record.timestamp)} title={exactTime(record.timestamp, page.zone)}>
                  <span class="d">{calendarDay(record.timestamp, page.zone, page.now)} </span>
                  {clockTime(record.timestamp, page.zone)}
                </time>
              </td>
              {withElapsed && (
                <td class="el">{index === 0 ? '' : elapsed(record.timestamp - records[index - 1]!.timestamp)}</td>
              )}
              <td class="l">
                <span class="lv">{oneLine(record.level)}</span>
              </td>
              {withLogger && (
                <td class="s">
                  <bdi>{printable(`${record.service} / ${record.logger}`)}</bdi>
                </td>
              )}
              <td class="m">
                <a href={href(record)} aria-current={isChosen ? 'true' : undefined} data-line>
                  <bdi>
                    <Message body={record.body} words={words} />
                  </bdi>
                </a>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Message({ body, words }: { readonly body: string; readonly words: readonly string[] }) {
  const text = oneLine(excerpt(body, words, MESSAGE_LENGTH));
  return text === '' ? <span class="none">(no message)</span> : <Highlighted text={text} words={words} />;
}
