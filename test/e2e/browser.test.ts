import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DashboardSettings } from '../../dashboard/options.ts';
import type { LogRecord, StoredRecord } from '../../receiver/record/log-record.ts';
import { auditRecord, groupRecord, requestRecord } from '../helpers/audit.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { type Site, startSite } from '../helpers/dashboard-site.ts';
import { batch, errorRecord, HOUR, idsOf, logRecord, MINUTE, NOON, SECOND, warningRecord } from '../helpers/records.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

/** A page and what went wrong on it: messages of the console, faults of scripts, breaches of the policy. */
async function openPage(options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ viewport: DESKTOP, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return { page, faults, [Symbol.asyncDispose]: () => context.close() };
}

/** Two services with troubles, a long message, a trace and an alert. */
async function startLivelySite(settings: Partial<DashboardSettings> = {}): Promise<{ site: Site; id: string }> {
  const site = await startSite({ settings });
  const records: LogRecord[] = Array.from({ length: 40 }, (_, i) =>
    logRecord({
      service: i % 2 ? 'billing' : 'shop',
      logger: `part.${i % 8}`,
      body: `request ${i} done`,
      timestamp: NOON - BigInt(i) * 30n * MINUTE - SECOND,
      resource: { attributes: { 'host.name': `web-${i % 3}` } },
    }),
  );
  const trouble = errorRecord({
    logger: 'payments',
    body: `card refused ${'with many words '.repeat(30)}`,
    timestamp: NOON - 2n * MINUTE,
    traceId: TRACE,
    attributes: {
      'exception.type': 'CardError',
      'exception.stacktrace':
        'CardError: no\n    at pay (/app/a.ts:1:1)\n    at x (node:a)\n    at y (node:b)\n    at z (node:c)',
      'a.rather.long.attribute.name.without.any.blank.in.it': 'x'.repeat(200),
    },
  });
  const [appended] = await site.store.append([
    batch([trouble, warningRecord({ logger: 'stock', timestamp: NOON - 3n * MINUTE, traceId: TRACE }), ...records]),
  ]);
  const id = appended!.idOf(0)!;
  const timestamp = NOON - 2n * MINUTE;
  await site.store.commitAlerts([
    {
      key: 'k',
      version: 0,
      state: 's',
      alerts: [
        {
          id: 'a1',
          service: 'shop',
          logger: 'payments',
          thresholdLevel: 'ERROR',
          recordLevel: 'ERROR',
          threshold: 1,
          count: 1,
          windowStart: timestamp - HOUR,
          windowEnd: timestamp,
          timestamp,
          message: 'card refused',
          module: 'pay',
          path: '/app/a.ts',
          lineNumber: 1,
          records: [{ id, timestamp, level: 'ERROR', body: 'card refused' }],
          firedAt: timestamp,
        },
      ],
    },
  ]);
  return { site, id };
}

const COLOUR = '#7c5cff';

/** What was done, an import as a group of events, and requests. */
const EVENTS: readonly LogRecord[] = [
  auditRecord({
    timestamp: NOON - 20n * MINUTE,
    object: { type: 'order', id: 'a/7', name: 'Winter boots' },
    changes: JSON.stringify({
      old_value: { status: 'open', address: { city: 'Győr' }, note: null, tag: 'x'.repeat(300) },
      new_value: { status: 'paid', address: { city: 'Pécs' }, note: 'left at the door '.repeat(20), tag: null },
    }),
    attributes: { 'user.name': 'Ana', 'logvitals.data': JSON.stringify({ source: 'web', list: ['a'.repeat(200)] }) },
  }),
  auditRecord({ timestamp: NOON - 19n * MINUTE, action: 'delete', object: { type: 'order', id: 'a/7' } }),
  groupRecord('import-1', {
    body: 'started',
    timestamp: NOON - 18n * MINUTE,
    attributes: { 'logvitals.initiator': 'cron' },
  }),
  groupRecord('import-2', { body: 'another import', timestamp: NOON - 17n * MINUTE }),
  groupRecord('import-1', {
    body: 'half of it',
    type: 'checkpoint',
    timestamp: NOON - 17n * MINUTE + SECOND,
    attributes: { 'logvitals.event.color': COLOUR, 'logvitals.data': '{"rows":7}' },
  }),
  groupRecord('import-1', { body: 'broken off', type: 'critical', timestamp: NOON - 5n * MINUTE }),
  requestRecord({ timestamp: NOON - 4n * MINUTE, attributes: { 'user.id': 'ana' } }),
  requestRecord({ timestamp: NOON - 3n * MINUTE, status: 502, duration: 3.2 }),
  requestRecord({ timestamp: NOON - 3n * MINUTE, status: 404, attributes: { 'logvitals.http.direction': 'external' } }),
];

/** The same, and what was done. */
async function startEventfulSite(): Promise<{ site: Site; id: string }> {
  const lively = await startLivelySite();
  await lively.site.store.append([batch(EVENTS)]);
  return lively;
}

const pathsOf = (id: string): string[] => [
  '/',
  '/?group=service&range=90d',
  '/?view=cards',
  '/?filter=nothing',
  '/logs',
  '/logs?q=card+request',
  '/logs?q=%28card',
  '/logs?q=nowhere&level=ERROR',
  `/logs?service=shop&logger=payments&record=${id}`,
  `/logs/${id}`,
  `/logs/${id}?full=1`,
  `/logs/${id}/context`,
  `/traces/${TRACE}`,
  '/alerts',
  '/audit',
  '/audit?kind=any&range=1h',
  '/audit?kind=group&type=checkpoint',
  '/audit?q=nowhere&action=update',
  '/audit?q=%28card',
  '/objects?type=order&id=a%2F7',
  '/groups/import-1',
  '/requests',
  '/requests?status=5xx&slower=1&route=%2Forders%2F%3Aid',
  '/requests?q=nowhere',
  '/logs?q=action:update&range=24h',
  '/nowhere',
];

/** The messages of the table in order. */
const messages = (page: Page): Promise<string[]> => page.locator('[data-line]').allTextContents();

describe('in a browser', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`no page breaks a rule of accessibility or of its own policy (${colorScheme})`, async () => {
      const { site, id } = await startEventfulSite();
      await using _ = site;
      await using empty = await startSite();
      await using opened = await openPage({ colorScheme });
      const { page, faults } = opened;
      for (const address of [...pathsOf(id).map((path) => site.url + path), `${empty.url}/`, `${empty.url}/alerts`]) {
        await page.goto(address);
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() =>
          (
            globalThis as unknown as {
              axe: {
                run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
              };
            }
          ).axe.run(),
        );
        const found = violations.map(({ id: rule, nodes }) => `${rule}: ${nodes[0]!.html} ${nodes[0]!.failureSummary}`);
        expect(found, address).toEqual([]);
      }
      // Chromium reports the answers 400 and 404 themselves; both were asked for.
      expect(faults.filter((fault) => !/status of 40[04]/.test(fault))).toEqual([]);
    });
  }

  test('on a phone no page scrolls sideways', async () => {
    const { site, id } = await startEventfulSite();
    await using _ = site;
    await using opened = await openPage({ viewport: PHONE, isMobile: true, hasTouch: true });
    for (const path of pathsOf(id)) {
      await opened.page.goto(site.url + path);
      const width = await opened.page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, path).toBe(PHONE.width);
    }
  });

  test('names without end and without blanks leave every page its width, on the narrowest screens too', async () => {
    const endless = (letter: string) => letter.repeat(3000);
    const { site } = await startEventfulSite();
    await using _ = site;
    const names = { type: endless('T'), id: endless('i'), name: endless('N') };
    const changes = JSON.stringify({ old_value: { [endless('k')]: endless('o') }, new_value: {} });
    const event = {
      'user.name': endless('U'),
      'logvitals.group.id': endless('G'),
      'logvitals.initiator': endless('I'),
      'logvitals.event.type': endless('E'),
      'error.type': endless('F'),
      'logvitals.data': endless('d'),
    };
    const request = {
      'http.route': `/${endless('r')}`,
      'user.id': endless('u'),
      'http.request.method': endless('M'),
      'http.response.status_code': endless('9'),
      'logvitals.duration': 1e300,
    };
    const [appended] = await site.store.append([
      batch([
        auditRecord({ action: endless('A'), tool: endless('t'), user: endless('u'), object: names, changes }),
        auditRecord({ action: endless('A'), object: names, attributes: event, timestamp: NOON - SECOND }),
        groupRecord(endless('G'), { body: endless('b'), attributes: event, timestamp: NOON - 2n * SECOND }),
        requestRecord({ attributes: request, timestamp: NOON - 3n * SECOND }),
      ]),
    ]);
    const ids = idsOf(appended!, 4);
    const paths = [
      '/audit?kind=any',
      `/audit?${new URLSearchParams({ kind: 'any', tool: endless('t'), actor: endless('u'), object_id: names.id })}`,
      '/requests',
      `/requests?${new URLSearchParams({ route: request['http.route'], method: endless('M') })}`,
      `/objects?${new URLSearchParams({ type: names.type, id: names.id })}`,
      `/groups/${endless('G')}`,
      ...ids.map((id) => `/logs/${id}`),
      '/logs?q=user.id:*',
    ];
    for (const width of [320, DESKTOP.width]) {
      await using opened = await openPage({ viewport: { ...DESKTOP, width } });
      for (const path of paths) {
        await opened.page.goto(site.url + path);
        const needed = await opened.page.evaluate(() => document.documentElement.scrollWidth);
        expect(needed, path.slice(0, 60)).toBe(width);
      }
    }
  });

  test('on a phone a chosen record takes the place of the list', async () => {
    const { site } = await startLivelySite();
    await using _ = site;
    await using opened = await openPage({ viewport: PHONE, isMobile: true, hasTouch: true });
    const { page } = opened;
    await page.goto(`${site.url}/logs?q=refused`);
    await page.locator('[data-line]').first().click();
    await page.waitForURL(/record=/);
    expect(await page.locator('.lines').isVisible()).toBe(false);
    expect(await page.getByRole('heading', { name: 'shop / payments' }).isVisible()).toBe(true);
    await page.getByRole('link', { name: 'Back to the list' }).click();
    expect(await page.locator('.lines').isVisible()).toBe(true);
  });

  test('P17 without JavaScript: a slot leads to exactly its records, filters and pages work', async () => {
    const { site } = await startLivelySite();
    await using _ = site;
    await using opened = await openPage({ javaScriptEnabled: false });
    const { page } = opened;
    await page.goto(site.url);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('2 of 10 loggers need attention');
    await page.getByRole('link', { name: '11:00 to 12:00, 1 error, 0 warnings, 1 record' }).click();
    expect(await messages(page)).toHaveLength(1);
    expect((await messages(page))[0]).toContain('card refused');

    await page.goto(`${site.url}/logs?service=billing`);
    await page.getByRole('searchbox', { name: 'Search' }).fill('request');
    await page.getByRole('button', { name: 'Search' }).click();
    expect(await messages(page)).toHaveLength(10);
    await page.getByRole('link', { name: 'Older' }).click();
    expect(await messages(page)).toHaveLength(10);
    expect(new URL(page.url()).searchParams.getAll('service')).toEqual(['billing']);

    await page.goto(site.url);
    await page.getByText('Group: none').click();
    await page.getByRole('link', { name: 'service', exact: true }).click();
    expect(await page.getByRole('heading', { name: /^billing/, level: 2 }).isVisible()).toBe(true);
  });

  test('the keyboard goes from search to line to record and back', async () => {
    const { site } = await startLivelySite();
    await using _ = site;
    await using opened = await openPage();
    const { page, faults } = opened;
    await page.goto(`${site.url}/logs`);
    await page.keyboard.press('/');
    await page.keyboard.type('refused');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=refused/);
    expect(await messages(page)).toHaveLength(1);
    await page.goto(`${site.url}/logs?q=request`);
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    expect(await focused()).toBe('request 1 done');
    await page.keyboard.press('k');
    expect(await focused()).toBe('request 0 done');
    await page.keyboard.press('Enter');
    await page.locator('[data-panel]').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('[data-panel]').waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('?q=request');
    expect(faults).toEqual([]);
  });

  test('arrows walk through a strip, which is one stop of the Tab key', async () => {
    const { site } = await startLivelySite();
    await using _ = site;
    await using opened = await openPage();
    const { page } = opened;
    await page.goto(site.url);
    const strip = page.locator('[data-strip]').first();
    expect(await strip.locator('a[tabindex="0"]').count()).toBe(1);
    await strip.locator('a[tabindex="0"]').focus();
    await page.keyboard.press('ArrowLeft');
    const title = () => page.evaluate(() => document.activeElement?.getAttribute('title'));
    expect(await title()).toMatch(/^11:00 to 12:00, 1 error/);
    await page.keyboard.press('Home');
    expect(await title()).toMatch(/^13:00 to 14:00/);
  });

  test('a record opens beside the list and stays there when the page is loaded anew', async () => {
    const { site } = await startLivelySite();
    await using _ = site;
    await using opened = await openPage();
    const { page, faults } = opened;
    await page.goto(`${site.url}/logs?q=card`);
    await page.evaluate(() => document.body.setAttribute('data-same-page', ''));
    await page.locator('[data-line]').first().click();
    await page.locator('[data-panel]').waitFor();
    expect(await page.locator('body[data-same-page]').count()).toBe(1);
    expect(page.url()).toContain('record=');
    await page.reload();
    expect(await page.locator('[data-panel] .name').textContent()).toContain('payments');
    await page.goBack();
    await page.locator('[data-panel]').waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
  });

  test('the health page keeps itself fresh in place', async () => {
    const { site } = await startLivelySite();
    await using _ = site;
    await using opened = await openPage({ reducedMotion: 'reduce' });
    const { page, faults } = opened;
    await page.clock.install();
    await page.goto(site.url);
    const card = page.locator('.card', { hasText: 'payments' });
    const element = (await card.elementHandle())!;
    await card.locator('.logger').focus();
    await site.store.append([
      batch([
        errorRecord({ logger: 'payments', body: 'refused again', timestamp: NOON - MINUTE }),
        errorRecord({ logger: 'brand new', timestamp: NOON - MINUTE }),
      ]),
    ]);
    await page.clock.runFor(11_000);
    await card.getByText('refused again').waitFor();
    expect(await element.evaluate((kept) => kept.isConnected)).toBe(true);
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('logger');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('3 of 11 loggers need attention');
    expect(await page.getByText('brand new').count()).toBe(0);
    await page.getByRole('link', { name: '1 logger is new or changed its state' }).click();
    await page.getByText('brand new').waitFor();
    expect(faults).toEqual([]);
  });

  test('the first page of all shows the first card by itself', async () => {
    await using site = await startSite();
    await using opened = await openPage();
    await opened.page.goto(site.url);
    expect(await opened.page.getByText('Send the first record').isVisible()).toBe(true);
    await site.store.append([batch([errorRecord({ timestamp: NOON - MINUTE })])]);
    await opened.page.locator('.card').waitFor();
  });

  test('P35 every page that has nothing yet goes on by itself when something comes', async () => {
    await using site = await startSite();
    await using opened = await openPage();
    const paths = ['/logs', '/audit', '/requests'];
    const pages = await Promise.all(paths.map(() => opened.page.context().newPage()));
    for (const [index, page] of pages.entries()) {
      await page.goto(site.url + paths[index]!);
      expect(await page.getByText('Send the first record').isVisible()).toBe(true);
    }
    await site.store.append([batch([errorRecord({ timestamp: NOON - MINUTE })])]);
    await pages[0]!.locator('[data-line]').waitFor();
    await pages[1]!.getByRole('heading', { name: 'Record who does what' }).waitFor();
    await pages[2]!.getByRole('heading', { name: 'Record HTTP requests' }).waitFor();
  });

  test('the live tail puts new records on top, as text', async () => {
    const { site } = await startLivelySite();
    await using _ = site;
    await using opened = await openPage();
    const { page, faults } = opened;
    await page.goto(`${site.url}/logs?level=ERROR`);
    const following = page.waitForResponse(/\/api\/v1\/tail/);
    await page.getByRole('button', { name: 'Live tail' }).click();
    await following;
    const body = '<img src=x onerror=alert(1)> live';
    const live: StoredRecord[] = [
      { ...errorRecord({ body, timestamp: NOON, severityText: 'Critical' }), id: 'live-1' },
      { ...logRecord({ body: 'not asked for', timestamp: NOON }), id: 'live-2' },
    ];
    site.publish(live);
    await page.getByText('onerror=alert(1)').waitFor();
    expect((await messages(page))[0]).toBe(body);
    expect(await page.locator('tbody tr').first().textContent()).toContain(
      '20 Nov 12:00:00.000Criticalshop / shop.cart',
    );
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.getByText('not asked for').count()).toBe(0);
    await page.getByRole('button', { name: 'Live tail' }).click();
    expect(faults).toEqual([]);
  });

  test('a live tail that the server refuses says so and lets go', async () => {
    const { site } = await startLivelySite({ limits: { tails: 0 } });
    await using _ = site;
    await using opened = await openPage();
    const { page } = opened;
    await page.goto(`${site.url}/logs`);
    await page.getByRole('button', { name: 'Live tail' }).click();
    await page.getByText('New records can’t be followed now').waitFor();
    expect(await page.getByRole('button', { name: 'Live tail' }).getAttribute('aria-pressed')).toBe('false');
  });

  test('paper is light, whatever the screen is', async () => {
    const { site } = await startLivelySite();
    await using _ = site;
    const colours = async (colorScheme: 'light' | 'dark', media: 'screen' | 'print') => {
      await using opened = await openPage({ colorScheme });
      await opened.page.goto(site.url);
      await opened.page.emulateMedia({ media });
      return await opened.page.evaluate(() => {
        const style = getComputedStyle(document.documentElement);
        return ['--surface', '--text', '--bad-soft', '--ok-soft', '--bar'].map((name) => style.getPropertyValue(name));
      });
    };
    expect(await colours('dark', 'print')).toEqual(await colours('light', 'print'));
    expect(await colours('dark', 'screen')).not.toEqual(await colours('light', 'screen'));
  });

  test('a long line stays where it is when it is opened', async () => {
    const { site } = await startLivelySite();
    await using _ = site;
    await using opened = await openPage();
    const { page } = opened;
    await page.goto(`${site.url}/logs?q=refused`);
    await page.locator('[data-line]').first().click();
    await page.locator('[data-panel]').waitFor();
    expect(
      await page
        .locator('td.m')
        .first()
        .evaluate((cell) => cell.scrollLeft),
    ).toBe(0);
  });

  test('menus stay on a phone’s page', async () => {
    const { site } = await startLivelySite();
    await using _ = site;
    await using opened = await openPage({ viewport: PHONE, isMobile: true, hasTouch: true });
    const { page } = opened;
    for (const path of ['/', '/logs', '/audit', '/requests']) {
      await page.goto(site.url + path);
      for (const summary of await page.locator('[data-menu] > summary').all()) {
        await summary.click();
        expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBe(PHONE.width);
        await page.keyboard.press('Escape');
      }
    }
  });

  test('times are in the zone of the browser from the second page on', async () => {
    await using site = await startSite({ settings: { timeZone: null } });
    await site.store.append([batch([logRecord({ timestamp: NOON - MINUTE })])]);
    await using opened = await openPage({ timezoneId: 'Asia/Tokyo' });
    const { page } = opened;
    await page.goto(`${site.url}/logs`);
    expect(await page.locator('footer').textContent()).toContain('Times in UTC');
    await page.reload();
    expect(await page.locator('footer').textContent()).toContain('Times in Asia/Tokyo');
    expect(await page.locator('tbody time').first().textContent()).toBe('20 Nov 20:59:00.000');
  });

  test('the address of a record and the first steps can be copied', async () => {
    const { site, id } = await startLivelySite();
    await using _ = site;
    await using opened = await openPage({ permissions: ['clipboard-read', 'clipboard-write'] });
    const { page } = opened;
    await page.goto(`${site.url}/logs/${id}`);
    await page.getByRole('link', { name: 'Copy link' }).click();
    await page.getByRole('link', { name: 'Copied' }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${site.url}/logs/${id}`);
  });

  test('P61 pointing at an event, or reaching it by keyboard, highlights its group in the table', async () => {
    const { site } = await startEventfulSite();
    await using _ = site;
    await using opened = await openPage();
    const { page, faults } = opened;
    const marked = () => page.locator('.same-group').allTextContents();
    for (const path of ['/logs?q=group:*', '/audit?kind=group']) {
      await page.goto(site.url + path);
      const line = (words: string) => page.locator('[data-group]', { hasText: words });
      await line('started').hover();
      expect(await marked()).toHaveLength(3);
      expect((await marked()).join()).not.toContain('another import');
      await line('another import').hover();
      expect(await marked()).toHaveLength(1);
      await page.locator('h1').hover({ force: true });
      expect(await marked()).toEqual([]);
      await line('broken off').locator('[data-line]').focus();
      expect(await marked()).toHaveLength(3);
      await page.keyboard.press('j');
      expect((await marked()).join()).toMatch(/half of it|another import/);
    }
    expect(faults).toEqual([]);
  });

  test('P60 a type’s own colour is drawn, and the policy of the page has nothing against it', async () => {
    const { site } = await startEventfulSite();
    await using _ = site;
    await using opened = await openPage();
    const { page, faults } = opened;
    await page.goto(`${site.url}/groups/import-1`);
    const mark = page.locator('.etype', { hasText: 'checkpoint' }).locator('path');
    expect(await mark.evaluate((path) => getComputedStyle(path).fill)).toBe('rgb(124, 92, 255)');
    expect(faults).toEqual([]);
  });

  test('P73 P74 P75 without JavaScript: from the audit page to an object, to what a record changed, and back by filters', async () => {
    const { site } = await startEventfulSite();
    await using _ = site;
    await using opened = await openPage({ javaScriptEnabled: false });
    const { page } = opened;
    await page.goto(`${site.url}/audit`);
    await page.getByRole('textbox', { name: 'Object id' }).fill('a/7');
    await page.getByRole('button', { name: 'Search' }).click();
    expect(await page.locator('.events > li').count()).toBe(2);
    await page.getByRole('link', { name: 'Everything about it' }).or(page.locator('.object')).first().click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('order a/7');
    expect(await page.locator('.events > li').count()).toBe(2);
    await page.locator('.events [data-line]').last().click();
    expect(await page.getByRole('row', { name: /changed address.city/ }).textContent()).toContain('Pécs');
    await page.getByRole('link', { name: 'Show all' }).first().click();
    expect(await page.locator('.diff').textContent()).toContain('x'.repeat(300));
    await page.getByRole('link', { name: 'User', exact: true }).click();
    expect(await page.getByRole('link', { name: 'Drop the filter by ana' }).isVisible()).toBe(true);
  });
});
