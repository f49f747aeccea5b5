import type { Middleware } from 'koa';
import { ApiProblem, sendProblem } from './api/problem.ts';

/** A Host header's name, its port aside; IPv6 in brackets. */
const HOST = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::\d{1,5})?$/;
const THIS_MACHINE = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Refuses requests by a host name that is neither this machine's own nor among `names`, with 421 (RFC 9110, 15.5.20).
 * Whoever owns a name can let it lead to 127.0.0.1, and browsers then take a dashboard without authentication for a part
 * of their page (DNS rebinding). `null` answers to every name.
 */
export function hostGuard(names: readonly string[] | null): Middleware {
  if (names === null) return (_, next) => next();
  const known = new Set(names.map((name) => name.toLowerCase()));
  return async (ctx, next) => {
    const host = ctx.get('Host').toLowerCase();
    const [, name] = HOST.exec(host) ?? [];
    if (name !== undefined && (known.has(name) || THIS_MACHINE.test(name))) return next();
    const what =
      'Without a token the dashboard answers only to names of this machine, such as localhost. ' +
      `To reach it by ${JSON.stringify(host.slice(0, 253))}, add that name to the setting dashboardHosts.`;
    ctx.set('Cache-Control', 'no-store');
    if (ctx.path.startsWith('/api/')) return sendProblem(ctx, new ApiProblem(421, what));
    ctx.status = 421;
    ctx.body = `${what}\n`;
  };
}
