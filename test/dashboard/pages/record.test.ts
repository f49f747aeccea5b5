import { expect, test } from 'vitest';
import { getPage, startSite } from '../../helpers/dashboard-site.ts';
import { linksTo, visibleText } from '../../helpers/html.ts';
import { at, batch, errorRecord, logRecord, MINUTE, NOON, SECOND } from '../../helpers/records.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

test('a record shows all that is known of it at an address that lasts', async () => {
  await using site = await startSite();
  const [appended] = await site.store.append([
    batch([
      errorRecord({
        timestamp: at('2026-11-20T09:55:12.402113904Z'),
        body: 'connect ECONNREFUSED',
        attributes: { 'db.system.name': 'postgresql', retries: 9_007_199_254_740_993n, ok: false, none: null },
        resource: { attributes: { 'host.name': 'billing-1' } },
        scope: { version: '2.1' },
        traceId: TRACE,
        spanId: '00f067aa0ba902b7',
        flags: 3,
        eventName: 'db.refused',
        droppedAttributesCount: 2,
      }),
    ]),
  ]);
  const id = appended!.idOf(0)!;
  const { status, html } = await getPage(site, `/logs/${id}`);
  expect(status).toBe(200);
  const text = visibleText(html);
  for (const part of [
    'ERROR shop / shop.cart',
    'Fri 20 Nov 2026, 09:55:12.402 113 904',
    // By key, as no storage has to keep the order.
    'db.system.name postgresql none (empty) ok false retries 9007199254740993',
    '2 more attributes were dropped',
    'severity 17',
    'event db.refused',
    `trace ${TRACE} span 00f067aa0ba902b7 flags 3`,
    'host.name billing-1',
    'name shop.cart version 2.1',
  ]) {
    expect(text).toContain(part);
  }
  expect(linksTo(html, 'Link')).toContain(`/logs/${id}`);
  expect(linksTo(html, 'JSON')).toEqual([`/api/v1/logs/${id}`]);
  const [same] = linksTo(html, 'postgresql');
  expect(visibleText((await getPage(site, same!)).html)).toContain('connect ECONNREFUSED');
});

test('P7 a stack trace is shown with its message, libraries folded', async () => {
  await using site = await startSite();
  const library = Array.from({ length: 4 }, (_, i) => `    at run (/app/node_modules/q/index.js:${i}:1)`);
  const [appended] = await site.store.append([
    batch([
      errorRecord({
        attributes: {
          'exception.type': 'TypeError',
          'exception.message': 'x is <undefined>',
          'exception.stacktrace': ['TypeError: x', '    at mine (/app/src/a.ts:1:1)', ...library].join('\n'),
        },
      }),
    ]),
  ]);
  const { html } = await getPage(site, `/logs/${appended!.idOf(0)}`);
  expect(visibleText(html)).toContain('TypeError : x is <undefined>');
  expect(html).toContain('at mine (/app/src/a.ts:1:1)');
  expect(visibleText(html)).toContain('… 4 library frames');
});

test('P8 a long body is a preview first, and whole when asked', async () => {
  await using site = await startSite();
  const body = `${'word '.repeat(100)}the end`;
  const [appended] = await site.store.append([batch([logRecord({ body, timestamp: NOON - MINUTE })])]);
  const preview = await getPage(site, `/logs/${appended!.idOf(0)}`);
  expect(visibleText(preview.html)).toContain('200 of 507 characters. Show all');
  expect(preview.html).not.toContain('the end');
  const full = await getPage(site, linksTo(preview.html, 'Show all')[0]!);
  expect(full.html).toContain('the end');
  // Its tail is found although no page shows it at first.
  const found = await getPage(site, `/logs?${new URLSearchParams({ q: '"the end"' })}`);
  expect(found.html).toContain('<mark>the end</mark>');
});

test('the context shows the neighbours in the same logger, and more when asked', async () => {
  await using site = await startSite();
  const records = Array.from({ length: 60 }, (_, i) =>
    logRecord({ body: `n${i}`, timestamp: NOON - MINUTE + BigInt(i) * SECOND }),
  );
  const [appended] = await site.store.append([
    batch([...records, logRecord({ body: 'elsewhere', logger: 'other', timestamp: NOON - MINUTE })]),
  ]);
  const { html } = await getPage(site, `/logs/${appended!.idOf(30)}/context`);
  const text = visibleText(html);
  expect(text).toMatch(/n29 .*\+1 s .*n30 .*\+1 s .*n31/);
  expect(text).not.toContain('elsewhere');
  expect(text).not.toMatch(/ n9 | n51 /);
  const more = await getPage(site, linksTo(html, 'Show more')[0]!);
  expect(visibleText(more.html)).toMatch(/ n0 .* n59/);
  expect(linksTo(more.html, 'Show more')).toEqual([]);
});

test('P62 a trace and a group list their records in order with the time between them', async () => {
  await using site = await startSite();
  const group = 'import / 7 & "x"';
  const attributes = { 'logvitals.group.id': group };
  const [appended] = await site.store.append([
    batch([
      logRecord({ body: 'second', timestamp: NOON - 58n * SECOND, traceId: TRACE, attributes }),
      logRecord({ body: 'first', timestamp: NOON - MINUTE, traceId: TRACE, attributes }),
      logRecord({ body: 'third', timestamp: NOON - 57_500n * (SECOND / 1000n), traceId: TRACE, attributes }),
    ]),
  ]);
  for (const path of [`/traces/${TRACE}`, `/traces/${TRACE.toUpperCase()}`, `/groups/${encodeURIComponent(group)}`]) {
    const { status, html } = await getPage(site, path);
    expect(status).toBe(200);
    expect(visibleText(html)).toContain('3 records · 2.5 s from first to last');
    expect(visibleText(html)).toMatch(/first .*\+2 s .*second .*\+500 ms .*third/);
  }
  const record = await getPage(site, `/logs/${appended!.idOf(0)}`);
  expect((await getPage(site, linksTo(record.html, 'Group')[0]!)).status).toBe(200);
});

test('a record, a trace or a group that is not there is a page of its own, with 404', async () => {
  await using site = await startSite();
  for (const path of [
    '/logs/unknown',
    '/logs/%3Cscript%3E',
    '/logs/x/context',
    `/traces/${TRACE}`,
    '/groups/x',
    '/nowhere',
  ]) {
    const { status, html } = await getPage(site, path);
    expect(status, path).toBe(404);
    expect(visibleText(html)).toContain('Not found');
  }
});
