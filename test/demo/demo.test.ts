import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startCli, temporaryFolder } from '../commands/run-cli.ts';
import { type ApiCard, getCards, getJson } from '../helpers/api-client.ts';
import { eventually } from '../helpers/eventually.ts';

const FREE_PORTS = { LOGVITALS_GRPC_PORT: '0', LOGVITALS_HTTP_PORT: '0', LOGVITALS_DASHBOARD_PORT: '0' };

test('P10 P28 demo shows forty loggers, some in trouble, thirty days of history and live traffic, and leaves nothing behind', async () => {
  const folder = temporaryFolder();
  const environment = { ...FREE_PORTS, LOGVITALS_STORAGE: 'file:./configured', TMPDIR: folder.path };
  const { child, ended, stdout } = startCli(['demo'], { cwd: folder.path, environment });
  try {
    await expect.poll(stdout, { timeout: 20_000 }).toContain('dashboard');
    const dashboard = /^dashboard +(\S+)$/m.exec(stdout())![1]!;
    const totalOf = (cards: readonly ApiCard[]) => cards.reduce((sum, { total }) => sum + total, 0);

    await eventually(async () => {
      const cards = await getCards(dashboard, '24h');
      expect(cards).toHaveLength(40);
      expect(cards[0]!.status).toBe('failing');
      expect(cards.some(({ status }) => status === 'clean')).toBe(true);
    });
    await eventually(async () => {
      const cards = await getCards(dashboard, '30d');
      expect(totalOf(cards)).toBeGreaterThan(130_000);
    }, 60);
    const before = totalOf(await getCards(dashboard, '24h'));
    await eventually(async () => expect(totalOf(await getCards(dashboard, '24h'))).toBeGreaterThan(before + 10));
    const { results }: { results: unknown[] } = await getJson(dashboard, 'alerts');
    expect(results.length).toBeGreaterThan(0);
  } finally {
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(folder.path)).toEqual([]);
    folder.remove();
  }
}, 120_000);
