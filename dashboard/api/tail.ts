import { compileQuery } from '../../receiver/query/evaluate.ts';
import type { DashboardOptions } from '../options.ts';
import { recordFilter } from '../params.ts';
import type { ApiContext } from './context.ts';
import { ApiProblem, accepted } from './problem.ts';
import { sendStream } from './stream.ts';
import { TailBuffer } from './tail-buffer.ts';

/** `GET tail`: new records that match, as server-sent events, until the reader leaves. */
export function tailResource({ live, now, settings }: DashboardOptions): (ctx: ApiContext) => Promise<void> {
  const most = settings.limits.tails;
  let readers = 0;
  return async (ctx) => {
    const matches = compileQuery(accepted(recordFilter(ctx.query, now())).query);
    if (readers >= most) {
      throw new ApiProblem(503, `All ${most} live tails are in use. Close one, or raise the setting limits.tails.`);
    }
    const headers = { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' };
    sendStream(ctx, headers, () => {
      const events = new TailBuffer();
      const unsubscribe = live.subscribe((records) => {
        for (const record of records) if (matches(record)) events.offer(record);
      });
      readers += 1;
      return events.once('close', () => {
        readers -= 1;
        unsubscribe();
      });
    });
  };
}
