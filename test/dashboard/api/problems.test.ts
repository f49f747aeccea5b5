import { expect, test } from 'vitest';
import { InvalidCursorError, StoreError } from '../../../receiver/store/errors.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import { startApi } from './api-server.ts';

async function problemOf(response: Response): Promise<Record<string, unknown>> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const problem = (await response.json()) as Record<string, unknown>;
  expect(problem).toMatchObject({ type: 'about:blank', status: response.status });
  return problem;
}

test('an unknown path is a 404 problem, at any depth and by any method', async () => {
  await using api = await startApi();
  for (const path of ['/api/v1', '/api/v1/', '/api/v1/nothing', '/api/v1/logs/1/2/3', '/api/v1/%']) {
    const response = await api.get(path);
    expect([path, response.status]).toEqual([path, 404]);
    expect([path, response.headers.get('content-type')]).toEqual([path, 'application/problem+json']);
  }
  expect((await api.get('/api/v1/nothing', { method: 'DELETE' })).status).toBe(404);
});

test('P40 no record can be changed: another method than a path’s own is a 405 problem that says which it takes', async () => {
  await using api = await startApi();
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    for (const path of ['logs', 'logs/1', 'cards', 'alerts', 'export']) {
      const response = await api.get(`/api/v1/${path}`, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('GET, HEAD');
      await problemOf(response);
    }
  }
  expect((await api.get('/api/v1/prune')).headers.get('allow')).toBe('POST');
});

test('a bad parameter is a 400 problem that names it, quotes it and says what is allowed', async () => {
  await using api = await startApi();
  for (const [path, parameter] of [
    ['logs?limit=0', 'limit'],
    ['logs?limit=many', 'limit'],
    ['logs?from=soon', 'from'],
    ['logs?level=%3E%3Dloud', 'level'],
    ['logs/1/context?before=-1', 'before'],
    ['cards?tz=Mars/Olympus', 'tz'],
    ['histogram?buckets=1e9', 'buckets'],
    ['histogram?from=now&to=now', 'from'],
    ['facets', 'field'],
    ['facets?field=a+OR+b', 'field'],
    ['export?format=xlsx', 'format'],
    ['alerts?cursor=%00', 'cursor'],
    ['alerts?cursor=nowhere', 'cursor'],
  ] as const) {
    const response = await api.get(`/api/v1/${path}`);
    expect([path, response.status]).toEqual([path, 400]);
    const problem = await problemOf(response);
    expect(problem.parameter).toBe(parameter);
    expect(problem.detail).toContain(`"${parameter}"`);
  }
  expect(api.errors).toEqual([]);
});

test('a query that does not parse is a 400 problem with the place of the fault, on every path that takes one', async () => {
  await using api = await startApi();
  for (const path of ['logs?', 'histogram?', 'facets?field=level&', 'tail?', 'export?']) {
    const response = await api.get(`/api/v1/${path}q=${encodeURIComponent('ok (broken')}`);
    expect([path, response.status]).toEqual([path, 400]);
    expect(await problemOf(response)).toMatchObject({ parameter: 'q', position: 3, length: 1 });
  }
});

test('a cursor that no page handed out is a 400 problem', async () => {
  const store = { ...createMemoryStore(), search: () => Promise.reject(new InvalidCursorError('no such cursor')) };
  await using api = await startApi({ store });
  const response = await api.get('/api/v1/logs?cursor=made-up');
  expect(response.status).toBe(400);
  expect(await problemOf(response)).toMatchObject({ parameter: 'cursor' });
  expect(api.errors).toEqual([]);
});

test('P34 a storage that is away is a 503 problem with a time to wait, and names nothing of the storage', async () => {
  await using api = await startApi({ fail: () => true });
  const paths = [
    'cards',
    'logs',
    'logs/1',
    'logs/1/context',
    'histogram',
    'facets?field=level',
    'groups/1',
    'traces/1',
    'events',
    'events/1',
    'objects/order/7/log',
    'stats',
  ];
  for (const path of [...paths, 'alerts', 'loggers', 'export', 'export?format=csv']) {
    const response = await api.get(`/api/v1/${path}`);
    expect([path, response.status]).toEqual([path, 503]);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await problemOf(response)).detail).toContain('storage does not answer');
  }
  expect(api.errors).toHaveLength(paths.length + 4);
  expect(api.errors[0]).toBe('GET "/api/v1/cards": the storage does not answer');
});

test('P34 neither connection strings nor passwords nor stack traces are answered or logged', async () => {
  const secret = 'postgres://admin:hunter2@db.internal/logs';
  const store = {
    ...createMemoryStore(),
    loggers: () => Promise.reject(new TypeError(`cannot reach ${secret}\n    at evil (${secret})`)),
    get: () => Promise.reject(new StoreError('the table is missing')),
  };
  await using api = await startApi({ store });
  const broken = await api.get('/api/v1/loggers');
  expect(broken.status).toBe(500);
  const text = await broken.text();
  await api.get('/api/v1/logs/1');
  const said = `${text}\n${api.errors.join('\n')}`;
  expect(said).not.toContain('hunter2');
  expect(text).not.toContain('    at ');
  expect(api.errors[0]).toContain('TypeError');
  expect(api.errors[1]).toBe('GET "/api/v1/logs/1": the table is missing');
});

test('P40 without credentials that are known 401, with ones that may not read 403, on every path but the probes', async () => {
  await using api = await startApi({
    authorize: (header) => {
      if (header === 'Bearer reader') return 'granted';
      return header === 'Bearer sender' ? 'forbidden' : 'unauthenticated';
    },
  });
  const audit = [
    '/api/v1/events',
    '/api/v1/events/1',
    '/api/v1/objects/order/7/log',
    '/api/v1/stats',
    '/api/v1/groups/1',
  ];
  for (const path of [...audit, '/api/v1/cards', '/api/v1/logs', '/api/v1/nothing', '/api/v1/tail', '/metrics']) {
    const anonymous = await api.get(path);
    expect([path, anonymous.status]).toEqual([path, 401]);
    expect(anonymous.headers.get('www-authenticate')).toContain('Bearer');
    await problemOf(anonymous);
    const sender = await api.get(path, { headers: { Authorization: 'Bearer sender' } });
    expect([path, sender.status]).toEqual([path, 403]);
    await problemOf(sender);
  }
  expect((await api.get('/api/v1/cards', { headers: { Authorization: 'Bearer reader' } })).status).toBe(200);
  expect((await api.get('/healthz')).status).toBe(200);
  expect((await api.get('/readyz')).status).toBe(200);
});

test('P40 removing records takes a scope of its own', async () => {
  await using api = await startApi({ authorize: (_header, scope) => (scope === 'read' ? 'granted' : 'forbidden') });
  const headers = { 'Content-Type': 'application/json' };
  const refused = await api.get('/api/v1/prune', { method: 'POST', headers, body: '{"days":0}' });
  expect(refused.status).toBe(403);
  expect(await problemOf(refused)).toMatchObject({ detail: expect.stringContaining('"manage"') });
});

test('HEAD answers as GET does, without a body', async () => {
  await using api = await startApi();
  const audit = ['/api/v1/events', '/api/v1/objects/order/7/log', '/api/v1/stats'];
  for (const path of [...audit, '/api/v1/cards', '/api/v1/logs', '/api/v1/export', '/api/v1/tail', '/healthz']) {
    const response = await api.get(path, { method: 'HEAD' });
    expect([path, response.status, await response.text()]).toEqual([path, 200, '']);
    expect(response.headers.get('cache-control')).toBe('no-store');
  }
});

test('healthz answers while the storage is away, readyz says that it is', async () => {
  await using api = await startApi({ fail: (operation) => operation === 'ping' });
  expect(await (await api.get('/healthz')).json()).toEqual({ status: 'ok' });
  const ready = await api.get('/readyz');
  expect([ready.status, await ready.json()]).toEqual([503, { status: 'storage unavailable' }]);
});

test('readyz does not wait for a storage that hangs, and asks it once for all probes', async () => {
  let pings = 0;
  const store = {
    ...createMemoryStore(),
    ping: () => {
      pings += 1;
      return new Promise<void>(() => {});
    },
  };
  await using api = await startApi({ store });
  const answers = await Promise.all([api.get('/readyz'), api.get('/readyz'), api.get('/readyz')]);
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
  expect(pings).toBe(1);
});

test('metrics are Prometheus text', async () => {
  await using api = await startApi();
  const response = await api.get('/metrics');
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await response.text()).toContain('logvitals_up 1');
});
