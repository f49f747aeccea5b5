import type { StoredRecord } from '../../receiver/record/log-record.ts';
import { MAX_PAGE } from '../../receiver/store/store.ts';
import type { DashboardOptions } from '../options.ts';
import { limitParam } from '../params.ts';
import { type ApiContext, clientSignal, type JsonResource } from './context.ts';
import { JsonList } from './json-list.ts';
import { ApiProblem, accepted } from './problem.ts';
import { recordJson } from './record-json.ts';

/** `GET groups/{id}`: the events of one group in time order, with the time that passed between them. */
export function groupResource({ store }: DashboardOptions): JsonResource {
  return async (ctx) => {
    const id = ctx.params.id!;
    const members = await store.group(id, membersLimit(ctx), { signal: clientSignal(ctx) });
    return membersList(id, members, 'group');
  };
}

/** `GET traces/{id}`: the records of one trace in time order, with the time that passed between them. */
export function traceResource({ store }: DashboardOptions): JsonResource {
  return async (ctx) => {
    const id = ctx.params.id!.toLowerCase();
    const members = await store.trace(id, membersLimit(ctx), { signal: clientSignal(ctx) });
    return membersList(id, members, 'trace');
  };
}

/** A group or trace is shown whole if it can be, so the limit is the greatest unless asked otherwise. */
const membersLimit = (ctx: ApiContext): number => accepted(limitParam(ctx.query, MAX_PAGE));

function membersList(id: string, members: readonly StoredRecord[], what: string): JsonList {
  if (members.length === 0) throw new ApiProblem(404, `There are no records of this ${what}.`);
  return new JsonList({ id }, 'results', memberTexts(members));
}

function* memberTexts(members: readonly StoredRecord[]): Generator<string, void, undefined> {
  const first = members[0]!;
  let previous = first;
  for (const record of members) {
    const sinceFirst = String(record.timestamp - first.timestamp);
    const sincePrevious = String(record.timestamp - previous.timestamp);
    yield JSON.stringify({ ...recordJson(record), elapsed: { sinceFirst, sincePrevious } });
    previous = record;
  }
}
