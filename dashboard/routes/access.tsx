import type { Middleware } from 'koa';
import { RefusedPage } from '../views/refused.tsx';
import { baseOf } from './page-context.ts';
import { sendPage } from './send-page.ts';
import type { Site } from './site.ts';

/** Lets those in who may read; others see a page that says no more than how to get in (PARITY.md P40). */
export function pageAccess({ options, assets }: Site): Middleware {
  return async (ctx, next) => {
    const access = options.authorize(ctx.get('Authorization') || undefined, 'read');
    if (access === 'granted') return next();
    const shared = { assets: `${baseOf(ctx)}/assets/${assets.version}`, title: options.settings.title };
    if (access === 'forbidden') {
      const what = 'The token is known, but it is not for reading. Use one that has the scope “read”.';
      return sendPage(ctx, <RefusedPage {...shared} heading="Not allowed" what={what} />, 403);
    }
    ctx.set('WWW-Authenticate', ['Basic realm="logvitals", charset="UTF-8"', 'Bearer']);
    const what = 'Sign in with any user name and a token as the password, or send it as a bearer token.';
    return sendPage(ctx, <RefusedPage {...shared} heading="Sign in to see the logs" what={what} />, 401);
  };
}
