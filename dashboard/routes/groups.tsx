import { formatQuery } from '../../receiver/query/format.ts';
import { fieldEquals } from '../../receiver/query/tree.ts';
import type { StoredRecord } from '../../receiver/record/log-record.ts';
import { MAX_PAGE } from '../../receiver/store/store.ts';
import { clientSignal } from '../api/context.ts';
import { attributeText } from '../events/attribute-text.ts';
import { eventDetails } from '../events/event.ts';
import { prettyJson } from '../events/structured.ts';
import { elapsed } from '../views/format.ts';
import { type GroupMember, GroupPage } from '../views/group.tsx';
import { link } from '../views/links.ts';
import { eventType } from './event-parts.ts';
import { NotFound } from './failures.tsx';
import { type PageRequest, pageContext } from './page-context.ts';
import { recordLine } from './record-props.ts';
import { sendPage } from './send-page.ts';
import type { Site } from './site.ts';

/** `/groups/ID`: the events of a group in order. */
export function groupRoute(site: Site) {
  return async (ctx: PageRequest): Promise<void> => {
    const id = ctx.params.id!;
    const records = await site.options.store.group(id, MAX_PAGE, { signal: clientSignal(ctx) });
    const [first, last] = [records[0], records.at(-1)];
    if (!first || !last) throw new NotFound('There are no records of this group.');
    const page = await pageContext(ctx, site);
    await sendPage(
      ctx,
      <GroupPage
        page={page}
        id={id}
        members={membersOf(records)}
        span={elapsed(last.timestamp - first.timestamp).replace(/^\+/, '')}
        cut={records.length === MAX_PAGE}
        explore={link(page.base, '/logs', {
          q: formatQuery(fieldEquals('group', id)),
          from: String(first.timestamp),
          to: String(last.timestamp + 1n),
        })}
      />,
    );
  };
}

/** A wait is a gap from so many times the usual one on, and from a second on. */
const GAP = 5n;
const SECOND = 1_000_000_000n;

function membersOf(records: readonly StoredRecord[]): GroupMember[] {
  const waits = records.map(({ timestamp }, index) => timestamp - (records[index - 1]?.timestamp ?? timestamp));
  const ascending = waits.slice(1).toSorted((one, other) => (one < other ? -1 : 1));
  const usual = ascending[(ascending.length - 1) >> 1] ?? 0n;
  return records.map((record, index): GroupMember => {
    const event = eventDetails(record);
    const waited = waits[index]!;
    const initiator = index === 0 ? null : attributeText(records[index - 1]!, 'logvitals.initiator');
    return {
      ...recordLine(record),
      type: eventType(record, event),
      initiator: event.initiator === initiator ? null : event.initiator,
      data: event.data === null ? '' : prettyJson(event.data),
      waited,
      isGap: waited >= SECOND && waited >= usual * GAP,
    };
  });
}
