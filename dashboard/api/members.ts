import { MAX_PAGE } from '../../receiver/store/store.ts';
import { loadMembers, type Membership, type MembersPage } from '../members.ts';
import type { DashboardOptions } from '../options.ts';
import { limitParam, single } from '../params.ts';
import { type ApiContext, clientSignal, type JsonResource } from './context.ts';
import { JsonList } from './json-list.ts';
import { ApiProblem, accepted } from './problem.ts';
import { recordJson } from './record-json.ts';

/** `GET groups/{id}`: the events of one group in time order, with the time that passed between them. */
export function groupResource(options: DashboardOptions): JsonResource {
  return (ctx) => membersList(options, ctx, { kind: 'group', id: ctx.params.id! });
}

/** `GET traces/{id}`: the records of one trace in time order, with the time that passed between them. */
export function traceResource(options: DashboardOptions): JsonResource {
  return (ctx) => membersList(options, ctx, { kind: 'trace', id: ctx.params.id!.toLowerCase() });
}

async function membersList({ store }: DashboardOptions, ctx: ApiContext, { kind, id }: Membership): Promise<JsonList> {
  const page = await loadMembers(
    store,
    { kind, id },
    {
      // Shown whole if it can be, so the limit is the greatest unless asked otherwise.
      limit: accepted(limitParam(ctx.query, MAX_PAGE)),
      cursor: single(ctx.query, 'cursor'),
      signal: clientSignal(ctx),
    },
  );
  if (page === null) throw new ApiProblem(404, `There are no records of this ${kind}.`);
  const { count, isCounted, next } = page;
  return new JsonList({ id, count, complete: isCounted }, 'results', memberTexts(page), { next });
}

function* memberTexts({ records, first, previous: before }: MembersPage): Generator<string, void, undefined> {
  let previous = before ?? first;
  for (const record of records) {
    const sinceFirst = String(record.timestamp - first.timestamp);
    const sincePrevious = String(record.timestamp - previous.timestamp);
    yield JSON.stringify({ ...recordJson(record), elapsed: { sinceFirst, sincePrevious } });
    previous = record;
  }
}
