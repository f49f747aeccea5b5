import { describe, expect, test } from 'vitest';
import type { LogRecord } from '../../../receiver/record/log-record.ts';
import { auditRecord, groupRecord, requestRecord } from '../../helpers/audit.ts';
import { getPage, startSite } from '../../helpers/dashboard-site.ts';
import { elementsOf, linksTo, visibleText } from '../../helpers/html.ts';
import { batch, DAY, HOUR, idsOf, logRecord, MINUTE, NOON, SECOND } from '../../helpers/records.ts';

async function siteWith(...records: readonly LogRecord[]) {
  const site = await startSite();
  const [appended] = await site.store.append([batch(records)]);
  return { site, ids: idsOf(appended!, records.length) as string[] };
}

/** The lines of a list of events, as they read. */
const linesOf = (html: string): string[] =>
  Array.from(
    html.matchAll(/<li [^>]*>(?:(?!<li [^>]*class="(?:plain|warn|bad|dim)").)*?<p class="aside">/gs),
    ([line]) => visibleText(line.slice(line.indexOf('<div class="what">'))),
  );

const CHANGES = JSON.stringify({
  old_value: { status: 'open', address: { city: 'Győr' }, note: 'old', extra: 1 },
  new_value: { status: 'paid', address: { city: 'Pécs' }, note: null, extra: 2 },
});

describe('the audit page', () => {
  test('P73 P75 events read as sentences, with what they changed', async () => {
    const { site } = await siteWith(
      auditRecord({
        timestamp: NOON - MINUTE,
        object: { type: 'order', id: '7', name: 'Winter boots' },
        changes: CHANGES,
        attributes: { 'user.name': 'Ana Kovács' },
      }),
      auditRecord({ timestamp: NOON - 2n * MINUTE, action: 'approve', user: '', body: 'Approved by rule 4' }),
      auditRecord({
        timestamp: NOON - 3n * MINUTE,
        action: 'login_failed',
        severityNumber: 13,
        severityText: 'LOGIN',
        object: { type: '', id: '' },
        attributes: { 'error.type': 'WrongPassword' },
        body: 'login_failed ana',
      }),
      logRecord({ timestamp: NOON - MINUTE, body: 'an ordinary line' }),
      groupRecord('g', { timestamp: NOON - MINUTE }),
    );
    await using _ = site;
    const { html } = await getPage(site, '/audit');
    const lines = linesOf(html);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^Ana Kovács updated order 7 “Winter boots” /);
    expect(lines[0]).toContain('changed status open → to paid');
    expect(lines[0]).toContain('changed address.city Győr → to Pécs');
    expect(lines[0]).toContain('− removed note old');
    expect(lines[0]).toContain('1 more');
    expect(lines[1]).toBe('Somebody approve order 7 Approved by rule 4');
    expect(lines[2]).toBe('User ana failed to sign in WrongPassword');
  });

  test('P78 the headline tells the actions and users of seven days, and under it thirty', async () => {
    const { site } = await siteWith(
      auditRecord({ timestamp: NOON - DAY }),
      auditRecord({ timestamp: NOON - 2n * DAY, user: 'bo', action: 'delete' }),
      auditRecord({ timestamp: NOON - 20n * DAY, user: 'cy' }),
    );
    await using _ = site;
    const { html } = await getPage(site, '/audit');
    const text = visibleText(html);
    expect(text).toContain('2 actions by 2 users in the last 7 days');
    expect(text).toContain('3 actions by 3 users in 30 days: 2 × update , 1 × delete');
    expect(text).toContain('3 events');
  });

  test('P33 P73 every link and form keeps every filter, and each filter can be dropped', async () => {
    const { site } = await siteWith(
      auditRecord({ timestamp: NOON - MINUTE, tool: 'a & b', action: 'create' }),
      auditRecord({ timestamp: NOON - HOUR, action: 'delete' }),
    );
    await using _ = site;
    const query = 'action=create&tool=a+%26+b&actor=ana&object_type=order&object_id=7&q=create&range=90d';
    const { html } = await getPage(site, `/audit?${query}`);
    expect(linesOf(html)).toEqual(['User ana created order 7']);
    const asked = Object.fromEntries(new URLSearchParams(query));
    const parametersOf = (href: string) => Object.fromEntries(new URL(href, site.url).searchParams);
    const { range: _range, ...filters } = asked;
    for (const words of ['24 h', 'Event groups']) expect(parametersOf(linksTo(html, words)[0]!)).toMatchObject(filters);
    expect(parametersOf(linksTo(html, 'Drop the filter tool')[0]!)).toEqual({ ...asked, tool: undefined });
    const hidden = elementsOf(html, 'input').filter(({ type }) => type === 'hidden');
    expect(hidden.map(({ name }) => name)).toContain('tool');
    expect(linesOf((await getPage(site, linksTo(html, 'Drop the filter action')[0]!)).html)).toHaveLength(1);
  });

  test('P32 pages are of the exact number of events, and a number beyond the last is the last', async () => {
    const events = Array.from({ length: 23 }, (_, index) =>
      auditRecord({ timestamp: NOON - BigInt(index + 1) * MINUTE, object: { type: 'order', id: `${index}` } }),
    );
    const { site } = await siteWith(...events);
    await using _ = site;
    const first = await getPage(site, '/audit?action=update');
    expect(visibleText(first.html)).toContain('23 events');
    expect(visibleText(first.html)).toContain('Page 1 of 3');
    await site.store.append([batch([auditRecord({ timestamp: NOON - SECOND })])]);
    const second = await getPage(site, linksTo(first.html, 'Older')[0]!);
    expect(linesOf(second.html)[0]).toBe('User ana updated order 10');
    expect(visibleText((await getPage(site, '/audit?page=99')).html)).toContain('Page 3 of 3');
    for (const page of ['0', 'abc']) {
      expect(visibleText((await getPage(site, `/audit?page=${page}`)).html)).toContain('Page 1 of 3');
    }
  });

  test('P60 P63 events of groups are a list of their own, by type, group, initiator, words and time', async () => {
    const { site } = await siteWith(
      groupRecord('import-7', {
        body: 'started',
        timestamp: NOON - 3n * MINUTE,
        attributes: { 'logvitals.initiator': 'cron' },
      }),
      groupRecord('import-7', {
        body: 'checked',
        type: 'checkpoint',
        timestamp: NOON - 2n * MINUTE,
        attributes: { 'logvitals.event.color': '#7c5cff' },
      }),
      groupRecord('order-1', { body: 'paid', timestamp: NOON - MINUTE }),
      auditRecord({ timestamp: NOON - MINUTE }),
    );
    await using _ = site;
    const { html } = await getPage(site, '/audit?kind=group');
    expect(linesOf(html)).toEqual(['info paid', 'checkpoint checked', 'info started']);
    expect(visibleText(html)).toContain('3 events of groups 22 Oct 00:00 to 21 Nov 00:00');
    expect(elementsOf(html, 'path').map(({ fill }) => fill)).toContain('#7c5cff');
    const found = async (query: string) => linesOf((await getPage(site, `/audit?kind=group&${query}`)).html);
    expect(await found('group=import-7')).toHaveLength(2);
    expect(await found('type=checkpoint')).toEqual(['checkpoint checked']);
    expect(await found('initiator=cron')).toEqual(['info started']);
    expect(await found('q=PAI')).toEqual(['info paid']);
    expect(await found('from=now-150s&to=now-90s')).toEqual(['checkpoint checked']);
  });

  test('P35 no event yet says how to send one; nothing that matches says what to let go of; a fault says where', async () => {
    const { site } = await siteWith(logRecord({ timestamp: NOON - MINUTE }));
    await using _ = site;
    expect(visibleText((await getPage(site, '/audit')).html)).toContain('Record who does what');
    const groups = visibleText((await getPage(site, '/audit?kind=group')).html);
    expect(groups).toContain('No events of groups');
    expect(groups).toContain('new EventGroup(');
    const none = await getPage(site, '/audit?action=create&range=30d');
    expect(visibleText(none.html)).toContain('Nothing matches');
    expect(linksTo(none.html, 'Drop all filters')).toEqual(['/audit']);
    const fault = await getPage(site, '/audit?q=%28paid');
    expect(fault.status).toBe(400);
    expect(visibleText(fault.html)).toContain('at character 1');
  });
});

describe('an object’s page', () => {
  const HISTORY = [
    auditRecord({
      timestamp: NOON - 40n * DAY,
      action: 'create',
      object: { type: 'file', id: 'a/b & c', name: 'Old name' },
    }),
    auditRecord({ timestamp: NOON - DAY, object: { type: 'file', id: 'a/b & c', name: 'New name' }, changes: CHANGES }),
    auditRecord({
      timestamp: NOON - HOUR,
      action: 'delete',
      object: { type: 'file', id: 'a/b & c', name: 'New name' },
    }),
    auditRecord({ timestamp: NOON - HOUR, object: { type: 'file', id: 'other' } }),
  ];

  test('P74 has everything about it, however long ago, and says when it was removed', async () => {
    const { site, ids } = await siteWith(...HISTORY);
    await using _ = site;
    const record = await getPage(site, `/logs/${ids[0]}`);
    const { html } = await getPage(site, linksTo(record.html, 'Everything about')[0]!);
    const text = visibleText(html);
    expect(text).toContain('file a/b & c “New name”');
    expect(text).toContain('3 records · removed 20 Nov 11:00, 1 h ago');
    expect(linesOf(html).map((line) => line.split(' ').slice(0, 4).join(' '))).toEqual([
      'User ana deleted it',
      'User ana updated it',
      'User ana created it',
    ]);
    const forwards = await getPage(site, linksTo(html, 'As it happened')[0]!);
    expect(linesOf(forwards.html)[0]).toContain('created');
    const json = await fetch(site.url + linksTo(html, 'JSON')[0]!);
    expect(await json.json()).toMatchObject({ count: 3 });
  });

  test('P74 lists of events and requests lead to it', async () => {
    const { site } = await siteWith(...HISTORY);
    await using _ = site;
    const { html } = await getPage(site, '/audit');
    expect(linksTo(html, 'a/b & c')).toContain('/objects?type=file&id=a%2Fb+%26+c');
  });

  test('an object that nothing is known of is not found', async () => {
    await using site = await startSite();
    for (const path of ['/objects', '/objects?type=order', '/objects?type=order&id=7']) {
      const { status, html } = await getPage(site, path);
      expect(status).toBe(404);
      expect(visibleText(html)).toContain('Not found');
    }
  });

  test('P32 a long history has pages', async () => {
    const { site } = await siteWith(
      ...Array.from({ length: 25 }, (_, index) => auditRecord({ timestamp: NOON - BigInt(index + 1) * DAY })),
    );
    await using _ = site;
    const { html } = await getPage(site, '/objects?type=order&id=7&page=2');
    expect(visibleText(html)).toContain('25 records');
    expect(visibleText(html)).toContain('Page 2 of 3');
    expect(linesOf((await getPage(site, linksTo(html, 'Older')[0]!)).html)).toHaveLength(5);
    const forwards = await getPage(site, '/objects?type=order&id=7&order=oldest');
    expect(linksTo(forwards.html, 'Newer')).toEqual(['/objects?type=order&id=7&order=oldest&page=2']);
    const beyond = await getPage(site, '/objects?type=order&id=7&page=99');
    expect(beyond.status).toBe(200);
    expect(visibleText(beyond.html)).toContain('Page 3 of 3');
    expect(linesOf(beyond.html)).toHaveLength(5);
  });

  test('P32 what happens to it meanwhile pushes nothing from page to page', async () => {
    const { site } = await siteWith(
      ...Array.from({ length: 12 }, (_, index) =>
        auditRecord({ timestamp: NOON - BigInt(index + 1) * MINUTE, action: `step-${index}` }),
      ),
    );
    await using _ = site;
    const first = await getPage(site, '/objects?type=order&id=7');
    await site.store.append([batch([auditRecord({ timestamp: NOON - SECOND, action: 'meanwhile' })])]);
    const second = await getPage(site, linksTo(first.html, 'Older')[0]!);
    expect(linesOf(second.html).map((line) => line.split(' ')[2])).toEqual(['step-10', 'step-11']);
    const back = await getPage(site, linksTo(second.html, 'Newer')[0]!);
    expect(linesOf(back.html)[0]).toContain('meanwhile');
  });

  test('P74 is removed still when somebody looks for it afterwards, in either order, until something is done to it', async () => {
    const { site } = await siteWith(
      auditRecord({ timestamp: NOON - 3n * HOUR, action: 'create' }),
      auditRecord({ timestamp: NOON - 2n * HOUR, action: 'delete' }),
      auditRecord({ timestamp: NOON - HOUR, action: 'access' }),
      logRecord({
        timestamp: NOON - MINUTE,
        attributes: { 'logvitals.object.type': 'order', 'logvitals.object.id': '7' },
      }),
    );
    await using _ = site;
    for (const order of ['newest', 'oldest']) {
      const { html } = await getPage(site, `/objects?type=order&id=7&order=${order}`);
      expect(visibleText(html)).toContain('removed 20 Nov 10:00, 2 h ago');
    }
    await site.store.append([batch([auditRecord({ timestamp: NOON - SECOND, action: 'restore' })])]);
    expect(visibleText((await getPage(site, '/objects?type=order&id=7')).html)).not.toContain('removed');
  });
});

describe('a record', () => {
  test('P75 shows what it changed, and leads to its object, user, group and trace', async () => {
    const long = 'very long '.repeat(100).trim();
    const { site, ids } = await siteWith(
      auditRecord({
        timestamp: NOON - MINUTE,
        changes: new Map([
          ['old_value', new Map([['text', 'short']])],
          ['new_value', new Map([['text', long]])],
        ]),
        attributes: { 'logvitals.group.id': 'g', 'logvitals.data': '{"source":"web"}' },
      }),
    );
    await using _ = site;
    const { html } = await getPage(site, `/logs/${ids[0]}`);
    const text = visibleText(html);
    expect(text).toContain('Field Before After ~ changed text short very long');
    expect(text).toContain('Data { "source": "web" }');
    expect(text).not.toContain(long);
    const full = await getPage(site, linksTo(html, 'Show all')[0]!);
    expect(visibleText(full.html)).toContain(long);
    expect(linksTo(html, 'What ana did')).toEqual(['/audit?actor=ana']);
    expect(linksTo(html, 'All records of the same group')).toEqual(['/groups/g']);
  });

  test('P52 has the bodies of a request apart, JSON readable', async () => {
    const { site, ids } = await siteWith(
      requestRecord({
        timestamp: NOON - MINUTE,
        attributes: {
          'logvitals.http.request.body': '{"card":"[REDACTED]"}',
          'logvitals.http.response.body': '<binary, 2048 bytes>',
        },
      }),
    );
    await using _ = site;
    const text = visibleText((await getPage(site, `/logs/${ids[0]}`)).html);
    expect(text).toContain('Request body { "card": "[REDACTED]" } Response body <binary, 2048 bytes>');
    expect(text).not.toContain('logvitals.http.request.body');
  });

  test('P75 of endless changes the number is told, and where all of them are', async () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`field${index}`, index]));
    const { site, ids } = await siteWith(
      auditRecord({ timestamp: NOON - MINUTE, changes: JSON.stringify({ old_value: null, new_value: many }) }),
    );
    await using _ = site;
    const { html } = await getPage(site, `/logs/${ids[0]}`);
    expect(visibleText(html)).toContain('50 of 5,000 fields. Show all');
    const whole = await getPage(site, linksTo(html, 'Show all')[0]!);
    expect(visibleText(whole.html)).toContain('1,000 of 5,000 fields. All as JSON');
    expect(linksTo(whole.html, 'All as JSON')).toEqual([`/api/v1/logs/${ids[0]}`]);
    expect(visibleText((await getPage(site, '/audit')).html)).toContain('4,997 more');
  });

  test('changes of another shape are shown as they are', async () => {
    const { site, ids } = await siteWith(
      auditRecord({ timestamp: NOON - MINUTE, changes: '[["status","open","paid"]]' }),
    );
    await using _ = site;
    const { html } = await getPage(site, `/logs/${ids[0]}`);
    expect(visibleText(html)).toContain('Changes [ [ "status", "open", "paid" ] ]');
  });
});

describe('a group’s page', () => {
  test('P60 P62 has its events in order with the time between them, types, data, and gaps', async () => {
    const at = (seconds: number) => NOON - HOUR + BigInt(seconds) * SECOND;
    const { site } = await siteWith(
      groupRecord('g/1', { body: 'one', timestamp: at(0), attributes: { 'logvitals.initiator': 'cron' } }),
      groupRecord('g/1', {
        body: 'two',
        type: 'warning',
        timestamp: at(2),
        attributes: { 'logvitals.data': '{"rows":7}' },
      }),
      groupRecord('g/1', {
        body: 'three',
        type: 'success',
        timestamp: at(4),
        attributes: { 'logvitals.event.color': 'url(#x)' },
      }),
      groupRecord('g/1', { body: 'four', type: 'critical', timestamp: at(64) }),
      auditRecord({ timestamp: at(65), attributes: { 'logvitals.group.id': 'g/1' }, body: 'stored' }),
    );
    await using _ = site;
    const { html } = await getPage(site, '/groups/g%2F1');
    const text = visibleText(html);
    expect(text).toContain('5 records · 1m 5s from first to last');
    expect(text).toMatch(
      /info 11:00:00.000 by cron one \+2 s warning .* two { "rows": 7 } \+2 s success .* three \+1m 0s , a long wait critical .* four \+1 s AUDIT .* stored/,
    );
    expect(html).not.toContain('url(');
    expect((await getPage(site, linksTo(html, 'Explore')[0]!)).html).toContain('four');
  });
});

describe('a large group', () => {
  test('P62 has all its events, in parts, with the right time between the last of one and the first of the next', async () => {
    const { site } = await siteWith(
      ...Array.from({ length: 2100 }, (_, index) =>
        groupRecord('big', { body: `step ${index}`, timestamp: NOON - HOUR + BigInt(index * (index + 1)) }),
      ),
    );
    await using _ = site;
    const first = await getPage(site, '/groups/big');
    expect(visibleText(first.html)).toContain('Records 1 to 1,000 of 2,100 ');
    const second = await getPage(site, linksTo(first.html, 'Later')[0]!);
    const text = visibleText(second.html);
    expect(text).toContain('Records 1,001 to 2,000 of 2,100 ');
    expect(text).toContain('+2 µs info 11:00:00.001 step 1000 ');
    const third = await getPage(site, linksTo(second.html, 'Later')[0]!);
    expect(linksTo(third.html, 'Later')).toEqual([]);
    expect(visibleText(third.html)).toContain('step 2099');
    expect(linksTo(second.html, 'Earlier')).toEqual(['/groups/big']);
    expect((await getPage(site, '/groups/big?cursor=x')).status).toBe(400);
  });
});

describe('the requests page', () => {
  const REQUESTS = [
    ...Array.from({ length: 18 }, (_, index) =>
      requestRecord({
        timestamp: NOON - BigInt(index + 2) * MINUTE,
        duration: (index + 1) / 100,
        attributes: { 'user.id': 'ana' },
      }),
    ),
    requestRecord({ timestamp: NOON - MINUTE, status: 502, duration: 3 }),
    requestRecord({
      timestamp: NOON - 30n * SECOND,
      status: 404,
      method: 'POST',
      attributes: {
        'logvitals.http.direction': 'external',
        'url.full': 'https://api.example/v1',
        'server.address': 'api.example',
      },
    }),
  ];
  const rowsOf = (html: string): string[] =>
    Array.from(html.matchAll(/<tr class="(?:plain|bad|warn|dim)".*?<\/tr>/gs), ([row]) => visibleText(row));

  test('P52 P53 lists requests with method, route, status, duration and user, and sums them up', async () => {
    const { site } = await siteWith(...REQUESTS, logRecord({ timestamp: NOON - MINUTE }));
    await using _ = site;
    const { html } = await getPage(site, '/requests');
    const text = visibleText(html);
    expect(text).toContain('5% of 20 requests failed');
    expect(text).toContain('half took up to 90 ms (p50), 95% up to 180 ms (p95), of the newest 20');
    const rows = rowsOf(html);
    expect(rows).toHaveLength(10);
    expect(rows[0]).toBe('20 Nov 11:59:30.000 404 POST api.example/v1 outgoing 20 ms');
    expect(rows[1]).toBe('20 Nov 11:59:00.000 502 GET /orders/:id 3 s');
    expect(rows[2]).toBe('20 Nov 11:58:00.000 200 GET /orders/:id ana 10 ms');
  });

  test('P33 filters by direction, status, method, slowness, route and user, together', async () => {
    const { site } = await siteWith(...REQUESTS);
    await using _ = site;
    const found = async (query: string) => rowsOf((await getPage(site, `/requests?${query}`)).html).length;
    expect(await found('direction=external')).toBe(1);
    expect(await found('status=5xx')).toBe(1);
    expect(await found('status=4xx&direction=internal')).toBe(0);
    expect(await found('method=POST')).toBe(1);
    expect(await found('slower=1')).toBe(1);
    expect(await found('slower=0.17')).toBe(3);
    expect(await found('route=%2Forders%2F%3Aid&status=5xx&q=502')).toBe(1);
    expect(await found('actor=nobody')).toBe(0);
    const { html } = await getPage(site, '/requests?direction=internal&actor=ana&slower=0.1&q=GET');
    const parameters = new URL(linksTo(html, '5xx')[0]!, site.url).searchParams;
    expect(Object.fromEntries(parameters)).toEqual({
      direction: 'internal',
      actor: 'ana',
      slower: '0.1',
      q: 'GET',
      status: '5xx',
    });
    expect(linksTo(html, 'Drop the filter by ana')).toEqual(['/requests?q=GET&direction=internal&slower=0.1']);
  });

  test('P52 what a request says at length leaves room for the others', async () => {
    const long = 'very-long/'.repeat(1000);
    const attributes = { 'http.response.status_code': long, 'error.type': long, 'user.id': 'ana', 'user.name': long };
    const { site } = await siteWith(requestRecord({ method: long, route: long, timestamp: NOON - MINUTE, attributes }));
    await using _ = site;
    const { html } = await getPage(site, '/requests');
    const [row] = rowsOf(html);
    expect(row).toContain('very-long/very-long/');
    expect(row!.length).toBeLessThan(1000);
    expect(html).not.toContain(long);
  });

  test('what is asked for in words that mean nothing is told what they may be', async () => {
    const { site } = await siteWith(...REQUESTS);
    await using _ = site;
    for (const [path, words] of [
      ['/requests?status=500', '"status" must be 1xx, 2xx, 3xx, 4xx or 5xx, not "500".'],
      ['/requests?slower=soon', '"slower" must be a number of seconds such as 0.5, not "soon".'],
      ['/audit?kind=groups', '"kind" must be action, group or any, not "groups".'],
    ] as const) {
      const { status, html } = await getPage(site, path);
      expect(status, path).toBe(400);
      expect(visibleText(html)).toContain(words);
    }
  });

  test('P35 no request yet, and none that matches, say what to do', async () => {
    const { site } = await siteWith(logRecord({ timestamp: NOON - MINUTE }));
    await using _ = site;
    expect(visibleText((await getPage(site, '/requests')).html)).toContain('app.use(recordRequests())');
    const none = await getPage(site, '/requests?status=5xx');
    expect(linksTo(none.html, 'Drop all filters')).toEqual(['/requests']);
  });
});
