import type { EventType } from './event.ts';
import { EventTypeName } from './event-type.tsx';
import { clockTime, dayAndTime, elapsed, exactTime, nameText, printable, rfc3339, shortened } from './format.ts';
import { Layout } from './layout.tsx';
import { link, recordPath } from './links.ts';
import { type MembersPart, MembersSummary, OtherMembers } from './members.tsx';
import type { PageContext } from './page.ts';
import type { RecordLine } from './record.ts';

/** A member of a group. */
export interface GroupMember extends RecordLine {
  readonly type: EventType | null;
  /** What started it, where that is another than of the member before. */
  readonly initiator: string | null;
  /** Its data as JSON on lines of its own; '' for none. */
  readonly data: string;
  /** Nanoseconds since the member before; null for the first of all. */
  readonly waited: bigint | null;
  /** Whether that was much longer than usual. */
  readonly isGap: boolean;
}

interface GroupPageProps {
  readonly page: PageContext;
  readonly id: string;
  /** In time order. */
  readonly members: readonly GroupMember[];
  readonly part: MembersPart;
  /** When the first of all happened. */
  readonly began: bigint;
  /** The same records as a search. */
  readonly explore: string;
}

const MESSAGE_LENGTH = 1000;
const DATA_LENGTH = 1000;

/** The events of a group in order, with the time that passed between them (PARITY.md P62). */
export function GroupPage({ page, id, members, part, began, explore }: GroupPageProps) {
  return (
    <Layout page={page} heading={`Group ${nameText(id)}`} section="audit">
      <p class="crumbs">
        <a href={link(page.base, '/audit', { kind: 'group' })}>← Event groups</a>
      </p>
      <div class="head">
        <div>
          <h1>
            Group <bdi class="id">{nameText(id)}</bdi>
          </h1>
          <p class="sub">
            <MembersSummary part={part} /> · began{' '}
            <time dateTime={rfc3339(began)} title={exactTime(began, page.zone)}>
              {dayAndTime(began, page.zone, page.now)}
            </time>
          </p>
        </div>
        <div class="tools">
          <a class="btn" href={explore}>
            Explore
          </a>
          <a class="btn" href={link(page.base, `/api/v1/groups/${encodeURIComponent(id)}`)}>
            JSON
          </a>
        </div>
      </div>
      <ol class="members" aria-label="Events of the group, oldest first">
        {members.map((member) => (
          <Member key={member.id} page={page} member={member} />
        ))}
      </ol>
      <OtherMembers part={part} />
    </Layout>
  );
}

const LEVEL_OF: Readonly<Record<string, string>> = { warning: 'WARN', critical: 'FATAL' };

function Member({ page, member }: { readonly page: PageContext; readonly member: GroupMember }) {
  const { timestamp, type, level, tone, initiator, data, waited, isGap } = member;
  // The level of most types is the type again.
  const hasLevel = type === null || ((LEVEL_OF[type.name] ?? type.name.toUpperCase()) !== level && tone !== 'plain');
  return (
    <li class={isGap ? `${tone} gap` : tone}>
      <p class="waited">
        {waited === null ? '' : elapsed(waited)}
        {isGap && <span class="sr">, a long wait</span>}
      </p>
      <div class="member">
        <p class="head-line">
          {type && <EventTypeName type={type} />}
          {hasLevel && <span class={`lv ${tone}`}>{nameText(level)}</span>}
          <time dateTime={rfc3339(timestamp)} title={exactTime(timestamp, page.zone)}>
            {clockTime(timestamp, page.zone)}
          </time>
          {initiator !== null && (
            <a href={link(page.base, '/audit', { kind: 'group', initiator })} title="Everything it started">
              by <bdi>{nameText(initiator)}</bdi>
            </a>
          )}
        </p>
        <p class="said">
          <a href={link(page.base, recordPath(member.id))} data-line>
            <bdi>{printable(shortened(member.body, MESSAGE_LENGTH)) || '(no message)'}</bdi>
          </a>
        </p>
        {data !== '' && <pre class="carries">{printable(shortened(data, DATA_LENGTH))}</pre>}
      </div>
    </li>
  );
}
