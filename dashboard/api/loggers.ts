import { MAX_PAGE } from '../../receiver/store/store.ts';
import type { DashboardOptions } from '../options.ts';
import { limitParam } from '../params.ts';
import { toRfc3339 } from '../times.ts';
import type { JsonResource } from './context.ts';
import { accepted } from './problem.ts';

/** `GET loggers`: the services and loggers known, the most recently seen first. */
export function loggersResource({ store }: DashboardOptions): JsonResource {
  return async (ctx) => {
    const limit = accepted(limitParam(ctx.query, MAX_PAGE));
    const loggers = await store.loggers();
    const newestFirst = loggers.toSorted((one, other) => Number(other.lastSeen - one.lastSeen));
    return {
      count: loggers.length,
      results: newestFirst
        .slice(0, limit)
        .map(({ service, logger, lastSeen }) => ({ service, logger, lastSeen: toRfc3339(lastSeen) })),
    };
  };
}
