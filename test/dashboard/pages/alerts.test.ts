import { expect, test } from 'vitest';
import type { Alert } from '../../../receiver/store/alert.ts';
import type { LogStore } from '../../../receiver/store/store.ts';
import { buildAlert } from '../../helpers/alerts.ts';
import { getPage, startSite } from '../../helpers/dashboard-site.ts';
import { linksTo, visibleText } from '../../helpers/html.ts';
import { batch, errorRecord, HOUR, MINUTE, NOON } from '../../helpers/records.ts';

async function fire(store: LogStore, ...alerts: readonly Alert[]): Promise<void> {
  for (const one of alerts) await store.commitAlerts([{ key: one.id, version: 0, state: 'fired', alerts: [one] }]);
}

test('an empty page says what would be on it', async () => {
  await using site = await startSite();
  const text = visibleText((await getPage(site, '/alerts')).html);
  expect(text).toContain('No alert is firing');
  expect(text).toContain('Nothing has fired yet');
});

test('P28 what fires stands apart from what fired, each with its lines and its place in the code', async () => {
  await using site = await startSite();
  await site.store.append([batch([errorRecord({ logger: 'payments', timestamp: NOON - 5n * MINUTE })])]);
  await fire(site.store, buildAlert({ timestamp: NOON - 3n * HOUR, logger: 'old' }), buildAlert());
  const { html } = await getPage(site, '/alerts');
  const text = visibleText(html);
  expect(text).toContain('1 alert firing');
  expect(text).toMatch(
    /Firing shop \/ payments 12 × ERROR, threshold 10 20 Nov 11:55, 5 min ago .*History shop \/ old/,
  );
  expect(text).toContain('src/pay.ts:88 · charge');
  expect(text).toContain('11:55:00.000 ERROR card refused');
  expect(visibleText((await getPage(site, '/')).html)).toContain('Alerts 1 firing');
});

test('P21 an alert fires on while its logger keeps failing, and says when it began', async () => {
  await using site = await startSite();
  await site.store.append([batch([errorRecord({ logger: 'payments', timestamp: NOON - MINUTE })])]);
  await fire(site.store, buildAlert({ timestamp: NOON - 26n * HOUR }));
  const text = visibleText((await getPage(site, '/alerts')).html);
  expect(text).toMatch(/1 alert firing .*Firing shop \/ payments .* 19 Nov 10:00, 26 h ago/);
  expect(text).not.toContain('History');
});

test('P25 an alert of records that came late says when it was noticed', async () => {
  await using site = await startSite();
  await fire(
    site.store,
    buildAlert({ timestamp: NOON - 30n * HOUR, firedAt: NOON - 2n * HOUR }),
    buildAlert({ logger: 'in time', firedAt: NOON - 4n * MINUTE }),
  );
  const text = visibleText((await getPage(site, '/alerts')).html);
  expect(text).toMatch(/shop \/ payments .* 19 Nov 06:00, 30 h ago · noticed 2 h ago/);
  expect(text.match(/noticed/g)).toHaveLength(1);
});

test('P17 an alert leads to exactly the records of its window', async () => {
  await using site = await startSite();
  const end = NOON - 5n * MINUTE;
  const bodies: [string, bigint][] = [
    ['too early', end - HOUR - 1n],
    ['the first', end - HOUR],
    ['the last', end],
    ['too late', end + 1n],
  ];
  await site.store.append([
    batch(bodies.map(([body, timestamp]) => errorRecord({ body, timestamp, logger: 'payments' }))),
  ]);
  await fire(site.store, buildAlert());
  const { html } = await getPage(site, '/alerts');
  const [href] = linksTo(html, 'payments');
  const messages = Array.from(
    (await getPage(site, href!)).html.matchAll(/data-line[^>]*><bdi>(.*?)<\/bdi>/g),
    ([, body]) => body,
  );
  expect(messages).toEqual(['the last', 'the first']);
});

test('P32 a long history comes a page at a time', async () => {
  await using site = await startSite({ settings: { pageSize: 3 } });
  const fired = Array.from({ length: 7 }, (_, i) =>
    buildAlert({ logger: `l${i}`, timestamp: NOON - BigInt(10 - i) * HOUR }),
  );
  await fire(site.store, ...fired);
  const first = (await getPage(site, '/alerts')).html;
  expect(visibleText(first)).toMatch(/l6 .*l5 .*l4/);
  const second = (await getPage(site, linksTo(first, 'Older')[0]!)).html;
  expect(visibleText(second)).toMatch(/l3 .*l2 .*l1/);
  const third = (await getPage(site, linksTo(second, 'Older')[0]!)).html;
  expect(visibleText(third)).toMatch(/shop \/ l0/);
  expect(linksTo(third, 'Older')).toEqual([]);
});

test.each([
  '%00',
  'nowhere',
  `${'1'.repeat(200)}`,
])('P33 a history that goes on from no alert says so: %s', async (place) => {
  await using site = await startSite();
  const { status, html } = await getPage(site, `/alerts?before=${place}`);
  expect(status).toBe(400);
  expect(visibleText(html)).toContain('The list has no such place to go on from.');
});
