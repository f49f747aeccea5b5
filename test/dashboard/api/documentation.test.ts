import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { auditRecord } from '../../helpers/audit.ts';
import { errorRecord, HOUR, logRecord, MINUTE, SECOND, warningRecord } from '../../helpers/records.ts';
import { type ApiServer, NOW, startApi } from './api-server.ts';

const DOCUMENT = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8');
/** In an example, "…" at the end of a list or as a member of an object says that more follows. */
const MORE = '…';

/** A request of the document and the answer it shows below it. */
interface Example {
  readonly request: string;
  readonly kind: string;
  readonly answer: string;
}

const EXAMPLES: readonly Example[] = Array.from(
  DOCUMENT.matchAll(/```http\n(?<request>.*?)```\n+```(?<kind>\w+)\n(?<answer>.*?)```/gs),
  ({ groups }) => groups as unknown as Example,
);

/** The server that the document's answers come from. */
async function startExample(): Promise<ApiServer> {
  const api = await startApi({ endpoints: () => ({ grpc: '127.0.0.1:4317', http: 'http://127.0.0.1:4318' }) });
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  await api.add(
    logRecord({ timestamp: NOW - 2n * HOUR, service: 'shop', logger: 'shop.mail', body: 'mail sent' }),
    warningRecord({
      timestamp: NOW - 90n * SECOND,
      body: 'stock is low',
      traceId,
      spanId: '00f067aa0ba902b7',
      attributes: { 'logvitals.group.id': 'order-7', 'http.route': '/orders/:id' },
    }),
    errorRecord({
      timestamp: NOW - MINUTE,
      body: 'payment refused',
      traceId,
      spanId: '00f067aa0ba902b7',
      flags: 1,
      attributes: {
        'logvitals.group.id': 'order-7',
        'http.route': '/orders/:id',
        'exception.type': 'CardError',
        attempt: 2n,
      },
    }),
  );
  await api.store.commitAlerts([
    {
      key: 'shop.cart',
      version: 0,
      state: '',
      alerts: [
        {
          id: '000001',
          service: 'shop',
          logger: 'shop.cart',
          thresholdLevel: 'ERROR',
          recordLevel: 'ERROR',
          threshold: 1,
          count: 1,
          windowStart: NOW - MINUTE - HOUR,
          windowEnd: NOW - MINUTE,
          timestamp: NOW - MINUTE,
          message: 'payment refused',
          module: 'cart.pay',
          path: 'src/cart.ts',
          lineNumber: 42,
          records: [
            { id: '18ea0816ce0fab00000000000003', timestamp: NOW - MINUTE, level: 'ERROR', body: 'payment refused' },
          ],
          firedAt: NOW - 59n * SECOND,
        },
      ],
    },
  ]);
  return api;
}

/** The server that the answers about events come from. */
async function startAuditExample(): Promise<ApiServer> {
  const api = await startApi();
  const object = { type: 'order', id: '7', name: 'Order 7' };
  await api.add(
    auditRecord({ timestamp: NOW - HOUR, action: 'create', object }),
    auditRecord({
      timestamp: NOW - 90n * SECOND,
      object,
      body: 'Ana marked Order 7 as paid',
      changes: new Map([
        ['old_value', new Map([['status', 'open']])],
        ['new_value', new Map([['status', 'paid']])],
      ]),
      attributes: {
        'user.name': 'Ana',
        'logvitals.message.template': '{actor} marked {object} as paid',
        'logvitals.message.values': new Map([
          ['actor', 'Ana'],
          ['object', 'Order 7'],
        ]),
      },
    }),
    logRecord({
      timestamp: NOW - MINUTE,
      severityNumber: 12,
      severityText: 'LOGIN',
      body: 'login bo',
      eventName: 'logvitals.login',
      attributes: { 'logvitals.audit.action': 'login', 'user.id': 'bo' },
    }),
  );
  return api;
}

const OF_EVENTS = /^GET \/api\/v1\/(events|objects|stats)/;

test('every path of the API has an example', () => {
  const paths = EXAMPLES.map(({ request }) => request.split(/[ ?\n]/)[1]!.replace('/api/v1/', ''));
  const shapes = new Set(
    paths.map((path) => path.replace(/^(logs|groups|traces|events|objects\/[^/]+)\/[^/]+/, '$1/{id}')),
  );
  expect([...shapes].sort()).toEqual(
    [
      ...[
        'cards',
        'logs',
        'logs/{id}',
        'logs/{id}/context',
        'histogram',
        'facets',
        'tail',
        'groups/{id}',
        'traces/{id}',
      ],
      ...['events', 'events/{id}', 'objects/order/{id}/log', 'stats'],
      ...['alerts', 'loggers', 'export', 'endpoints', 'prune', '/healthz', '/readyz', '/metrics'],
    ].sort(),
  );
});

test.each(EXAMPLES)('$request answers as docs/api.md says', async ({ request, kind, answer }) => {
  await using api = await (OF_EVENTS.test(request) ? startAuditExample() : startExample());
  const [head = '', ...rest] = request.trim().split('\n');
  const [method = '', path = ''] = head.split(' ');
  const blank = rest.indexOf('');
  const headers = Object.fromEntries((blank < 0 ? rest : rest.slice(0, blank)).map((line) => line.split(': ')));
  const body = blank < 0 ? null : rest.slice(blank + 1).join('\n');
  const response = await api.get(path, { method, headers, body });
  if (kind === 'json') {
    expectLike(await response.json(), JSON.parse(answer));
  } else if (path.startsWith('/api/v1/tail')) {
    await api.add(errorRecord({ timestamp: NOW, body: 'payment refused' }));
    expect(await readUntil(response, '\n\n', 2)).toMatch(pattern(answer));
  } else {
    expect((await response.text()).replaceAll('\r\n', '\n')).toMatch(pattern(answer));
  }
});

/** The example as a pattern, in which "…" stands for anything. */
function pattern(answer: string): RegExp {
  const parts = answer.trimEnd().split(MORE);
  return new RegExp(`^${parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('[^]*')}\\s*$`);
}

async function readUntil(response: Response, end: string, times: number): Promise<string> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.split(end).length > times) break;
  }
  return text;
}

function expectLike(actual: unknown, example: unknown): void {
  if (Array.isArray(example) && example.at(-1) === MORE) {
    const shown = example.slice(0, -1);
    expect((actual as unknown[]).length).toBeGreaterThan(shown.length);
    for (const [index, item] of shown.entries()) expectLike((actual as unknown[])[index], item);
  } else if (Array.isArray(example)) {
    expect(actual).toHaveLength(example.length);
    for (const [index, item] of example.entries()) expectLike((actual as unknown[])[index], item);
  } else if (typeof example === 'object' && example !== null) {
    const { [MORE]: more, ...members } = example as Record<string, unknown>;
    if (more === undefined) expect(Object.keys(actual as object)).toEqual(Object.keys(members));
    for (const [key, item] of Object.entries(members)) expectLike((actual as Record<string, unknown>)[key], item);
  } else {
    expect(actual).toEqual(example);
  }
}
