import { describe, expect, test } from 'vitest';
import type { LogRecord } from '../../../receiver/record/log-record.ts';
import { InvalidCursorError } from '../../../receiver/store/errors.ts';
import type { LogStore, SearchPage, SearchRequest } from '../../../receiver/store/store.ts';
import { getPage, type Site, startSite } from '../../helpers/dashboard-site.ts';
import { elementsOf, linksTo, visibleText } from '../../helpers/html.ts';
import {
  batch,
  errorRecord,
  HOUR,
  idsOf,
  logRecord,
  MINUTE,
  NOON,
  SECOND,
  warningRecord,
} from '../../helpers/records.ts';

async function siteWith(records: readonly LogRecord[], options?: Parameters<typeof startSite>[0]) {
  const site = await startSite(options);
  const [appended] = await site.store.append([batch(records)]);
  return { site, ids: idsOf(appended!, records.length) as string[] };
}

/** The table's messages in order. */
const messagesOf = (html: string): string[] =>
  Array.from(html.matchAll(/data-line[^>]*><bdi>(.*?)<\/bdi>/gs), ([, body]) => visibleText(body!));

const messagesAt = async (site: Site, path: string): Promise<string[]> => messagesOf((await getPage(site, path)).html);

/** `count` records, "n" a second apart, the newest is "1". */
const numbered = (count: number): LogRecord[] =>
  Array.from({ length: count }, (_, index) =>
    logRecord({ body: `n${index + 1}`, timestamp: NOON - BigInt(index + 1) * SECOND }),
  );

describe('the table', () => {
  test('P30 level, range and search combine, newest first', async () => {
    const { site } = await siteWith([
      errorRecord({ body: 'refused early', timestamp: NOON - 30n * HOUR }),
      errorRecord({ body: 'refused first', timestamp: NOON - 3n * HOUR }),
      errorRecord({ body: 'REFUSED second', timestamp: NOON - 2n * HOUR }),
      warningRecord({ body: 'refused, a warning', timestamp: NOON - 2n * HOUR }),
      errorRecord({ body: 'something else', timestamp: NOON - HOUR }),
    ]);
    await using _ = site;
    expect(await messagesAt(site, '/logs?q=refused&level=ERROR&range=24h')).toEqual([
      'REFUSED second',
      'refused first',
    ]);
    expect(await messagesAt(site, '/logs?q=refused&level=ERROR&range=30d')).toHaveLength(3);
    expect(await messagesAt(site, '/logs?q=refused&from=now-150m&to=now')).toEqual([
      'refused, a warning',
      'REFUSED second',
    ]);
  });

  test('P6 a level of one’s own shows and filters by its name', async () => {
    const { site } = await siteWith([
      logRecord({ body: 'order deleted', severityNumber: 10, severityText: 'AUDIT', timestamp: NOON - MINUTE }),
      logRecord({ body: 'ordinary', timestamp: NOON - MINUTE }),
    ]);
    await using _ = site;
    const { html } = await getPage(site, '/logs');
    const [audit] = linksTo(html, 'AUDIT').filter((href) => href.includes('level=AUDIT'));
    expect(await messagesAt(site, audit!)).toEqual(['order deleted']);
  });

  test('P30 P33 pages keep the search, and records that arrive meanwhile move nothing', async () => {
    const { site } = await siteWith(numbered(25));
    await using _ = site;
    const first = await getPage(site, '/logs?q=n&service=shop&level=INFO&facet=x');
    expect(messagesOf(first.html)).toEqual(Array.from({ length: 10 }, (_, i) => `n${i + 1}`));
    expect(visibleText(first.html)).toContain('Page 1 of 3');
    const [older] = linksTo(first.html, 'Older');
    await site.store.append([batch([logRecord({ body: 'n0, later', timestamp: NOON - SECOND / 2n })])]);
    const second = await getPage(site, older!);
    expect(messagesOf(second.html)).toEqual(Array.from({ length: 10 }, (_, i) => `n${i + 11}`));
    const parameters = new URL(older!, site.url).searchParams;
    expect(Object.fromEntries(parameters)).toMatchObject({
      q: 'n',
      service: 'shop',
      level: 'INFO',
      facet: 'x',
      page: '2',
    });
    const [newer] = linksTo(second.html, 'Newer');
    expect(await messagesAt(site, newer!)).toEqual(messagesOf(first.html));
    const [oldest] = linksTo(second.html, 'Older');
    expect(await messagesAt(site, oldest!)).toEqual(['n21', 'n22', 'n23', 'n24', 'n25']);
  });

  test('P32 page 0 and abc are page 1, and an empty result has one page', async () => {
    const { site } = await siteWith(numbered(25));
    await using _ = site;
    const first = await messagesAt(site, '/logs');
    for (const page of ['0', 'abc', '-3', '1.5', ''])
      expect(await messagesAt(site, `/logs?page=${page}`)).toEqual(first);
    expect(await messagesAt(site, '/logs?page=77')).toEqual(['n21', 'n22', 'n23', 'n24', 'n25']);
    const empty = await getPage(site, '/logs?q=nowhere&page=5');
    expect(empty.status).toBe(200);
    expect(visibleText(empty.html)).not.toContain('Page ');
  });

  test('P31 searched words are marked where they stand, whatever their case and characters', async () => {
    const { site } = await siteWith([logRecord({ body: 'call a.B( and <b>100%</b>', timestamp: NOON - MINUTE })]);
    await using _ = site;
    const { html } = await getPage(site, `/logs?${new URLSearchParams({ q: '"A.b(" "<B>100%"' })}`);
    expect(html).toContain('call <mark>a.B(</mark> and <mark>&lt;b>100%</mark>&lt;/b>');
    const excluded = await getPage(site, `/logs?${new URLSearchParams({ q: 'call -nothing' })}`);
    expect(excluded.html).toContain('<mark>call</mark> a.B(');
  });

  test('a match far into a long message is brought into sight', async () => {
    const { site } = await siteWith([logRecord({ body: `${'x '.repeat(500)}needle end`, timestamp: NOON - MINUTE })]);
    await using _ = site;
    const { html } = await getPage(site, '/logs?q=needle');
    expect(html).toMatch(/<bdi>…(x )+<mark>needle<\/mark> end<\/bdi>/);
  });
});

describe('the search', () => {
  test('a query that does not parse gets 400, its place and nothing else', async () => {
    const { site } = await siteWith(numbered(1));
    await using _ = site;
    const { status, html } = await getPage(site, `/logs?${new URLSearchParams({ q: 'n1 (or' })}`);
    expect(status).toBe(400);
    expect(html).toContain('n1 (or\n   ^ at character 4');
    expect(elementsOf(html, 'input').find((input) => input.name === 'q')).toMatchObject({
      value: 'n1 (or',
      'aria-invalid': 'true',
    });
    expect(messagesOf(html)).toEqual([]);
    expect(visibleText(html)).toContain('How to search timeout the word anywhere');
  });

  test('a time that is none gets 400 and says what is allowed', async () => {
    const { site } = await siteWith(numbered(1));
    await using _ = site;
    const { status, html } = await getPage(site, '/logs?from=yesterday');
    expect(status).toBe(400);
    expect(visibleText(html)).toContain('"from" must be a time such as');
  });

  test('times without an offset are those of the reader’s zone', async () => {
    const { site } = await siteWith(numbered(1), { settings: { timeZone: 'Asia/Kathmandu' } });
    await using _ = site;
    // Noon in London is a quarter to six in Kathmandu.
    expect(await messagesAt(site, '/logs?from=2026-11-20+17:40&to=2026-11-20+17:46')).toEqual(['n1']);
    expect(await messagesAt(site, '/logs?from=2026-11-20+11:40&to=2026-11-20+12:01')).toEqual([]);
  });

  test('bars of the histogram add up to the total and lead to exactly their records', async () => {
    const { site } = await siteWith([
      errorRecord({ body: 'early', timestamp: NOON - 7n * HOUR }),
      warningRecord({ body: 'late', timestamp: NOON - HOUR }),
      logRecord({ body: 'later', timestamp: NOON - HOUR + MINUTE }),
    ]);
    await using _ = site;
    const { html } = await getPage(site, '/logs?range=24h&q=a');
    expect(visibleText(html)).toContain('3 records 1 error 1 warning 15 min a bar');
    const bar = elementsOf(html, 'a').find(
      (link) => link['aria-label'] === '11:00 to 11:15, 0 errors, 1 warning, 2 records',
    );
    expect(await messagesAt(site, bar!.href!)).toEqual(['later', 'late']);
  });

  test('facets narrow the search and let go again, and others can be added', async () => {
    const { site } = await siteWith(
      [
        logRecord({
          body: 'one',
          resource: { attributes: { 'host.name': 'web 1' } },
          attributes: { 'user.id': 'u"1' },
        }),
        logRecord({ body: 'two', resource: { attributes: { 'host.name': 'web 2' } } }),
      ].map((record) => ({ ...record, timestamp: NOON - MINUTE })),
    );
    await using _ = site;
    const { html } = await getPage(site, '/logs?level=INFO&facet=user.id');
    const [byHost] = linksTo(html, 'web 1').filter((href) => href.includes('host.name'));
    expect(new URL(byHost!, site.url).searchParams.get('q')).toBe('resource.host.name:"web 1"');
    const narrowed = await getPage(site, byHost!);
    expect(messagesOf(narrowed.html)).toEqual(['one']);
    const [letGo] = linksTo(narrowed.html, 'Stop filtering by this value').filter((href) => !href.includes('q='));
    expect(await messagesAt(site, letGo!)).toHaveLength(2);
    const [byUser] = linksTo(html, 'u"1');
    expect(await messagesAt(site, byUser!)).toEqual(['one']);
  });

  test('P33 hostile names come through links whole', async () => {
    const service = 'a&b=c #?/%2F"\'<é😀';
    const { site } = await siteWith([
      errorRecord({ service, logger: service, timestamp: NOON - MINUTE, body: 'found' }),
    ]);
    await using _ = site;
    const health = await getPage(site, '/');
    const link = elementsOf(health.html, 'a').find((element) => element.class === 'logger')!;
    expect(await messagesAt(site, link.href!)).toEqual(['found']);
    expect(visibleText((await getPage(site, link.href!)).html)).toContain(`${service} / ${service}`);
  });
});

describe('one logger', () => {
  test('its page has its name, its state and its records alone', async () => {
    const { site } = await siteWith([
      errorRecord({ logger: 'mail', body: 'mine', timestamp: NOON - MINUTE }),
      logRecord({ logger: 'other', body: 'not mine', timestamp: NOON - MINUTE }),
    ]);
    await using _ = site;
    const { html } = await getPage(site, '/logs?service=shop&logger=mail');
    expect(html).toContain('<title>shop / mail · logvitals</title>');
    expect(visibleText(html)).toContain('shop / mail Failing 1 error and 0 warnings in the last hour');
    expect(messagesOf(html)).toEqual(['mine']);
  });

  test('P33 the record opens beside the list, and closing it leads back to the same list', async () => {
    const { site, ids } = await siteWith([errorRecord({ body: 'mine', timestamp: NOON - MINUTE })]);
    await using _ = site;
    const list = '/logs?q=mine&level=ERROR&range=30d';
    const { html } = await getPage(site, `${list}&record=${ids[0]}`);
    expect(html).toContain('aria-label="The chosen record"');
    const [close] = linksTo(html, 'Back to the list');
    expect(new URL(close!, site.url).searchParams.toString()).toBe(new URL(list, site.url).searchParams.toString());
    const gone = await getPage(site, `${list}&record=unknown`);
    expect(gone.status).toBe(200);
    expect(visibleText(gone.html)).toContain('This record is no longer here');
  });
});

describe('a search that ends early by its time limit', () => {
  /** A store that looks at a handful of records a time, as one with a time budget does. */
  function impatient(store: LogStore): LogStore {
    return Object.assign(Object.create(store) as LogStore, {
      async search(request: SearchRequest): Promise<SearchPage> {
        const page = await store.search({ ...request, limit: 3 });
        return { ...page, complete: page.next === null };
      },
    });
  }

  test('P33 says so, and goes on from there with everything kept', async () => {
    const { site } = await siteWith(numbered(5));
    await using _ = site;
    await using slow = await startSite({ store: impatient(site.store) });
    const first = await getPage(slow, '/logs?q=n&level=INFO');
    expect(messagesOf(first.html)).toEqual(['n1', 'n2', 'n3']);
    const [on] = linksTo(first.html, 'Search on from there');
    expect(Object.fromEntries(new URL(on!, slow.url).searchParams)).toMatchObject({ q: 'n', level: 'INFO' });
    const second = await getPage(slow, on!);
    expect(messagesOf(second.html)).toEqual(['n4', 'n5']);
    expect(linksTo(second.html, 'Search on')).toEqual([]);
  });

  test('a place to go on from that never was is 400', async () => {
    const { site } = await siteWith(numbered(1));
    await using _ = site;
    const store = Object.assign(Object.create(site.store) as LogStore, {
      search: async () => {
        throw new InvalidCursorError('no page of this search handed out that cursor');
      },
    });
    await using strict = await startSite({ store });
    const { status, html } = await getPage(strict, '/logs?cursor=made-up');
    expect(status).toBe(400);
    expect(visibleText(html)).toContain('no such place to go on from');
  });
});
