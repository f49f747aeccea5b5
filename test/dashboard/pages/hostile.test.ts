import { expect, test } from 'vitest';
import { getPage, startSite } from '../../helpers/dashboard-site.ts';
import { elementsOf } from '../../helpers/html.ts';
import { batch, errorRecord, MINUTE, NOON } from '../../helpers/records.ts';

/** Text that would become markup wherever it isn't escaped: in text, in attributes of either quote, in addresses. */
const HOSTILE = `"><img src=x onerror=alert(1)>'</title></script><script>alert(2)</script>&amp;javascript:alert(3)`;
const OURS = new Set(
  'html head meta title link script body a header nav span svg rect main div h1 h2 h3 p b i wbr output kbd form search input button details summary section ul ol li article time bdi aside table caption thead tbody tr th td mark dl dt dd footer label pre code del ins circle path'.split(
    ' ',
  ),
);

test('what a log says stays text on every page, whatever it says and wherever', async () => {
  await using site = await startSite({ settings: { title: HOSTILE } });
  const timestamp = NOON - MINUTE;
  const attributes = {
    [HOSTILE]: HOSTILE,
    'logvitals.group.id': HOSTILE,
    'logvitals.event.type': HOSTILE,
    'logvitals.event.color': HOSTILE,
    'logvitals.initiator': HOSTILE,
    'logvitals.data': JSON.stringify({ [HOSTILE]: HOSTILE }),
    'logvitals.audit.action': HOSTILE,
    'logvitals.audit.tool': HOSTILE,
    'logvitals.object.type': HOSTILE,
    'logvitals.object.id': HOSTILE,
    'logvitals.object.name': HOSTILE,
    'logvitals.changes': JSON.stringify({
      old_value: { [HOSTILE]: HOSTILE },
      new_value: { [HOSTILE]: 'x', new: HOSTILE },
    }),
    'user.id': HOSTILE,
    'user.name': HOSTILE,
    'exception.type': HOSTILE,
    'exception.message': HOSTILE,
    'exception.stacktrace': `${HOSTILE}\n    at ${HOSTILE} (node:x)\n    at b (node:x)\n    at c (node:x)`,
  };
  const [appended] = await site.store.append([
    batch([
      errorRecord({
        timestamp,
        service: HOSTILE,
        logger: HOSTILE,
        body: HOSTILE,
        severityText: HOSTILE,
        eventName: HOSTILE,
        attributes,
        resource: { attributes: { [HOSTILE]: HOSTILE, 'host.name': HOSTILE } },
        scope: { version: HOSTILE, attributes: { [HOSTILE]: HOSTILE } },
        traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      }),
      errorRecord({
        timestamp,
        eventName: 'logvitals.http',
        attributes: {
          'http.request.method': HOSTILE,
          'http.route': HOSTILE,
          'http.response.status_code': HOSTILE,
          'url.full': HOSTILE,
          'server.address': HOSTILE,
          'error.type': HOSTILE,
          'user.id': HOSTILE,
          'logvitals.http.direction': 'external',
          'logvitals.duration': Number.POSITIVE_INFINITY,
        },
      }),
    ]),
  ]);
  const id = appended!.idOf(0)!;
  const alert = {
    id: 'a1',
    service: HOSTILE,
    logger: HOSTILE,
    thresholdLevel: 'ERROR' as const,
    recordLevel: HOSTILE,
    threshold: 1,
    count: 1,
    windowStart: timestamp,
    windowEnd: timestamp,
    timestamp,
    message: HOSTILE,
    module: HOSTILE,
    path: HOSTILE,
    lineNumber: 1,
    records: [{ id: HOSTILE, timestamp, level: 'ERROR' as const, body: HOSTILE }],
    firedAt: timestamp,
  };
  await site.store.commitAlerts([{ key: 'k', version: 0, state: 's', alerts: [alert] }]);
  const text = encodeURIComponent(HOSTILE);
  const paths = [
    '/',
    '/?group=service&view=cards',
    `/?filter=${text}`,
    '/logs',
    `/logs?service=${text}&logger=${text}&record=${id}&facet=${text}`,
    `/logs?q=${text}&range=${text}&level=${text}&page=${text}&record=${text}`,
    `/logs?q=${encodeURIComponent(JSON.stringify(HOSTILE))}`,
    `/logs?from=${text}`,
    `/logs/${id}`,
    `/logs/${id}/context`,
    `/logs/${text}`,
    '/traces/4bf92f3577b34da6a3ce929d0e0e4736',
    `/groups/${text}`,
    '/audit',
    '/audit?kind=any',
    `/audit?action=${text}&tool=${text}&actor=${text}&object_type=${text}&object_id=${text}&type=${text}&group=${text}`,
    `/audit?q=${text}&kind=${text}&range=${text}&page=${text}&from=${text}`,
    `/objects?type=${text}&id=${text}`,
    `/objects?type=${text}&id=${text}&order=${text}&page=${text}`,
    '/requests',
    `/requests?route=${text}&actor=${text}&server=${text}&method=${text}`,
    `/requests?direction=${text}&status=${text}&slower=${text}&q=${text}`,
    '/alerts',
    `/alerts?before=${text}`,
    `/${text}`,
  ];
  for (const path of paths) {
    const { html, headers } = await getPage(site, path, { Cookie: `tz=${text}` });
    expect(headers.get('content-type'), path).toBe('text/html; charset=utf-8');
    // Tags and attributes as a browser reads them: only ours, and only addresses of this site.
    const tags = new Set(
      Array.from(html.matchAll(/<([a-z][a-z0-9]*)(?=(?:[^>"]|"[^"]*")*>)/gi), ([, tag]) => tag!.toLowerCase()),
    );
    expect(
      [...tags].filter((tag) => !OURS.has(tag)),
      path,
    ).toEqual([]);
    expect(elementsOf(html, 'script'), path).toHaveLength(1);
    for (const tag of ['a', 'input', 'form', 'time', 'span', 'div']) {
      for (const attributes of elementsOf(html, tag)) {
        expect(
          Object.keys(attributes).filter((name) => name.startsWith('on')),
          path,
        ).toEqual([]);
      }
    }
    for (const { href } of elementsOf(html, 'a')) expect(href, path).toMatch(/^(\/|\?|#)(?!\/)/);
  }
});
