// Logs a thousand records a second, numbered from 1, and says after each few how many stand on disk or have been sent.
import { writeSync } from 'node:fs';
import { register } from '@logvitals/exporter';
import { logs } from '@opentelemetry/api';

const { counts } = register({ service: 'under-load', timeout: 500, spool: { dir: process.env.SPOOL } });
const logger = logs.getLogger('numbers');
let logged = 0;
setInterval(() => {
  for (let index = 0; index < 10; index++) {
    logged++;
    logger.emit({ severityNumber: 9, body: String(logged) });
  }
  const { waiting, spooled, sent, dropped } = counts();
  writeSync(1, `${logged - (waiting - spooled)} written, ${sent} sent, ${dropped} dropped\n`);
}, 10);
