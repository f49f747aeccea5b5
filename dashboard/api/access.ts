import type { Middleware } from 'koa';
import type { DashboardOptions } from '../options.ts';
import { ApiProblem } from './problem.ts';

const MAY = { read: 'read', manage: 'remove records' } as const;

/** 401 without credentials that are known, 403 with ones that lack the scope (PARITY.md P40). */
export function requireAccess(authorize: DashboardOptions['authorize'], scope: keyof typeof MAY): Middleware {
  return async (ctx, next) => {
    const access = authorize(ctx.get('Authorization') || undefined, scope);
    if (access === 'unauthenticated') {
      throw new ApiProblem(401, `Send a token that may ${MAY[scope]}: "Authorization: Bearer TOKEN".`, {
        headers: { 'WWW-Authenticate': ['Bearer', 'Basic realm="logvitals", charset="UTF-8"'] },
      });
    }
    if (access === 'forbidden') {
      throw new ApiProblem(403, `This token may not ${MAY[scope]}: it lacks the scope "${scope}".`);
    }
    await next();
  };
}
