import { expect, test } from 'vitest';
import { exportRequest } from './definitions.ts';
import { startReceivers, type TestReceivers } from './support.ts';

async function post(receivers: TestReceivers, request: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await (await fetch(receivers.logsUrl, { method: 'POST', headers, body: JSON.stringify(request) })).bytes();
}

const seconds = (offset: number) => String(1_700_000_000_000_000_000n + BigInt(offset) * 1_000_000_000n);

test('O60 requests by outcome, records accepted and rejected by reason, replaced and cut texts', async () => {
  await using receivers = await startReceivers({ limits: { valueBytes: 1024 } });
  await post(receivers, exportRequest({}, {}, 'bad'));
  await post(
    receivers,
    exportRequest({ body: { stringValue: '\ud800' } }, { body: { stringValue: 'x'.repeat(2000) } }),
  );
  await post(receivers, []);
  receivers.ingest.outcome = { status: 'overloaded', retryAfterSeconds: 1 };
  await post(receivers, exportRequest({}));
  const text = receivers.metrics.render();
  expect(text).toContain('logvitals_otlp_requests_total{transport="http",outcome="accepted"} 2\n');
  expect(text).toContain('logvitals_otlp_requests_total{transport="http",outcome="malformed"} 1\n');
  expect(text).toContain('logvitals_otlp_requests_total{transport="http",outcome="overloaded"} 1\n');
  expect(text).toContain('logvitals_otlp_records_accepted_total 4\n');
  expect(text).toContain('logvitals_otlp_records_rejected_total{reason="bad_value"} 1\n');
  expect(text).toContain('logvitals_otlp_invalid_utf8_total 1\n');
  expect(text).toContain('logvitals_otlp_values_truncated_total 1\n');
});

test('O60 clock skew by service: ahead, behind, and nothing where the sender has no observed time', async () => {
  await using receivers = await startReceivers();
  await post(receivers, exportRequest({ observedTimeUnixNano: seconds(90) }));
  expect(receivers.metrics.render()).toContain('logvitals_otlp_clock_skew_seconds{service="shop"} 90\n');
  await post(receivers, exportRequest({ observedTimeUnixNano: seconds(-3600) }));
  await post(receivers, exportRequest({ timeUnixNano: seconds(7) }));
  expect(receivers.metrics.render()).toContain('logvitals_otlp_clock_skew_seconds{service="shop"} -3600\n');
});

test('O60 hostile service names neither fill the metrics nor break their lines', async () => {
  await using receivers = await startReceivers();
  const resourceLogs = (name: string) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: name } }] },
    scopeLogs: [{ logRecords: [{ observedTimeUnixNano: seconds(1) }] }],
  });
  for (let index = 0; index < 300; index++) {
    await post(receivers, { resourceLogs: [resourceLogs(`"}\n${index}${'x'.repeat(1000)}`)] });
  }
  const lines = receivers.metrics.render().split('\n');
  const skews = lines.filter((line) => line.startsWith('logvitals_otlp_clock_skew_seconds{'));
  expect(skews.length).toBe(200);
  for (const line of skews) expect(line).toMatch(/^logvitals_otlp_clock_skew_seconds\{service="\\"\}\\n\d+x+"\} 1$/);
});
