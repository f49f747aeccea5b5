import type { DashboardOptions } from '../options.ts';
import { fieldParam, limitParam, recordFilter, single } from '../params.ts';
import { clientSignal, type JsonResource } from './context.ts';
import { accepted } from './problem.ts';

/** `GET facets`: the most frequent values of a field among the records that match. */
export function facetsResource({ store, now }: DashboardOptions): JsonResource {
  return async (ctx) => {
    const [facet] = await store.facets({
      ...accepted(recordFilter(ctx.query, now())),
      fields: [accepted(fieldParam(ctx.query))],
      limit: accepted(limitParam(ctx.query)),
      signal: clientSignal(ctx),
    });
    return { field: single(ctx.query, 'field')!, results: facet!.values, complete: facet!.complete };
  };
}
