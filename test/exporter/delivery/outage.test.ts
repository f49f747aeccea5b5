import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { searchAll } from '../../helpers/api-client.ts';
import { startServer } from '../../helpers/server.ts';
import { requireBuiltExporter, startScript } from '../helpers/application.ts';
import { startFaultyLine } from './faulty-line.ts';
import { temporaryDirectory, until } from './helpers.ts';

/** Seconds that the receiver is away. A minute takes longer than an ordinary run of the tests should. */
const OUTAGE = Number(process.env.LOGVITALS_TEST_OUTAGE ?? 3);

beforeAll(requireBuiltExporter);

const app = (name: string) => join(import.meta.dirname, 'apps', name);

test(
  'P9 P39 the receiver is away under load and the application killed meanwhile: what was written arrives once',
  {
    timeout: (OUTAGE + 120) * 1_000,
  },
  async () => {
    using directory = temporaryDirectory();
    const spool = { SPOOL: join(directory.path, 'spool') };
    const storage = join(directory.path, 'data');
    const first = await startServer({ directory: storage });
    await using line = await startFaultyLine(first.http);

    const application = startScript(app('under-load.mjs'), { ...spool, LOGVITALS_URL: line.url });
    const told = () =>
      /(\d+) written, (\d+) sent, (\d+) dropped\n$/.exec(application.stdout())?.slice(1).map(Number) ?? [0, 0, 0];
    await until(() => told()[1]! > 1_000);
    // What the receiver stores now looks undelivered, and will come again.
    line.set('deaf');
    const before = told()[0]!;
    await until(() => told()[0]! > before + 1_000);
    await first.kill();
    line.set('cut');
    await sleep(OUTAGE * 1_000);
    application.kill('SIGKILL');
    await application.finished;
    const [written, sent, dropped] = told();
    expect(written! - sent!).toBeGreaterThan(OUTAGE * 100);
    expect(dropped).toBe(0);

    const second = await startServer({ directory: storage });
    line.leadTo(second.http);
    line.set('whole');
    const after = await startScript(app('after-a-crash.mjs'), { ...spool, LOGVITALS_URL: line.url }).finished;
    expect(after).toMatchObject({ code: 0 });
    expect(JSON.parse(after.stdout)).toMatchObject({ waiting: 0, dropped: 0 });

    const numbers = (await searchAll(second.dashboard, 'service:under-load')).map(({ body }) => Number(body));
    await second.stop();
    const all = numbers.toSorted((a, b) => a - b);
    expect(all.length).toBeGreaterThanOrEqual(written!);
    // Each once, none missing: those that arrived are 1, 2, 3 … without a gap.
    expect(all).toEqual(all.map((_, index) => index + 1));
  },
);
