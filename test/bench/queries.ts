import type { DatabaseKind } from './database.ts';
import { get, getJson } from './get.ts';
import type { Report } from './report.ts';
import { RARE_TEXT, type Workload } from './workload.ts';

const RUNS = 7;
const HOUR = 3_600_000;
const DAYS = 30;

interface BenchQuery {
  readonly name: string;
  /** Below the API's root. */
  readonly path: string;
  /** Milliseconds. */
  readonly goal?: number;
  /** On PostgreSQL. */
  readonly postgresGoal?: number;
  readonly peer?: string;
}

/** The queries of PEERS.md and more over the API, warm, beside a case-insensitive scan of all bodies in memory. */
export async function measureQueries(
  dashboard: string,
  workload: Workload,
  report: Report,
  storage: 'embedded' | DatabaseKind,
): Promise<void> {
  const api = `${dashboard}/api/v1`;
  report.heading(`Queries over HTTP, warm (median of ${RUNS})`);
  const scale = workload.records / workload.bodies.length;
  const { median: scan } = await measure(async () => {
    let found = 0;
    for (const body of workload.bodies) if (body.toLowerCase().includes('nowhere-to-be-found')) found++;
    return found;
  });
  const note = `scaled from a sample of 1 in ${scale.toFixed(0)}`;
  report.add({ name: 'baseline: a scan of all bodies in memory', value: scan * scale, unit: 'ms', note });
  for (const { name, path, goal, postgresGoal, peer } of await queriesOn(api, workload)) {
    const goals = { embedded: goal, postgres: postgresGoal, mongodb: undefined };
    let answer: Uint8Array = new Uint8Array();
    const { first, median } = await measure(async () => {
      const { status, body } = await get(`${api}/${path}`);
      if (status !== 200) throw new Error(`${path} answered ${status}: ${body}`);
      answer = body;
    });
    const note = `${foundIn(answer)}; asked first: ${first.toFixed(1)} ms`;
    report.add({ name, value: median, unit: 'ms', goal: goals[storage], peer, note });
  }
}

async function queriesOn(api: string, { errorLogger, known }: Workload): Promise<BenchQuery[]> {
  const logs = (q: string) => `logs?limit=50&from=now-30d&q=${encodeURIComponent(q)}`;
  // Hours of the clock, as the page asks for them.
  const to = Math.ceil(Date.now() / HOUR) * HOUR;
  const span = `from=${new Date(to - DAYS * 24 * HOUR).toISOString()}&to=${new Date(to).toISOString()}`;
  const histogram = (q: string) => `histogram?q=${encodeURIComponent(q)}&${span}&buckets=${DAYS * 24}`;
  const { service, logger } = errorLogger;
  const { next } = await getJson<{ next: string }>(`${api}/${logs('request')}`);
  const { results } = await getJson<{ results: [{ id: string }] }>(`${api}/traces/${known.traceId}`);
  return [
    { name: 'cards, 24 h', path: 'cards?range=24h', goal: 5, postgresGoal: 30, peer: '26–34' },
    { name: 'cards, 30 d', path: 'cards?range=30d', goal: 20, postgresGoal: 30, peer: '303–416' },
    {
      name: 'newest 50 errors of one logger',
      path: logs(`service:"${service}" logger:"${logger}" level:>=error`),
      goal: 10,
      postgresGoal: 20,
      peer: '45–84',
    },
    { name: 'newest 50 of all', path: logs(''), postgresGoal: 20 },
    { name: 'newest 50 of one logger', path: logs(`service:"${service}" logger:"${logger}"`), postgresGoal: 20 },
    { name: 'rare word, 30 d', path: logs(RARE_TEXT.split(' ')[1]!), goal: 10, peer: '4–8' },
    {
      name: 'rare substring, any case, 30 d',
      path: logs(`"${RARE_TEXT.toUpperCase().slice(3)}"`),
      goal: 30,
      peer: '250–2,800',
    },
    { name: 'a string that is nowhere', path: logs('zzqxnowhere'), goal: 10, peer: '4–2,500' },
    { name: 'newest 50 with a common word', path: logs('request'), goal: 10, postgresGoal: 20, peer: '68–380' },
    { name: 'page 2 of these by cursor', path: `${logs('request')}&cursor=${encodeURIComponent(next)}` },
    { name: 'attribute equals', path: logs(`client.address:"${known.clientAddress}"`), goal: 10, peer: '14' },
    { name: 'resource attribute equals', path: logs('resource.service.instance.id:"payments-2"') },
    { name: 'number at least', path: logs('db.response.returned_rows:>=250') },
    { name: 'histogram of a search, hourly, 30 d', path: histogram('request'), goal: 150, peer: '260–4,200' },
    { name: 'histogram of all, hourly, 30 d', path: histogram('') },
    { name: "facets of a field, a search's, 30 d", path: 'facets?field=http.route&q=request&from=now-30d' },
    { name: 'trace id', path: `traces/${known.traceId}`, goal: 3, peer: '2.5–12' },
    { name: 'span id', path: logs(`span:${known.spanId}`) },
    { name: 'one record by id', path: `logs/${results[0].id}` },
    { name: 'its neighbours', path: `logs/${results[0].id}/context` },
    { name: 'a text too short for filters, nowhere', path: logs('"zq"') },
  ];
}

/** How many entries an answer has, and its size. */
function foundIn(answer: Uint8Array): string {
  const { results, cards, buckets } = JSON.parse(new TextDecoder().decode(answer));
  const entries = results ?? cards ?? buckets;
  return `${entries === undefined ? '' : `${entries.length} found, `}${(answer.length / 1000).toFixed(1)} kB`;
}

/** Milliseconds of the first run, which finds nothing remembered of its question, and the median of those after it. */
async function measure(run: () => Promise<unknown>): Promise<{ readonly first: number; readonly median: number }> {
  const times: number[] = [];
  for (let i = 0; i <= RUNS; i++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  const [first, ...rest] = times;
  return { first: first!, median: rest.sort((a, b) => a - b)[RUNS >> 1]! };
}
