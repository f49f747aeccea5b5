import type { DashboardOptions } from '../options.ts';
import type { JsonResource } from './context.ts';

/** `GET endpoints`: where this server takes logs, as its start-up lines say; null where it takes none. */
export function endpointsResource({ endpoints }: DashboardOptions): JsonResource {
  return async () => {
    const { grpc, http } = endpoints() ?? { grpc: null, http: null };
    return { grpc, http };
  };
}
