import type { Middleware } from 'koa';
import type { DashboardOptions } from '../options.ts';
import { ApiProblem } from './problem.ts';

/** 401 without credentials that are known, 403 with ones that may not read (PARITY.md P40). */
export function requireAccess(authorize: DashboardOptions['authorize']): Middleware {
  return async (ctx, next) => {
    const access = authorize(ctx.get('Authorization') || undefined);
    if (access === 'unauthenticated') {
      throw new ApiProblem(401, 'Send a token that may read: "Authorization: Bearer TOKEN".', {
        headers: { 'WWW-Authenticate': ['Bearer', 'Basic realm="logvitals", charset="UTF-8"'] },
      });
    }
    if (access === 'forbidden') throw new ApiProblem(403, 'This token may not read; it is for something else.');
    await next();
  };
}
