import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { configFrom } from '../../receiver/config/load.ts';
import type { UserConfig } from '../../receiver/config/schema.ts';
import { createDiagnostics } from '../../receiver/diagnostics.ts';
import { serve } from '../../receiver/serve.ts';
import { startSite } from '../helpers/dashboard-site.ts';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** GETs a path under a host name of one's choice, which `fetch` does not let one choose. */
function getAs(url: string, path: string, host: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url + path, { headers: { host } }, async (response) => {
      resolve({
        status: response.statusCode!,
        type: String(response.headers['content-type']),
        body: await text(response),
      });
    });
    asked.on('error', reject).end();
  });
}

const OURS = ['localhost', 'LOCALHOST:4319', 'logs.localhost:4319', '127.0.0.1', '127.8.9.1:80', '[::1]', '[::1]:4319'];
const OTHERS = [
  'evil.example',
  'evil.example:4319',
  'localhost.evil.example',
  'evillocalhost',
  '127.0.0.1.evil.example',
  'evil.example#localhost',
  'x@localhost',
  '10.0.0.1',
  '[fe80::1]',
  '.localhost',
];

test('P40 a name that somebody else lets lead here reads nothing: neither pages, nor the API, nor metrics', async () => {
  await using site = await startSite({ hosts: [] });
  for (const host of OURS) expect((await getAs(site.url, '/', host)).status, host).toBe(200);
  for (const host of OTHERS) {
    for (const path of ['/', '/logs', '/metrics', '/healthz', '/api/v1/logs', '/api/v1/export']) {
      expect((await getAs(site.url, path, host)).status, `${host} ${path}`).toBe(421);
    }
  }
});

test('P40 the refusal names the setting, in the words of a page and of the API', async () => {
  await using site = await startSite({ hosts: [] });
  const page = await getAs(site.url, '/', 'logs.example.com');
  expect(page.type).toBe('text/plain; charset=utf-8');
  expect(page.body).toContain('"logs.example.com", add that name to the setting dashboardHosts');
  const api = await getAs(site.url, '/api/v1/logs', 'logs.example.com');
  expect(api.type).toBe('application/problem+json');
  expect(JSON.parse(api.body)).toMatchObject({
    status: 421,
    title: 'Misdirected request',
    detail: expect.stringContaining('dashboardHosts'),
  });
});

test('P40 names of the setting are answered, whatever their case and port', async () => {
  await using site = await startSite({ hosts: ['Logs.Example.com'] });
  expect((await getAs(site.url, '/', 'logs.example.COM:8443')).status).toBe(200);
  expect((await getAs(site.url, '/', 'sub.logs.example.com')).status).toBe(421);
});

test('mounted in an application of one’s own, which knows its names, every name is answered', async () => {
  await using site = await startSite();
  expect((await getAs(site.url, '/', 'app.example.com')).status).toBe(200);
});

const TOKEN = 'a-token-of-enough-characters';

test.each<[string, UserConfig, number]>([
  ['by default', {}, 421],
  ['with the name among dashboardHosts', { dashboardHosts: ['logs.example.com'] }, 200],
  ['with a token, which such a page does not have', { auth: { tokens: [{ name: 't', token: TOKEN }] } }, 401],
])('P40 a server asked as logs.example.com, %s', async (_, settings, status) => {
  const folder = mkdtempSync(join(tmpdir(), 'logvitals-hosts-'));
  const ports = { grpcPort: 0, httpPort: 0, dashboardPort: 0 };
  const config = configFrom({ storage: `file:${join(folder, 'data')}`, ...ports, ...settings });
  const server = await serve(
    config,
    createDiagnostics(() => {}),
  );
  try {
    expect((await getAs(server.addresses.dashboard, '/', 'logs.example.com')).status).toBe(status);
  } finally {
    await server.close();
    rmSync(folder, { recursive: true });
  }
});
