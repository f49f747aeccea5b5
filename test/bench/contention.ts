import { get } from './get.ts';
import { startLatencyProbe } from './latency-probe.ts';
import type { PinnedProcess } from './process.ts';
import type { Report } from './report.ts';
import { sendAll } from './send.ts';
import type { Workload } from './workload.ts';

const GAUGE = 'logvitals_event_loop_delay_p99_seconds';
/** So many requests are sent meanwhile. */
const REQUESTS = 800;
const EARLIER = 1_000_000n;
/** Too short for any filter and nowhere: every text has to be looked at. */
const WORST_SEARCH = 'logs?limit=50&from=now-30d&q=%22zq%22';

/** Full ingest and a worst-case search one after another, at once: neither may hold the thread that answers requests. */
export async function measureContention(
  server: PinnedProcess,
  workload: Workload,
  atOnce: number,
  report: Report,
): Promise<void> {
  report.heading('Full ingest and worst-case searches at once');
  const dashboard = server.address('dashboard');
  const all = workload.earlier(EARLIER);
  const requests = { ...all, requests: Math.min(all.requests, REQUESTS) };
  let ingesting = true;
  let searches = 0;
  const search = async () => {
    for (; ingesting; searches++) {
      const { status } = await get(`${dashboard}/api/v1/${WORST_SEARCH}`);
      if (status !== 200) throw new Error(`a search during ingest answered ${status}`);
    }
  };
  const probe = startLatencyProbe(`${dashboard}/healthz`);
  await readGauge(`${dashboard}/metrics`);
  const searching = search();
  const { seconds } = await sendAll(requests, `${server.address('otlp/http')}/v1/logs`, atOnce, server);
  ingesting = false;
  const delay = await readGauge(`${dashboard}/metrics`);
  const { p50, p99, max } = await probe.stop();
  await searching;
  const records = (workload.records / workload.requests) * requests.requests;
  report.add({
    name: 'records a second',
    value: records / seconds,
    unit: '',
    note: `with ${searches} searches meanwhile`,
  });
  if (delay !== null) report.add({ name: 'event-loop delay, p99', value: delay * 1000, unit: 'ms', goal: 20 });
  const note = `p50 ${p50.toFixed(1)}, longest ${max.toFixed(1)}, seen from outside`;
  report.add({ name: 'GET /healthz every 5 ms, p99', value: p99, unit: 'ms', note });
}

/** The server's own gauge since it was last read, in seconds; null when it has none. */
async function readGauge(url: string): Promise<number | null> {
  const { body } = await get(url);
  const value = new RegExp(`^${GAUGE} (\\S+)$`, 'm').exec(body.toString())?.[1];
  return value === undefined ? null : Number(value);
}
