import { formatQuery } from '../../receiver/query/format.ts';
import { fieldEquals } from '../../receiver/query/tree.ts';
import type { StoredRecord } from '../../receiver/record/log-record.ts';
import { attributeText } from '../events/attribute-text.ts';
import { eventDetails } from '../events/event.ts';
import { prettyJson } from '../events/structured.ts';
import { type GroupMember, GroupPage } from '../views/group.tsx';
import { groupHref, link } from '../views/links.ts';
import { eventType } from './event-parts.ts';
import { loadShownMembers, membersPart } from './members.ts';
import { type PageRequest, pageContext } from './page-context.ts';
import { recordLine } from './record-props.ts';
import { sendPage } from './send-page.ts';
import type { Site } from './site.ts';

/** `/groups/ID`: the events of a group in order. */
export function groupRoute(site: Site) {
  return async (ctx: PageRequest): Promise<void> => {
    const id = ctx.params.id!;
    const [page, members] = await Promise.all([
      pageContext(ctx, site),
      loadShownMembers(site, ctx, { kind: 'group', id }),
    ]);
    const { records, previous } = members;
    await sendPage(
      ctx,
      <GroupPage
        page={page}
        id={id}
        members={membersOf(records, previous)}
        part={membersPart(members, groupHref(page.base, id))}
        began={members.first.timestamp}
        explore={link(page.base, '/logs', {
          q: formatQuery(fieldEquals('group', id)),
          from: String(records[0]!.timestamp),
          to: String(records.at(-1)!.timestamp + 1n),
        })}
      />,
    );
  };
}

/** A wait is a gap from so many times the usual one on, and from a second on. */
const GAP = 5n;
const SECOND = 1_000_000_000n;

function membersOf(records: readonly StoredRecord[], before: StoredRecord | null): GroupMember[] {
  const previousOf = (index: number): StoredRecord | null => records[index - 1] ?? before;
  const waits = records.map(({ timestamp }, index) => timestamp - (previousOf(index)?.timestamp ?? timestamp));
  const ascending = waits.slice(before ? 0 : 1).toSorted((one, other) => (one < other ? -1 : 1));
  const usual = ascending[(ascending.length - 1) >> 1] ?? 0n;
  return records.map((record, index): GroupMember => {
    const event = eventDetails(record);
    const waited = waits[index]!;
    const previous = previousOf(index);
    const initiator = previous && attributeText(previous, 'logvitals.initiator');
    return {
      ...recordLine(record),
      type: eventType(record, event),
      initiator: event.initiator === initiator ? null : event.initiator,
      data: event.data === null ? '' : prettyJson(event.data),
      waited: previous && waited,
      isGap: waited >= SECOND && waited >= usual * GAP,
    };
  });
}
