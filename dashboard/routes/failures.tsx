import type { Context, Middleware } from 'koa';
import type { VNode } from 'preact';
import { InvalidCursorError, StoreError } from '../../receiver/store/errors.ts';
import { failureLine, RETRY_AFTER_SECONDS } from '../api/problem.ts';
import { BadRequestPage, BrokenPage, NotFoundPage, StorageAwayPage } from '../views/failure.tsx';
import type { PageContext } from '../views/page.ts';
import { pageContext } from './page-context.ts';
import { sendPage } from './send-page.ts';
import type { Site } from './site.ts';

/** A page that isn't there; the words are shown. */
export class NotFound extends Error {
  override name = 'NotFound';
}

const NO_PLACE = 'The list has no such place to go on from. Start again from its first page.';

/**
 * Every failure becomes a page that says what to do next. Of what the storage says nothing is shown; `onError` is told,
 * with nothing that could hold a secret (P34).
 */
export function pageFailures(site: Site): Middleware {
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      // The reader left; nobody is there to be told.
      if (ctx.res.destroyed) return;
      const page = await pageContext(ctx, site);
      const [status, content] = pageOf(error, page, ctx);
      if (status >= 500) site.options.onError(failureLine(ctx, error));
      if (status === 503) ctx.set('Retry-After', RETRY_AFTER_SECONDS);
      await sendPage(ctx, content, status);
    }
  };
}

function pageOf(error: unknown, page: PageContext, ctx: Context): [number, VNode] {
  if (error instanceof InvalidCursorError) return [400, <BadRequestPage page={page} what={NO_PLACE} />];
  if (error instanceof StoreError) return [503, <StorageAwayPage page={page} again={`?${ctx.querystring}`} />];
  if (error instanceof NotFound) return [404, <NotFoundPage page={page} what={error.message} />];
  return [500, <BrokenPage page={page} />];
}
