import Koa from 'koa';
import { describe, expect, test } from 'vitest';
import { createAuthorize } from '../../../receiver/access.ts';
import { getPage, startSite } from '../../helpers/dashboard-site.ts';
import { elementsOf, linksTo, visibleText } from '../../helpers/html.ts';
import { batch, errorRecord, MINUTE, NOON } from '../../helpers/records.ts';

/** SHA-256 of "reader" and of "sender". */
const READER = '3d0941964aa3ebdcb00ccef58b1bb399f9f898465e9886d5aec7f31090a0fb30';
const SENDER = '0a367b92cf0b037dfd89960ee832d56f7fc151681bb41e53690e776f5786998a';

describe('who may read', () => {
  const authorize = createAuthorize([
    { name: 'r', sha256: READER, scopes: ['read'] },
    { name: 's', sha256: SENDER, scopes: ['ingest'] },
  ]);
  const basic = (password: string) => ({ Authorization: `Basic ${btoa(`anyone:${password}`)}` });

  test('P40 without a token: 401, asked for as browsers and programs ask', async () => {
    await using site = await startSite({ authorize });
    for (const path of [
      '/',
      '/logs',
      '/alerts',
      '/logs/x',
      '/audit',
      '/requests',
      '/objects',
      '/groups/x',
      '/nowhere',
    ]) {
      const { status, headers, html } = await getPage(site, path);
      expect(status, path).toBe(401);
      expect(headers.get('www-authenticate')).toBe('Basic realm="logvitals", charset="UTF-8", Bearer');
      expect(visibleText(html)).toContain('Sign in to see the logs');
    }
  });

  test('P40 with a token that may not read: 403', async () => {
    await using site = await startSite({ authorize });
    const { status, html } = await getPage(site, '/', basic('sender'));
    expect(status).toBe(403);
    expect(visibleText(html)).toContain('Not allowed');
    expect(html).not.toContain('firing');
  });

  test('P40 with one that may: the page; and its look is there for everybody', async () => {
    await using site = await startSite({ authorize });
    expect((await getPage(site, '/', basic('reader'))).status).toBe(200);
    expect((await getPage(site, '/', { Authorization: 'Bearer reader' })).status).toBe(200);
    const { html } = await getPage(site, '/');
    for (const { href } of elementsOf(html, 'link')) expect((await getPage(site, href!)).status).toBe(200);
  });

  test('P40 pages are only read: other methods change nothing and are not there', async () => {
    await using site = await startSite();
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const response = await fetch(`${site.url}/logs`, { method });
      expect(response.status).toBe(404);
    }
  });
});

test('every page forbids scripts, styles and frames that are not its own', async () => {
  await using site = await startSite();
  for (const path of ['/', '/logs', '/nowhere', '/api/v1/cards']) {
    const { headers } = await getPage(site, path);
    const policy = headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("style-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
  }
  const { html } = await getPage(site, '/logs');
  expect(html).not.toMatch(/ style=| on\w+=|<style/);
});

describe('style sheets and scripts', () => {
  test('are kept for ever under the address of their version, and not under another', async () => {
    await using site = await startSite();
    const { html } = await getPage(site, '/');
    const style = elementsOf(html, 'link').find(({ href }) => href!.endsWith('/tokens.css'))!.href!;
    const present = await getPage(site, style);
    expect(present.status).toBe(200);
    expect(present.headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect(present.headers.get('cache-control')).toContain('immutable');
    const older = await getPage(site, style.replace(/\/assets\/\w+\//, '/assets/0123456789abcdef/'));
    expect(older.html).toBe(present.html);
    expect(older.headers.get('cache-control')).toBe('no-cache');
  });

  test('lead to no other file', async () => {
    await using site = await startSite();
    const outside = [
      '../app.ts',
      '..%2fapp.ts',
      '%2e%2e/app.ts',
      '....//app.ts',
      '/etc/passwd',
      'client',
      '',
      'tokens.css%00',
      '..\\app.ts',
    ];
    for (const name of outside) {
      expect((await getPage(site, `/assets/0123456789abcdef/${name}`)).status, name).toBe(404);
    }
  });
});

test('mounted below a path of another application, every link begins with it', async () => {
  // What koa-mount does: it takes the prefix off the path and keeps it in ctx.mountPath.
  const mount = (dashboard: Koa): Koa => {
    const app = new Koa();
    app.use(async (ctx, next) => {
      if (!ctx.path.startsWith('/admin/logs')) return next();
      const { path } = ctx;
      Object.assign(ctx, { mountPath: '/admin/logs', path: path.slice('/admin/logs'.length) || '/' });
      const run = (index: number): unknown => dashboard.middleware[index]?.(ctx, async () => run(index + 1)) ?? next();
      await run(0);
    });
    return app;
  };
  await using site = await startSite({ mount });
  const [appended] = await site.store.append([batch([errorRecord({ timestamp: NOON - MINUTE })])]);
  for (const path of [
    '',
    '/',
    '/logs',
    `/logs?record=${appended!.idOf(0)}`,
    `/logs/${appended!.idOf(0)}`,
    '/alerts',
    '/nowhere',
  ]) {
    const { html } = await getPage(site, `/admin/logs${path}`);
    const addresses = [
      ...linksTo(html).filter((href) => href !== '#content'),
      ...elementsOf(html, 'link').map(({ href }) => href!),
      ...elementsOf(html, 'script').map(({ src }) => src!),
      ...elementsOf(html, 'form').map(({ action }) => action!),
    ];
    expect(addresses.length).toBeGreaterThan(5);
    for (const address of addresses) expect(address, path).toMatch(/^\/admin\/logs(\/|$)/);
  }
  const style = elementsOf((await getPage(site, '/admin/logs/')).html, 'link')[0]!.href!;
  expect((await getPage(site, style)).status).toBe(200);
  expect((await getPage(site, '/admin/logs/api/v1/cards')).status).toBe(200);
});

test('pages are compressed for those who take it', async () => {
  await using site = await startSite();
  await site.store.append([batch([errorRecord({ timestamp: NOON - MINUTE })])]);
  const compressed = await fetch(`${site.url}/`, { headers: { 'Accept-Encoding': 'gzip' } });
  expect(compressed.headers.get('content-encoding')).toBe('gzip');
  const plain = await fetch(`${site.url}/`, { headers: { 'Accept-Encoding': 'identity' } });
  expect(plain.headers.get('content-encoding')).toBe(null);
  expect(await plain.text()).toBe(await compressed.text());
});

test('the bar tells how many records a second arrive', async () => {
  await using site = await startSite();
  const [appended] = await site.store.append([
    batch(Array.from({ length: 30 }, () => errorRecord({ timestamp: NOON - MINUTE }))),
  ]);
  const { records } = await site.store.search({ query: { type: 'all' }, limit: 30 });
  expect(appended!.stored).toBe(30);
  site.publish(records);
  expect(visibleText((await getPage(site, '/')).html)).toMatch(/ (30|15|10|7\.5|6|5|4\.3|3\.8|3\.3|3) records\/s /);
});
