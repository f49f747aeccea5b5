import type { RouterContext } from '@koa/router';
import type { Context } from 'koa';
import { firing } from '../health/firing.ts';
import { type TimeZone, timeZoneNamed } from '../health/time-zone.ts';
import type { DashboardOptions } from '../options.ts';
import { fromMillis } from '../times.ts';
import type { PageContext } from '../views/page.ts';
import type { Site } from './site.ts';

/** A page's request. */
export type PageRequest = RouterContext;

/** So many of the newest alerts are looked at for those that fire. */
export const RECENT_ALERTS = 200;

/** Where the dashboard is mounted in a user's own application, as koa-mount says it: '' at the root. */
export function baseOf(ctx: Context): string {
  const { mountPath } = ctx as { mountPath?: unknown };
  return typeof mountPath === 'string' ? mountPath.replace(/\/+$/, '') : '';
}

/** The configured zone, else the browser's as its cookie says, else UTC. */
export function zoneOf(ctx: Context, { timeZone }: DashboardOptions['settings']): TimeZone {
  return timeZoneNamed(timeZone ?? decoded(ctx.cookies.get('tz') ?? '')) ?? timeZoneNamed('UTC')!;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** What the page around any content needs. Never rejects: while the storage is away, no alert is known to fire. */
export async function pageContext(ctx: Context, { options, assets, rate }: Site): Promise<PageContext> {
  const base = baseOf(ctx);
  const now = options.now();
  return {
    base,
    assets: `${base}/assets/${assets.version}`,
    title: options.settings.title,
    zone: zoneOf(ctx, options.settings).name,
    now,
    firing: await firingCount(options, now),
    rate: rate(),
  };
}

async function firingCount({ store, thresholdWindow }: DashboardOptions, now: bigint): Promise<number> {
  try {
    const alerts = await store.alerts({ limit: RECENT_ALERTS });
    return firing(alerts, now - fromMillis(thresholdWindow)).length;
  } catch {
    return 0;
  }
}
