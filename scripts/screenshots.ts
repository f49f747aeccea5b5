/**
 * Pictures of every page, to be looked at: `node scripts/screenshots.ts http://127.0.0.1:4319 FOLDER`. Each is taken on a
 * desktop (1440 wide) and on a phone (390), light and dark.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../test/helpers/browser.ts';

const SCREENS = [
  { name: 'desktop', viewport: { width: 1440, height: 900 }, isMobile: false },
  { name: 'phone', viewport: { width: 390, height: 844 }, isMobile: true },
] as const;
const SCHEMES = ['light', 'dark'] as const;

const [site, folder] = process.argv.slice(2);
if (!site || !folder) {
  console.error('usage: node scripts/screenshots.ts URL FOLDER');
  process.exit(2);
}
await mkdir(folder, { recursive: true });
const browser = await launchBrowser();
try {
  for (const [name, path] of Object.entries(await pagesOf(site))) await picture(browser, name, path);
} finally {
  await browser.close();
}

/** What of a record its pages are named by. */
interface Named {
  readonly id: string;
  readonly traceId: string;
  readonly service: string;
  readonly logger: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** The newest record that a query finds. */
async function newest(url: string, query: string): Promise<Named | undefined> {
  const response = await fetch(`${url}/api/v1/logs?limit=1&q=${encodeURIComponent(query)}`);
  return ((await response.json()) as { results?: Named[] }).results?.[0];
}

/** The pages, those of a record, an object or a group by the address of one that the site has. */
async function pagesOf(url: string): Promise<Record<string, string>> {
  const record = await newest(url, 'level:error');
  const change = await newest(url, 'logvitals.changes:* object.id:*');
  const member = await newest(url, 'group:*');
  const request = await newest(url, 'event:logvitals.http');
  const general = {
    health: '/',
    'health-by-service': '/?group=service&range=30d',
    'health-cards': '/?view=cards',
    'health-no-match': '/?filter=nothing-is-called-so',
    explore: '/logs',
    'explore-search': '/logs?q=level%3A%3E%3Ddebug+order',
    'explore-fault': '/logs?q=order+%28or',
    'explore-no-match': '/logs?q=nothing-says-so&level=ERROR',
    alerts: '/alerts',
    audit: '/audit',
    'audit-groups': '/audit?kind=group',
    'audit-no-match': '/audit?action=nothing-is-done-so',
    requests: '/requests',
    'requests-failed': '/requests?status=5xx',
    'not-found': '/nothing-here',
    ...(change && {
      change: `/logs/${encodeURIComponent(change.id)}`,
      object: `/objects?${new URLSearchParams({
        type: String(change.attributes['logvitals.object.type']),
        id: String(change.attributes['logvitals.object.id']),
      })}`,
    }),
    ...(member && { group: `/groups/${encodeURIComponent(String(member.attributes['logvitals.group.id']))}` }),
    ...(request && { request: `/logs/${encodeURIComponent(request.id)}` }),
  };
  if (!record) return general;
  const id = encodeURIComponent(record.id);
  const logger = new URLSearchParams({ service: record.service, logger: record.logger });
  return {
    ...general,
    logger: `/logs?${logger}`,
    'logger-with-record': `/logs?${logger}&record=${id}`,
    record: `/logs/${id}`,
    context: `/logs/${id}/context`,
    ...(record.traceId && { trace: `/traces/${record.traceId}` }),
  };
}

async function picture(chromium: Browser, name: string, path: string): Promise<void> {
  for (const { name: screen, ...options } of SCREENS) {
    for (const colorScheme of SCHEMES) {
      const context = await chromium.newContext({ ...options, colorScheme });
      const page = await context.newPage();
      await page.goto(`${site}${path}`, { waitUntil: 'load' });
      await page.screenshot({ path: join(folder!, `${name}-${screen}-${colorScheme}.png`) });
      await context.close();
    }
  }
}
