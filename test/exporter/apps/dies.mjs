// Logs a line nobody flushes, and dies of an exception that nobody catches; or catches it and lives on.
import { register } from '@logvitals/exporter';
import { logs } from '@opentelemetry/api';

const spool = process.env.SPOOL ? { dir: process.env.SPOOL } : undefined;
const flushOnExceptions = process.env.FLUSH_ON_EXCEPTIONS !== 'no';
if (process.env.REGISTER !== 'no') register({ service: 'mortal', flushInterval: 600_000, flushOnExceptions, spool });
if (process.env.CAUGHT) process.on('uncaughtException', () => setTimeout(() => process.exit(5), 60_000).unref());
logs.getLogger('work').emit({ body: 'last words' });
if (process.env.CAUGHT) setInterval(() => console.log('alive'), 20);
if (process.env.REJECT) Promise.reject(new RangeError('nobody catches this'));
else throw new RangeError('nobody catches this');
