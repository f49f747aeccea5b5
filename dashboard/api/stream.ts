import { pipeline, type Readable } from 'node:stream';
import type { ApiContext } from './context.ts';

/**
 * Sends a stream with back-pressure. Koa is left out, because to it a reader who leaves is an error worth printing. A
 * stream that fails breaks the connection off, so that a cut answer is never taken for a whole one.
 */
export function sendStream(ctx: ApiContext, headers: Readonly<Record<string, string>>, open: () => Readable): void {
  ctx.status = 200;
  ctx.set(headers);
  ctx.respond = false;
  if (ctx.method === 'HEAD') {
    ctx.res.end();
    return;
  }
  ctx.res.flushHeaders();
  pipeline(open(), ctx.res, () => {});
}
