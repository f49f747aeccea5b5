import { RARE_TEXT, type Workload } from './workload.ts';

const RUNS = 7;

/** The queries of PEERS.md over the API, each beside a case-insensitive scan of all bodies in memory. */
export async function measureQueries(
  dashboard: string,
  workload: Workload,
  row: (name: string, value: string, beside: string) => void,
): Promise<void> {
  const scan = await median(async () => {
    let found = 0;
    for (const body of workload.bodies) if (body.toLowerCase().includes('nowhere-to-be-found')) found++;
    return found;
  });
  row('  (a scan of all bodies in memory)', `${scan.toFixed(1)} ms`, '');
  const { service, logger } = workload.errorLogger;
  const logs = (q: string) => `logs?limit=50&from=now-30d&q=${encodeURIComponent(q)}`;
  const queries: Record<string, string> = {
    'cards, 24 h': 'cards?range=24h',
    'cards, 30 d': 'cards?range=30d',
    'newest 50 errors of one logger': logs(`service:"${service}" logger:"${logger}" level:>=error`),
    'rare substring, any case, 30 d': logs(`"${RARE_TEXT.toUpperCase().slice(3)}"`),
    'a string that is nowhere': logs('zzqxnowhere'),
    'newest 50 with a common word': logs('request'),
    'attribute equals': logs(`${workload.attribute.key}:"${workload.attribute.value}"`),
    'histogram of a search, hourly, 30 d': 'histogram?q=request&from=now-30d&to=now&buckets=720',
    'trace id': `traces/${workload.traceId}`,
  };
  for (const [name, path] of Object.entries(queries)) {
    let size = 0;
    const milliseconds = await median(async () => {
      const response = await fetch(`${dashboard}/api/v1/${path}`);
      size = (await response.text()).length;
      if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    });
    row(
      `  ${name}`,
      `${milliseconds.toFixed(1)} ms`,
      `× ${(milliseconds / scan).toFixed(3)} of the scan, ${size} bytes`,
    );
  }
}

async function median(run: () => Promise<unknown>): Promise<number> {
  await run();
  const times: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[RUNS >> 1]!;
}
