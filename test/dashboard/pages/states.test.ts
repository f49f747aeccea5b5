import { expect, test } from 'vitest';
import { StoreError, StoreUnavailableError } from '../../../receiver/store/errors.ts';
import type { LogStore } from '../../../receiver/store/store.ts';
import { getPage, startSite } from '../../helpers/dashboard-site.ts';
import { linksTo, visibleText } from '../../helpers/html.ts';
import { batch, logRecord, MINUTE, NOON } from '../../helpers/records.ts';
import { createMemoryStore } from '../../store/memory-store.ts';

const PAGES = [
  '/',
  '/logs',
  '/logs?q=x',
  '/logs/some-id',
  '/logs/some-id/context',
  '/traces/abc',
  '/groups/x',
  '/audit',
  '/audit?kind=group',
  '/objects?type=order&id=7',
  '/requests',
  '/alerts',
];

test('P35 nothing received yet: what to send, ready to copy', async () => {
  await using site = await startSite();
  for (const path of [
    '/',
    '/logs',
    '/logs?q=x',
    '/?filter=x',
    '/audit',
    '/audit?kind=group',
    '/requests',
    '/requests?q=x',
  ]) {
    const { status, html } = await getPage(site, path);
    expect(status).toBe(200);
    const text = visibleText(html);
    expect(text).toContain('Nothing has arrived yet');
    expect(text).toContain('OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=http://127.0.0.1:4318/v1/logs');
    expect(text).toContain('OTLP over gRPC 127.0.0.1:4317');
    expect(text).toContain('curl http://127.0.0.1:4318/v1/logs');
    expect(text).not.toMatch(/timeUnixNano/i);
  }
});

test('P35 the command to copy is one that OTLP receivers understand', async () => {
  await using site = await startSite();
  const { html } = await getPage(site, '/');
  const [, body] = /-d '(.*?)'/.exec(visibleText(html)) ?? [];
  expect(JSON.parse(body!)).toEqual({
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'my-service' } }] },
        scopeLogs: [
          { scope: { name: 'hello' }, logRecords: [{ severityNumber: 9, body: { stringValue: 'Hello from curl' } }] },
        ],
      },
    ],
  });
});

test('P35 a dashboard without a receiver beside it names no address', async () => {
  await using site = await startSite({ endpoints: () => null });
  expect(visibleText((await getPage(site, '/')).html)).toContain('without a receiver beside it');
});

test('P35 nothing matches: what to let go of, each a link that does it', async () => {
  await using site = await startSite();
  await site.store.append([batch([logRecord({ timestamp: NOON - MINUTE })])]);
  const { html } = await getPage(site, '/logs?q=nowhere&level=ERROR&service=shop');
  expect(visibleText(html)).toContain('Nothing matches');
  expect(linksTo(html, 'Any level')).toEqual(['/logs?q=nowhere&service=shop']);
  expect(linksTo(html, 'Drop the search text')).toEqual(['/logs?service=shop&level=ERROR']);
  const health = await getPage(site, '/?filter=nowhere&range=30d');
  expect(visibleText(health.html)).toContain('No logger or service has “nowhere” in its name');
  expect(linksTo(health.html, 'Show all loggers')).toEqual(['/?range=30d']);
});

test('P34 P35 storage away: every page still answers with a banner, 503, and no word of where it is', async () => {
  const secret = 'postgres://admin:hunter2@db.internal/logs';
  const failing = createMemoryStore({ fail: () => true });
  const store = new Proxy(failing, {
    get: (target, name: keyof LogStore) => async () => {
      await target.ping().catch(() => {});
      throw Object.assign(new StoreUnavailableError('the storage is away'), {
        cause: new Error(`${name} at ${secret}`),
      });
    },
  });
  await using site = await startSite({ store });
  for (const path of PAGES) {
    const { status, headers, html } = await getPage(site, path);
    expect(status, path).toBe(503);
    expect(headers.get('retry-after')).toBe('5');
    expect(visibleText(html)).toContain('The storage is not reachable.');
    expect(linksTo(html, 'Health')).toContain('/');
    expect(html).not.toContain('hunter2');
  }
  expect(site.errors).toHaveLength(PAGES.length);
  expect(site.errors.join()).not.toContain('hunter2');
});

test('P34 it is the page’s own address that is tried again, whatever it looks like', async () => {
  await using site = await startSite({ store: createMemoryStore({ fail: () => true }) });
  const { html } = await getPage(site, '/?filter=%22%3E%3Cimg%20src%3Dx%3E&range=30d');
  expect(linksTo(html, 'Try again')).toEqual(['?filter=%22%3E%3Cimg%20src%3Dx%3E&range=30d']);
  expect(html).not.toContain('<img');
});

test('P34 once the storage is back, so are the pages', async () => {
  let isAway = true;
  await using site = await startSite({ store: createMemoryStore({ now: () => NOON, fail: () => isAway }) });
  expect((await getPage(site, '/')).status).toBe(503);
  isAway = false;
  expect((await getPage(site, '/')).status).toBe(200);
});

test('a fault of our own is a page too, and what was thrown is not on it', async () => {
  const store = Object.assign(createMemoryStore(), {
    cards: async () => {
      throw new TypeError('password=hunter2');
    },
  });
  await using site = await startSite({ store });
  const { status, html } = await getPage(site, '/');
  expect(status).toBe(500);
  expect(visibleText(html)).toContain('Something went wrong here');
  expect(html).not.toContain('hunter2');
  expect(site.errors).toEqual([expect.stringMatching(/^GET "\/": TypeError /)]);
});

test('an error of the storage that will not go away says so the same way', async () => {
  const store = Object.assign(createMemoryStore(), {
    search: async () => {
      throw new StoreError('the disk is full');
    },
  });
  await using site = await startSite({ store });
  expect((await getPage(site, '/logs')).status).toBe(503);
  expect(site.errors).toEqual(['GET "/logs": the disk is full']);
});
