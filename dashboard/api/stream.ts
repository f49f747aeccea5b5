import type { Readable } from 'node:stream';
import type { ApiContext } from './context.ts';

/**
 * Sends a stream with back-pressure, and ends it when the reader leaves. A stream that fails breaks the connection off,
 * so that a cut answer is never taken for a whole one; whoever opens it listens for the reason. Koa is left out: to it a
 * reader who leaves is an error, and it would print the reason as it is.
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
  const stream = open();
  stream.once('error', () => ctx.res.destroy());
  ctx.res.once('close', () => stream.destroy());
  stream.pipe(ctx.res);
}
