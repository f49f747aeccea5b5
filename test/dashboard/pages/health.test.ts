import { describe, expect, test } from 'vitest';
import { getPage, type Site, startSite } from '../../helpers/dashboard-site.ts';
import { elementsOf, linksTo, visibleText } from '../../helpers/html.ts';
import {
  batch,
  errorRecord,
  HOUR,
  logRecord,
  MILLISECOND,
  MINUTE,
  NOON,
  warningRecord,
} from '../../helpers/records.ts';

/** Four loggers of service `shop`, one in each state. */
async function startMixedSite(options?: Parameters<typeof startSite>[0]): Promise<Site> {
  const site = await startSite({
    thresholdOf: (_service, _logger, level) => (level === 'WARN' ? 3 : 2),
    ...options,
  });
  const old = NOON - 5n * HOUR;
  await site.store.append([
    batch([
      logRecord({ logger: 'clean', timestamp: NOON - 4n * MINUTE }),
      logRecord({ logger: 'healthy', timestamp: NOON - 3n * MINUTE }),
      warningRecord({ logger: 'healthy', timestamp: old, body: 'once upon a time' }),
      errorRecord({ logger: 'warning', timestamp: NOON - 2n * MINUTE, body: 'one error is too few' }),
      errorRecord({ logger: 'failing', timestamp: NOON - 20n * MINUTE, body: 'the first refusal' }),
      errorRecord({
        logger: 'failing',
        timestamp: NOON - 10n * MINUTE,
        body: 'the newest refusal',
        severityNumber: 21,
      }),
      warningRecord({ logger: 'failing', timestamp: NOON - MINUTE, body: 'a warning after it' }),
    ]),
  ]);
  return site;
}

/** Names of the loggers in the page's order. */
const loggersOf = (html: string): string[] =>
  elementsOf(html, 'li').flatMap((element) =>
    element['data-live'] ? [(JSON.parse(element['data-live']) as [string, string])[1]] : [],
  );

describe('the health page', () => {
  test('P10 P11 shows one card per logger with its counts, the unhealthy first', async () => {
    await using site = await startMixedSite();
    const { html } = await getPage(site, '/');
    expect(loggersOf(html)).toEqual(['failing', 'warning', 'healthy', 'clean']);
    const text = visibleText(html);
    expect(text).toContain('2 of 4 loggers need attention');
    expect(text).toContain('shop / failing Failing 10 min ago the newest refusal');
    expect(text).toContain('2 errors 1 warning 3 records 3 issues last hour seen 1 min ago · alert at 2 / h');
  });

  test('P12 a record exactly one hour old is recent, one millisecond older is not', async () => {
    await using site = await startSite();
    await site.store.append([
      batch([
        errorRecord({ logger: 'on-the-hour', timestamp: NOON - HOUR }),
        errorRecord({ logger: 'before-it', timestamp: NOON - HOUR - MILLISECOND }),
      ]),
    ]);
    const { html } = await getPage(site, '/?view=cards');
    expect(visibleText(html)).toMatch(
      /on-the-hour Failing .* 1 issue last hour .*before-it Healthy .* 0 issues last hour/,
    );
  });

  test('P13 says Healthy for nothing in the last hour, Clean for nothing at all, and pluralises', async () => {
    await using site = await startMixedSite();
    const { html } = await getPage(site, '/');
    const text = visibleText(html);
    expect(text).toMatch(/shop \/ healthy Healthy 1 warning 2/);
    expect(text).toMatch(/shop \/ clean Clean no issues 1/);
    expect(text).toContain('Last 24 hours · 7 records · 3 errors · 2 warnings');
  });

  test('P14 P20 offers the ranges of the settings, and takes an unknown one for the default', async () => {
    await using site = await startMixedSite();
    for (const [range, slots] of [
      ['24h', 24],
      ['30d', 30],
      ['90d', 90],
      ['1h', 12],
      ['nonsense', 24],
    ] as const) {
      const { html } = await getPage(site, `/?range=${range}&view=cards`);
      const slotLinks = elementsOf(html, 'a').filter((link) => link.class?.startsWith('slot'));
      expect(slotLinks).toHaveLength(4 * slots);
    }
    const { html } = await getPage(site, '/?range=nonsense');
    expect(linksTo(html, 'service').find((href) => href.startsWith('/?'))).toBe('/?range=24h&group=service');
  });

  test('P15 a slot is red or amber only from its threshold on, and tells so without colour', async () => {
    await using site = await startMixedSite();
    const { html } = await getPage(site, '/');
    const newest = elementsOf(html, 'a').filter((link) => link.title?.startsWith('11:00 to 12:00'));
    expect(newest.map((slot) => slot.class)).toEqual(['slot error h34', 'slot ok h24', 'slot ok h24', 'slot ok h24']);
    expect(newest[0]!.title).toBe('11:00 to 12:00, 2 errors, 1 warning, 3 records');
  });

  test('P16 an alert that is off says so, and slots still colour from the first record', async () => {
    await using site = await startSite({ thresholdOf: () => null });
    await site.store.append([batch([errorRecord({ timestamp: NOON - MINUTE })])]);
    const { html } = await getPage(site, '/');
    expect(visibleText(html)).toContain('alert off');
    expect(html).toContain('slot error h34');
  });

  test('P17 a slot leads to exactly its records', async () => {
    await using site = await startSite();
    const from = NOON - 3n * HOUR;
    const bodies = {
      'just before': from - 1n,
      'its first': from,
      'its last': from + HOUR - 1n,
      'just after': from + HOUR,
    };
    await site.store.append([
      batch([
        ...Object.entries(bodies).map(([body, timestamp]) => logRecord({ body, timestamp })),
        logRecord({ body: 'of another logger', timestamp: from, logger: 'other' }),
      ]),
    ]);
    const { html } = await getPage(site, '/');
    const slot = elementsOf(html, 'a').find(
      (link) => link.title === '09:00 to 10:00, 0 errors, 0 warnings, 2 records',
    )!;
    const page = await getPage(site, slot.href!);
    const messages = Array.from(page.html.matchAll(/data-line[^>]*><bdi>(.*?)<\/bdi>/g), ([, body]) => body);
    expect(messages).toEqual(['its last', 'its first']);
  });

  test('P18 days are those of the reader’s zone', async () => {
    await using site = await startSite({ settings: { timeZone: null } });
    // 23:30 UTC on the 18th is the 19th in Budapest.
    await site.store.append([batch([errorRecord({ timestamp: NOON - 36n * HOUR - 30n * MINUTE })])]);
    const redDay = async (cookie: string): Promise<string | undefined> => {
      const { html } = await getPage(site, '/?range=30d', { Cookie: cookie });
      return elementsOf(html, 'a').find((link) => link.class?.startsWith('slot error'))?.title;
    };
    expect(await redDay('tz=Europe%2FBudapest')).toMatch(/^Thu, 19 Nov 2026/);
    expect(await redDay('tz=America%2FSao_Paulo')).toMatch(/^Wed, 18 Nov 2026/);
    expect(await redDay('tz=%3Cscript%3E')).toMatch(/^Wed, 18 Nov 2026/);
  });

  test('P33 every link and form keeps the rest of the state', async () => {
    await using site = await startMixedSite();
    const state = { range: '30d', filter: 'shop / & "x"?#', group: 'service', view: 'cards', sort: 'name' };
    const { html } = await getPage(site, `/?${new URLSearchParams(state)}`);
    const own = linksTo(html).filter((href) => href.startsWith('/?'));
    expect(own.length).toBeGreaterThan(10);
    for (const href of own) {
      const parameters = Object.fromEntries(new URL(href, site.url).searchParams);
      const changed = Object.keys(state).filter((name) => parameters[name] !== state[name as keyof typeof state]);
      expect(changed.length, href).toBeLessThanOrEqual(1);
    }
    const hidden = elementsOf(html, 'input').filter((input) => input.type === 'hidden');
    expect(Object.fromEntries(hidden.map(({ name, value }) => [name, value]))).toEqual({
      range: '30d',
      group: 'service',
      view: 'cards',
      sort: 'name',
    });
  });

  test('filters by name, groups by service and shows all as cards', async () => {
    await using site = await startMixedSite();
    await site.store.append([batch([logRecord({ service: 'tickets', logger: 'http', timestamp: NOON - MINUTE })])]);
    expect(loggersOf((await getPage(site, '/?filter=SHOP+%2F+warn')).html)).toEqual(['warning']);
    const grouped = await getPage(site, '/?group=service');
    expect(visibleText(grouped.html)).toMatch(/shop 4 .* tickets 1 /);
    const asCards = await getPage(site, '/?view=cards');
    expect(asCards.html).not.toContain('class="rows"');
    expect(loggersOf((await getPage(site, '/?sort=name')).html)).toEqual([
      'failing',
      'warning',
      'clean',
      'healthy',
      'http',
    ]);
  });

  test('P33 a filter by name stands on the page with a way to drop it alone', async () => {
    await using site = await startMixedSite();
    const { html } = await getPage(site, '/?filter=warn&range=30d&sort=name');
    expect(visibleText(html)).toContain('name has warn ×');
    expect(linksTo(html, 'Drop the filter: name has warn')).toEqual(['/?range=30d&sort=name']);
    expect(visibleText((await getPage(site, '/')).html)).not.toContain('name has');
  });

  test('headings count their loggers over all pages, and pages don’t part a service’s loggers needlessly', async () => {
    await using site = await startSite({ settings: { cardsPageSize: 3 } });
    const loggers = ['one', 'two', 'three', 'four'];
    await site.store.append([
      batch([
        errorRecord({ service: 'shop', logger: 'failing', timestamp: NOON - MINUTE }),
        errorRecord({ service: 'mail', logger: 'failing', timestamp: NOON - 2n * MINUTE }),
        ...loggers.map((logger) => logRecord({ service: 'shop', logger, timestamp: NOON - 3n * MINUTE })),
      ]),
    ]);
    expect(visibleText((await getPage(site, '/')).html)).toMatch(/Needs attention 2 .* Healthy 4 /);
    const first = await getPage(site, '/?group=service');
    expect(loggersOf(first.html)).toHaveLength(3);
    expect(visibleText(first.html)).toMatch(/ shop 5 failing Failing /);
    expect(visibleText(first.html)).not.toContain('mail');
    expect(visibleText((await getPage(site, '/?group=service&page=2')).html)).toMatch(/ shop 5 .* mail 1 failing /);
  });

  test('P32 pages: 0, letters and none are the first, one beyond the end is the last', async () => {
    await using site = await startSite({ settings: { cardsPageSize: 2 } });
    const records = ['a', 'b', 'c', 'd', 'e'].map((logger) => logRecord({ logger, timestamp: NOON - MINUTE }));
    await site.store.append([batch(records)]);
    for (const page of ['', '0', 'abc', '-1', '1']) {
      expect(loggersOf((await getPage(site, `/?page=${page}`)).html)).toEqual(['a', 'b']);
    }
    for (const page of ['3', '99']) expect(loggersOf((await getPage(site, `/?page=${page}`)).html)).toEqual(['e']);
    const { html } = await getPage(site, '/?page=2&range=30d');
    expect(visibleText(html)).toContain('Page 2 of 3');
    expect(linksTo(html, 'Next')).toEqual(['/?range=30d&page=3']);
  });

  test('P42 the title, the zone and the page sizes are settings', async () => {
    await using site = await startMixedSite({ settings: { title: 'Shop logs', timeZone: 'Asia/Kathmandu' } });
    const { html } = await getPage(site, '/', { Cookie: 'tz=Europe%2FBudapest' });
    expect(html).toContain('<title>2 of 4 loggers need attention · Shop logs</title>');
    expect(visibleText(html)).toContain('Times in Asia/Kathmandu');
  });

  test('numbers are short on cards and exact on hover', async () => {
    await using site = await startSite();
    await site.store.append([
      batch(Array.from({ length: 1234 }, (_, i) => errorRecord({ timestamp: NOON - MINUTE - BigInt(i) }))),
    ]);
    const { html } = await getPage(site, '/');
    expect(html).toContain('title="1,234"><b>1.23k</b> errors');
  });
});
