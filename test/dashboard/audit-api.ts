import { describe, expect, test } from 'vitest';
import type { RecordJson } from '../../dashboard/api/record-json.ts';
import type { EventDetails } from '../../dashboard/events/event.ts';
import type { AnyValue, KeyValueList } from '../../receiver/record/any-value.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { auditRecord, groupRecord, requestRecord } from '../helpers/audit.ts';
import { DAY, HOUR, logRecord, MINUTE, SECOND } from '../helpers/records.ts';
import type { OpenStore } from '../store/contract/harness.ts';
import { type ApiServer, NOW, startApi } from './api/api-server.ts';

interface Events {
  readonly count: number;
  readonly complete: boolean;
  readonly results: readonly (RecordJson & EventDetails)[];
  readonly next: string | null;
}

interface Stats {
  readonly count: number;
  readonly results: readonly {
    readonly days: number;
    readonly from: string;
    readonly actions: number;
    readonly users: number;
    readonly byAction: readonly { readonly value: string; readonly count: number }[];
    readonly complete: boolean;
  }[];
}

const messages = ({ results }: Pick<Events, 'results'>) => results.map(({ message }) => message);
const keyValues = (values: Readonly<Record<string, AnyValue>>): KeyValueList => new Map(Object.entries(values));
const UUID = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';

/** The audit views of the API on any store: every one of them answers the same. */
export function describeAuditApi(name: string, open: OpenStore): void {
  const withRecords =
    (body: (api: ApiServer, ids: readonly string[]) => Promise<void>, ...records: LogRecord[]) =>
    async () => {
      const opened = await open();
      try {
        await using api = await startApi({ store: opened.store });
        await body(api, records.length > 0 ? await api.add(...records) : []);
      } finally {
        await opened.cleanup();
      }
    };

  describe(name, () => {
    test(
      'P73 events are listed newest first, each with what it says, among all other records',
      withRecords(
        async (api, ids) => {
          const list = await api.json<Events>('events');
          expect(list).toMatchObject({ count: 3, complete: true, next: null });
          expect(messages(list)).toEqual(['update order 7', 'login ana', 'put file']);
          expect(list.results[0]).toMatchObject({
            id: ids[0],
            body: 'update order 7',
            severityText: 'AUDIT',
            eventName: 'logvitals.audit',
            action: 'update',
            tool: 'shop-admin',
            actor: { id: 'ana', name: 'Ana Kovács', email: null },
            object: { type: 'order', id: '7', name: 'Order № 7' },
            changes: {
              old_value: { status: 'open', lines: { 3: { qty: 1 } } },
              new_value: { status: 'paid', lines: { 3: { qty: 2 } } },
            },
            template: '{user} paid',
            values: { user: 'ana' },
            data: { source: ['web', 2] },
            group: null,
            type: null,
            initiator: null,
          });
          expect(list.results[1]).toMatchObject({ action: 'login', object: null, changes: null, template: null });
          expect(await api.json(`events/${ids[0]}`)).toEqual(list.results[0]);
          expect((await api.get('/api/v1/events/nowhere')).status).toBe(404);
        },
        auditRecord({
          timestamp: NOW - SECOND,
          object: { type: 'order', id: '7', name: 'Order № 7' },
          // Structured, as the exporter sends it.
          changes: keyValues({
            old_value: keyValues({ status: 'open', lines: keyValues({ 3: keyValues({ qty: 1n }) }) }),
            new_value: keyValues({ status: 'paid', lines: keyValues({ 3: keyValues({ qty: 2n }) }) }),
          }),
          attributes: {
            'user.name': 'Ana Kovács',
            'logvitals.message.template': '{user} paid',
            'logvitals.message.values': new Map([['user', 'ana']]),
            // As a text, as others do.
            'logvitals.data': '{"source":["web",2]}',
          },
        }),
        logRecord({
          timestamp: NOW - MINUTE,
          body: 'login ana',
          eventName: 'logvitals.login',
          attributes: { 'logvitals.audit.action': 'login', 'user.id': 'ana' },
        }),
        logRecord({
          timestamp: NOW - HOUR,
          body: 'put file',
          eventName: 'logvitals.event',
          attributes: { 'logvitals.audit.action': 'upload', 'logvitals.audit.tool': 'sftp' },
        }),
        logRecord({ timestamp: NOW - SECOND, body: 'an ordinary line' }),
        requestRecord({ timestamp: NOW - SECOND }),
        groupRecord('g', { timestamp: NOW - SECOND }),
      ),
    );

    test(
      'P73 filters: tool, action, actor, object type and id, together and repeated',
      withRecords(
        async (api) => {
          const found = async (query: string) => messages(await api.json<Events>(`events?${query}`));
          expect(await found('tool=cli')).toEqual(['b']);
          expect(await found('action=create')).toEqual(['a', 'b']);
          expect(await found('action=create&actor=ana')).toEqual(['a']);
          expect(await found('action=create&action=delete')).toEqual(['a', 'b', 'c']);
          expect(await found('object_type=invoice')).toEqual(['c']);
          expect(await found(`object_type=order&object_id=${UUID}`)).toEqual(['b']);
          expect(await found('object_id=1')).toEqual(['a', 'c']);
          expect(await found('q=c&service=shop&level=AUDIT')).toEqual(['c']);
          expect(await found('q=-a&from=now-90m')).toEqual(['b']);
          expect(await found('to=now-90m')).toEqual(['c']);
          expect(await found('action=nothing')).toEqual([]);
          expect(await found('limit=1&order=oldest')).toEqual(['c']);
        },
        auditRecord({ body: 'a', action: 'create', object: { type: 'order', id: '1' }, timestamp: NOW - SECOND }),
        auditRecord({
          body: 'b',
          action: 'create',
          tool: 'cli',
          user: 'bo',
          object: { type: 'order', id: UUID },
          timestamp: NOW - HOUR,
        }),
        auditRecord({
          body: 'c',
          action: 'delete',
          user: 'bo',
          object: { type: 'invoice', id: '1' },
          timestamp: NOW - 2n * HOUR,
        }),
      ),
    );

    test(
      'P32 P73 pages have the exact count; page 0 and abc are page 1, and behind the last there is nothing',
      withRecords(
        async (api) => {
          const pages = await Promise.all([1, 2, 3, 4].map((page) => api.json<Events>(`events?limit=10&page=${page}`)));
          expect(pages.map(({ count }) => count)).toEqual([25, 25, 25, 25]);
          expect(pages.flatMap(messages)).toEqual(Array.from({ length: 25 }, (_, index) => `n${index}`));
          expect(pages.map(({ results }) => results.length)).toEqual([10, 10, 5, 0]);
          for (const page of ['0', 'abc', '-1', '']) {
            expect(messages(await api.json<Events>(`events?limit=10&page=${page}`))).toEqual(messages(pages[0]!));
          }
          const second = await api.json<Events>(`events?limit=10&cursor=${encodeURIComponent(pages[0]!.next!)}`);
          expect(messages(second)).toEqual(messages(pages[1]!));
          expect(second.count).toBe(25);
          expect(await api.json<Events>('events?action=none')).toEqual({
            count: 0,
            complete: true,
            results: [],
            next: null,
          });
          const beyond = await api.get('/api/v1/events?limit=1000&page=1000');
          expect([beyond.status, await beyond.json()]).toMatchObject([400, { parameter: 'page' }]);
        },
        ...Array.from({ length: 25 }, (_, index) =>
          auditRecord({ body: `n${index}`, timestamp: NOW - BigInt(index) * HOUR - SECOND }),
        ),
        ...Array.from({ length: 25 }, (_, index) => logRecord({ timestamp: NOW - BigInt(index) * HOUR })),
      ),
    );

    test(
      'P63 events of groups by group, message and initiator, by type and time',
      withRecords(
        async (api) => {
          const found = async (path: string) => messages(await api.json<Events>(path));
          const logs = async (q: string) =>
            (await api.json<Events>(`logs?q=${encodeURIComponent(q)}`)).results.map(({ body }) => body);
          expect(await found('events?kind=group')).toEqual(['paid', 'checked', 'started']);
          expect(await found('events?group=import-7')).toEqual(['checked', 'started']);
          expect(await found('events?type=warning')).toEqual(['checked']);
          expect(await found('events?initiator=cron')).toEqual(['started']);
          expect(await found('events?kind=group&q=PAI')).toEqual(['paid']);
          expect(await found('events?kind=group&from=now-90s&to=now-5s')).toEqual(['checked']);
          const unknown = await api.get('/api/v1/events?kind=groups');
          expect([unknown.status, await unknown.json()]).toEqual([
            400,
            expect.objectContaining({
              parameter: 'kind',
              detail: '"kind" must be action, group or any, not "groups".',
            }),
          ]);
          expect(await found('events?kind=any')).toEqual(['update order 7', 'paid', 'checked', 'started']);
          expect(await logs('group:import-7')).toEqual(['checked', 'started']);
          expect(await logs('logvitals.initiator:cron')).toEqual(['started']);
          expect(await logs('logvitals.event.type:warning checked')).toEqual(['checked']);
        },
        groupRecord('import-7', {
          body: 'started',
          timestamp: NOW - 2n * MINUTE,
          attributes: { 'logvitals.initiator': 'cron' },
        }),
        groupRecord('import-7', { body: 'checked', type: 'warning', timestamp: NOW - MINUTE }),
        groupRecord('order-1', { body: 'paid', timestamp: NOW - 2n * SECOND }),
        auditRecord({ timestamp: NOW - SECOND }),
      ),
    );

    test(
      'P62 a group is told in order with the time between its events, at most so many',
      withRecords(
        async (api) => {
          interface Members {
            readonly count: number;
            readonly next: string | null;
            readonly results: readonly { readonly body: string; readonly elapsed: Record<string, string> }[];
          }
          const { results } = await api.json<Members>('groups/import%2F7');
          expect(results.map(({ body, elapsed }) => [body, elapsed])).toEqual([
            ['one', { sinceFirst: '0', sincePrevious: '0' }],
            ['two', { sinceFirst: '1500000001', sincePrevious: '1500000001' }],
            ['three', { sinceFirst: '86400000000000', sincePrevious: '86398499999999' }],
          ]);
          const front = await api.json<Members>('groups/import%2F7?limit=2');
          expect(front).toMatchObject({ count: 3, results: results.slice(0, 2) });
          const rest = await api.json<Members>(`groups/import%2F7?limit=2&cursor=${front.next}`);
          expect(rest).toMatchObject({ count: 3, next: null, results: results.slice(2) });
          for (const cursor of ['x', '-1', '100001', '999999999999']) {
            const refused = await api.get(`/api/v1/groups/import%2F7?cursor=${cursor}`);
            expect([refused.status, await refused.json()]).toMatchObject([400, { parameter: 'cursor' }]);
          }
          expect((await api.get('/api/v1/groups/import')).status).toBe(404);
        },
        groupRecord('import/7', { body: 'three', timestamp: NOW - HOUR }),
        groupRecord('import/7', { body: 'one', timestamp: NOW - HOUR - DAY }),
        groupRecord('import/7', { body: 'two', timestamp: NOW - HOUR - DAY + 1_500_000_001n }),
        groupRecord('import/70', { body: 'other', timestamp: NOW - HOUR }),
      ),
    );

    const STRANGE_IDS = [UUID, 'a/b', '/', 'log', '7/log', 'ünï ☃ 𝄞', '100%', '%2F', '?q=1#x', "' or 1=1 --", '"', '…'];

    test(
      'P74 everything about one object, whatever its id looks like, and what removed it',
      withRecords(
        async (api) => {
          for (const id of STRANGE_IDS) {
            const log = await api.json<Events>(`objects/or%20der/${encodeURIComponent(id)}/log`);
            expect([id, messages(log)]).toEqual([id, ['removed', `created ${id}`]]);
            expect(log).toMatchObject({ count: 2, complete: true, next: null });
            expect(log.results[0]).toMatchObject({
              action: 'delete',
              object: { type: 'or der', id, name: `The ${id}` },
            });
          }
          const unencoded = await api.json<Events>('objects/or%20der/a/b/log?q=created');
          expect(messages(unencoded)).toEqual(['created a/b']);
          expect(await api.json<Events>('objects/order/unknown/log')).toMatchObject({ count: 0, results: [] });
          expect((await api.get('/api/v1/objects/order/7')).status).toBe(404);
        },
        ...STRANGE_IDS.flatMap((id, index) => {
          const timestamp = NOW - BigInt(index + 1) * DAY;
          const object = { type: 'or der', id, name: `The ${id}` };
          return [
            auditRecord({ timestamp, object, action: 'create', body: `created ${id}` }),
            auditRecord({ timestamp: timestamp + HOUR, object, action: 'delete', body: 'removed' }),
            auditRecord({ timestamp, object: { type: 'invoice', id }, body: 'of another type' }),
          ];
        }),
      ),
    );

    test(
      'P74 what is said about an object without an action is in its log, but is no event',
      withRecords(
        async (api) => {
          expect(messages(await api.json<Events>('objects/order/7/log?order=oldest'))).toEqual([
            'printed',
            'update order 7',
          ]);
          expect(messages(await api.json<Events>('events?object_type=order&object_id=7'))).toEqual(['update order 7']);
          const bad = await api.get('/api/v1/objects/order/7/log?order=upwards');
          expect([bad.status, await bad.json()]).toMatchObject([400, { parameter: 'order' }]);
        },
        logRecord({
          timestamp: NOW - DAY,
          body: 'printed',
          attributes: { 'logvitals.object.type': 'order', 'logvitals.object.id': '7' },
        }),
        auditRecord({ timestamp: NOW - SECOND }),
      ),
    );

    test(
      'P78 actions, and users who were active, in the last 7 and 30 days',
      withRecords(
        async (api) => {
          const { count, results } = await api.json<Stats>('stats');
          expect(count).toBe(2);
          expect(results).toMatchObject([
            { days: 7, from: '2026-11-14T10:19:15.500000000Z', actions: 3, users: 2, complete: true },
            { days: 30, from: '2026-10-22T10:19:15.500000000Z', actions: 5, users: 3, complete: true },
          ]);
          expect(results[0]!.byAction).toEqual([
            { value: 'update', count: 2 },
            { value: 'login', count: 1 },
          ]);
          expect((await api.json<Stats>('stats?limit=1')).results[1]!.byAction).toEqual([
            { value: 'update', count: 4 },
          ]);
        },
        auditRecord({ timestamp: NOW }),
        // Exactly seven days ago is within them.
        auditRecord({ timestamp: NOW - 7n * DAY, user: 'bo' }),
        auditRecord({ timestamp: NOW - 7n * DAY - 1n, user: 'cy' }),
        auditRecord({ timestamp: NOW - 29n * DAY, user: '' }),
        auditRecord({ timestamp: NOW - 31n * DAY, user: 'di' }),
        logRecord({ timestamp: NOW - HOUR, attributes: { 'logvitals.audit.action': 'login', 'user.id': 'ana' } }),
        requestRecord({ timestamp: NOW - HOUR, attributes: { 'user.id': 'ed' } }),
      ),
    );

    test(
      'P50 AUDIT, API and LOGIN are levels to ask for by their names',
      withRecords(
        async (api) => {
          const found = async (level: string) =>
            (await api.json<Events>(`logs?level=${level}`)).results.map(({ body }) => body);
          expect(await found('AUDIT')).toEqual(['update order 7']);
          expect(await found('api')).toEqual(['GET /orders/:id 200']);
          expect(await found('LOGIN')).toEqual(['login ana']);
        },
        auditRecord({ timestamp: NOW - SECOND }),
        requestRecord({ timestamp: NOW - SECOND }),
        logRecord({ timestamp: NOW - SECOND, severityNumber: 12, severityText: 'LOGIN', body: 'login ana' }),
      ),
    );
  });
}
