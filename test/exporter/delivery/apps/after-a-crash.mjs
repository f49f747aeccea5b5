// Logs nothing, and ends when all that an earlier process left is delivered.
import { setTimeout as sleep } from 'node:timers/promises';
import { register } from '@logvitals/exporter';

const { counts, forceFlush, shutdown } = register({ service: 'under-load', spool: { dir: process.env.SPOOL } });
do {
  await forceFlush();
  await sleep(50);
} while (counts().waiting > 0);
await shutdown();
console.log(JSON.stringify(counts()));
