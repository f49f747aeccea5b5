import type { RouterContext } from '@koa/router';
import type { Context } from 'koa';
import { type TimeZone, timeZoneNamed } from '../health/time-zone.ts';
import type { DashboardOptions } from '../options.ts';
import type { PageContext } from '../views/page.ts';
import type { Site } from './site.ts';

/** A page's request. */
export type PageRequest = RouterContext;

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

/** What the page around any content needs. It does not depend on the storage, which may be away. */
export async function pageContext(ctx: Context, { options, assets, rate, firingCount }: Site): Promise<PageContext> {
  const base = baseOf(ctx);
  return {
    base,
    assets: `${base}/assets/${assets.version}`,
    title: options.settings.title,
    zone: zoneOf(ctx, options.settings).name,
    now: options.now(),
    firing: await firingCount(),
    rate: rate(),
  };
}
