import { MAX_PAGE } from '../../receiver/store/store.ts';
import type { DashboardOptions } from '../options.ts';
import { DEFAULT_LIMIT, limitParam, recordFilter, single, wholeNumber } from '../params.ts';
import { clientSignal, type JsonResource } from './context.ts';
import { JsonList } from './json-list.ts';
import { ApiProblem, accepted } from './problem.ts';
import { recordJson, recordText } from './record-json.ts';

/** `GET logs`: a page of the records that match, newest first. `next` is the cursor of the page after it, or null. */
export function logsResource({ store, now }: DashboardOptions): JsonResource {
  return async (ctx) => {
    const { records, next } = await store.search({
      ...accepted(recordFilter(ctx.query, now())),
      limit: accepted(limitParam(ctx.query)),
      cursor: single(ctx.query, 'cursor'),
      signal: clientSignal(ctx),
    });
    return new JsonList({}, 'results', records.values().map(recordText), { next });
  };
}

/** `GET logs/{id}`: one record. */
export function logResource({ store }: DashboardOptions): JsonResource {
  return async (ctx) => {
    const record = await store.get(ctx.params.id!);
    if (record === null) throw noRecord();
    return recordJson(record);
  };
}

/** `GET logs/{id}/context`: a record's neighbours in the same service and logger, in time order. */
export function contextResource({ store }: DashboardOptions): JsonResource {
  return async (ctx) => {
    const countOf = (parameter: string) =>
      accepted(wholeNumber(ctx.query, parameter, { min: 0, max: MAX_PAGE, missing: DEFAULT_LIMIT }));
    const neighbours = await store.context(ctx.params.id!, countOf('before'), countOf('after'), {
      signal: clientSignal(ctx),
    });
    if (neighbours === null) throw noRecord();
    return { before: neighbours.before.map(recordJson), after: neighbours.after.map(recordJson) };
  };
}

const noRecord = (): ApiProblem =>
  new ApiProblem(404, 'There is no record of this id: it never existed, or it was removed when its time was over.');
