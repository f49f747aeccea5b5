import type { StoredRecord } from '../../receiver/record/log-record.ts';
import { MAX_PAGE } from '../../receiver/store/store.ts';
import type { DashboardOptions } from '../options.ts';
import { limitParam } from '../params.ts';
import { type ApiContext, clientSignal, type JsonResource } from './context.ts';
import { ApiProblem, accepted } from './problem.ts';
import { recordJson } from './record-json.ts';

/** `GET groups/{id}`: the events of one group in time order, with the time that passed between them. */
export function groupResource({ store }: DashboardOptions): JsonResource {
  return async (ctx) => {
    const id = ctx.params.id!;
    return {
      id,
      results: membersJson(await store.group(id, membersLimit(ctx), { signal: clientSignal(ctx) }), 'group'),
    };
  };
}

/** `GET traces/{id}`: the records of one trace in time order, with the time that passed between them. */
export function traceResource({ store }: DashboardOptions): JsonResource {
  return async (ctx) => {
    const id = ctx.params.id!.toLowerCase();
    return {
      id,
      results: membersJson(await store.trace(id, membersLimit(ctx), { signal: clientSignal(ctx) }), 'trace'),
    };
  };
}

/** A group or trace is shown whole if it can be, so the limit is the greatest unless asked otherwise. */
const membersLimit = (ctx: ApiContext): number => accepted(limitParam(ctx.query, MAX_PAGE));

function membersJson(members: readonly StoredRecord[], what: string): object[] {
  const first = members[0];
  if (first === undefined) throw new ApiProblem(404, `There are no records of this ${what}.`);
  return members.map((record, index) => ({
    ...recordJson(record),
    elapsed: {
      sinceFirst: String(record.timestamp - first.timestamp),
      sincePrevious: String(record.timestamp - (members[index - 1] ?? record).timestamp),
    },
  }));
}
