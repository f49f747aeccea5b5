// Logs a line just before its end, which is as the test asks.
import { rmSync } from 'node:fs';
import { register } from '@logvitals/exporter';
import { logs } from '@opentelemetry/api';

register({ service: 'mortal', flushInterval: 600_000, timeout: 500, spool: { dir: process.env.SPOOL } });
logs.getLogger('work').emit({ severityNumber: process.env.URGENT ? 17 : 9, body: 'last words' });
if (process.env.DELETE) rmSync(process.env.SPOOL, { recursive: true });
if (process.env.END === 'exit') process.exit(3);
if (process.env.END === 'throw') throw new Error('the end');
if (process.env.END === 'wait') {
  setInterval(() => {}, 60_000);
  console.log('ready');
}
