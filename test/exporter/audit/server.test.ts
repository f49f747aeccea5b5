import { afterAll, beforeAll, expect, test } from 'vitest';
import { audit, diff, log } from '../../../exporter/src/audit.ts';
import { runAs } from '../../../exporter/src/context.ts';
import { EventGroup } from '../../../exporter/src/events.ts';
import { register } from '../../../exporter/src/index.ts';
import { getJson } from '../../helpers/api-client.ts';
import { type RunningServer, startServer } from '../../helpers/server.ts';

interface EventList {
  readonly count: number;
  readonly results: readonly Record<string, unknown>[];
}

const MINUTES_AGO = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);
const DAYS_AGO = MINUTES_AGO(3 * 24 * 60);

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
  const { shutdown } = register({ service: 'shop', url: server.http });
  runAs({ id: 7, name: 'Ann', email: 'ann@shop.example' }, () => {
    audit.log({
      action: 'update',
      object: { type: 'invoice', id: 17, name: 'Acme, May' },
      tool: 'back office',
      template: '{who} paid',
      values: { who: 'Acme' },
      changes: diff({ state: 'open', lines: [{ id: 1, n: 1 }] }, { state: 'paid', lines: [{ id: 1, n: 2 }] }),
      at: MINUTES_AGO(3),
    });
    audit.log({ action: 'delete', object: { type: 'invoice', id: 17, name: 'Acme, May' }, at: MINUTES_AGO(2) });
  });
  log(null, 'newsletter_sent', null, { readers: 1_200n }, DAYS_AGO);
  audit.loginFailed({ email: 'mallory@shop.example' }, { reason: 'wrong_password', clientAddress: '203.0.113.9' });
  const group = new EventGroup({ id: 'order-1042', initiator: 'web', types: { shipped: { color: '#1a7f37' } } });
  group.event('shipped', 'box left', { at: MINUTES_AGO(1), data: { parcels: new Map([['a', 1]]) } });
  group.info('order placed', { at: MINUTES_AGO(2) });
  await shutdown();
});
afterAll(() => server.stop());

const get = (path: string) => getJson<EventList>(server.dashboard, path);

test('P70 P72 P74 an object has its history, with what changed, its end included', async () => {
  const { count, results } = await get('objects/invoice/17/log');
  expect(count).toBe(2);
  expect(results).toMatchObject([
    { action: 'delete', message: 'delete invoice 17 "Acme, May"', object: { id: '17', name: 'Acme, May' } },
    {
      action: 'update',
      tool: 'back office',
      actor: { id: '7', name: 'Ann', email: 'ann@shop.example' },
      changes: {
        old_value: { state: 'open', lines: { 1: { n: 1 } } },
        new_value: { state: 'paid', lines: { 1: { n: 2 } } },
      },
      template: '{who} paid',
      values: { who: 'Acme' },
      message: 'Acme paid',
      level: 'INFO',
      severityText: 'AUDIT',
      eventName: 'logvitals.audit',
      logger: 'logvitals.audit',
    },
  ]);
});

test('P76 a business event is back-dated and anonymous', async () => {
  const { results } = await get('events?action=newsletter_sent&from=now-7d');
  const timestamp = `${DAYS_AGO.getTime()}000000`;
  expect(results).toMatchObject([{ actor: null, object: null, data: { readers: 1_200 }, timestamp }]);
});

test('P57 a failed login is a warning of the level LOGIN', async () => {
  const { results } = await get('events?action=login_failed');
  expect(results).toMatchObject([
    {
      level: 'WARN',
      severityText: 'LOGIN',
      eventName: 'logvitals.login',
      actor: { id: null, email: 'mallory@shop.example' },
      attributes: { 'client.address': '203.0.113.9', 'error.type': 'wrong_password' },
    },
  ]);
});

test('P60 P62 a group is in the order of its times', async () => {
  const { results } = await get('groups/order-1042');
  expect(results).toMatchObject([
    { body: 'order placed', severityText: 'INFO', elapsed: { sincePrevious: '0' } },
    {
      body: 'box left',
      severityText: 'SHIPPED',
      attributes: {
        'logvitals.event.type': 'shipped',
        'logvitals.event.color': '#1a7f37',
        'logvitals.initiator': 'web',
      },
    },
  ]);
  const { results: events } = await get('events?initiator=web&type=shipped');
  expect(events).toMatchObject([{ group: 'order-1042', type: 'shipped', data: { parcels: { a: 1 } } }]);
});
