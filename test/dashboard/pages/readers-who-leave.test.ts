import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { getPage, type Site, startSite } from '../../helpers/dashboard-site.ts';
import { eventually } from '../../helpers/eventually.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Asks for `path`, and gives the connection with the answer begun. */
async function open(site: Site, path: string): Promise<Socket> {
  const socket = connect(Number(new URL(site.url).port), '127.0.0.1');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
  await once(socket, 'data');
  return socket;
}

test('a reader who breaks off a live tail is no failure: nothing is logged, and its place is free', async () => {
  const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
  await using site = await startSite({ settings: { limits: { tails: 2 } } });
  for (let round = 0; round < 3; round++) {
    const readers = [await open(site, '/api/v1/tail'), await open(site, '/api/v1/tail')];
    for (const reader of readers) reader.resetAndDestroy();
    await eventually(async () => {
      const next = await fetch(`${site.url}/api/v1/tail`);
      await next.body?.cancel();
      expect(next.status).toBe(200);
    });
  }
  expect(printed).not.toHaveBeenCalled();
  expect(site.errors).toEqual([]);
});

test('P34 what no page catches is told without what it says', async () => {
  const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
  const now = () => {
    throw new Error('postgres://user:secret@db/logs');
  };
  await using site = await startSite({ now });
  const { status, html } = await getPage(site, '/');
  expect(status).toBe(500);
  expect(html).not.toContain('secret');
  expect(printed).not.toHaveBeenCalled();
  expect(site.errors).toEqual([expect.stringMatching(/^answering failed: Error/)]);
  expect(site.errors.join()).not.toContain('secret');
});
