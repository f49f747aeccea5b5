import { parseField } from '../../receiver/query/parse.ts';
import type { DashboardOptions } from '../options.ts';
import { limitParam, recordFilter, single } from '../params.ts';
import { clientSignal, type JsonResource } from './context.ts';
import { accepted, badParameter } from './problem.ts';

/** `GET facets`: the most frequent values of a field among the records that match. */
export function facetsResource({ store, now }: DashboardOptions): JsonResource {
  return async (ctx) => {
    const field = single(ctx.query, 'field');
    if (field === undefined) {
      throw badParameter('field', 'is missing: name a field, such as level, service, http.route or resource.host.name');
    }
    const { values, complete } = await store.facets({
      ...accepted(recordFilter(ctx.query, now())),
      field: parseField(field),
      limit: accepted(limitParam(ctx.query)),
      signal: clientSignal(ctx),
    });
    return { field, results: values, complete };
  };
}
