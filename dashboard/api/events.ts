import { and } from '../../receiver/query/tree.ts';
import type { StoredRecord } from '../../receiver/record/log-record.ts';
import { MAX_OFFSET } from '../../receiver/store/store.ts';
import { type EventDetails, eventDetails } from '../events/event.ts';
import { eventFilter, objectQuery } from '../events/event-filter.ts';
import { loadStats } from '../events/stats.ts';
import { loadNumberedPage } from '../numbered-page.ts';
import type { DashboardOptions } from '../options.ts';
import { limitParam, oneOf, pageParam, type RecordFilter, recordFilter, single } from '../params.ts';
import { toRfc3339 } from '../times.ts';
import { type ApiContext, clientSignal, type JsonResource } from './context.ts';
import { JsonList } from './json-list.ts';
import { ApiProblem, accepted, badParameter } from './problem.ts';
import { type RecordJson, recordJson } from './record-json.ts';

type EventJson = RecordJson & EventDetails;

/** A record as the API writes it, and beside that what it says as an event. */
const eventJson = (record: StoredRecord): EventJson => ({ ...recordJson(record), ...eventDetails(record) });

/** `GET events`: a page of the events that match, newest first, and how many there are in all (PARITY.md P73). */
export function eventsResource(options: DashboardOptions): JsonResource {
  return (ctx) => eventList(ctx, options, accepted(eventFilter(ctx.query, options.now())));
}

/** `GET objects/{type}/{id}/log`: likewise everything about one object, its end included (P74). */
export function objectLogResource(options: DashboardOptions): JsonResource {
  return (ctx) => {
    const { type = '', id = '' } = ctx.params;
    const filter = accepted(recordFilter(ctx.query, options.now()));
    return eventList(ctx, options, { ...filter, query: and(objectQuery({ type, id }), filter.query) });
  };
}

async function eventList(ctx: ApiContext, { store }: DashboardOptions, filter: RecordFilter): Promise<JsonList> {
  const limit = accepted(limitParam(ctx.query));
  const cursor = single(ctx.query, 'cursor');
  const page = cursor === undefined ? pageParam(ctx.query) : 1;
  const offset = (page - 1) * limit;
  if (offset > MAX_OFFSET) {
    throw badParameter('page', `goes beyond the first ${MAX_OFFSET} events; go on by "cursor", or ask for a time`);
  }
  const found = await loadNumberedPage(store, {
    ...filter,
    limit,
    offset,
    cursor,
    order: accepted(oneOf(ctx.query, 'order', ['newest', 'oldest'])),
    signal: clientSignal(ctx),
  });
  const { count, isCounted, next, records } = found;
  const texts = records.values().map((record) => JSON.stringify(eventJson(record)));
  return new JsonList({ count, complete: isCounted }, 'results', texts, { next });
}

/** `GET events/{id}`: one of them. Any record can be asked for so: it says no more than it is. */
export function eventResource({ store }: DashboardOptions): JsonResource {
  return async (ctx) => {
    const record = await store.get(ctx.params.id!);
    if (record) return eventJson(record);
    throw new ApiProblem(
      404,
      'There is no event of this id: it never existed, or it was removed when its time was over.',
    );
  };
}

/** `GET stats`: how much was done, and by how many, in the last 7 and 30 days (P78). */
export function statsResource({ store, now }: DashboardOptions): JsonResource {
  return async (ctx) => {
    const limit = accepted(limitParam(ctx.query, LISTED_VALUES));
    const periods = await loadStats(store, now(), { signal: clientSignal(ctx) });
    return {
      count: periods.length,
      results: periods.map(({ days, from, to, actions, users, byAction, byUser, byTool, complete }) => ({
        days,
        from: toRfc3339(from),
        to: toRfc3339(to),
        actions,
        users,
        byAction: byAction.slice(0, limit),
        byUser: byUser.slice(0, limit),
        byTool: byTool.slice(0, limit),
        complete,
      })),
    };
  };
}

const LISTED_VALUES = 10;
