// Writes to a file, some of it at the very end, and ends as the test asks.
import { setImmediate as turn } from 'node:timers/promises';
import { LoggerProvider } from '@opentelemetry/sdk-logs';
import { fileOutput } from '../../../../exporter/src/file.ts';

const provider = new LoggerProvider({ processors: [fileOutput({ path: process.env.FILE })] });
const logger = provider.getLogger('payments');
logger.emit({ body: 'one' });
logger.emit({ body: 'two' });
await provider.forceFlush();
await turn();
logger.emit({ body: 'last words' });
if (process.env.END === 'exit') process.exit(3);
if (process.env.END === 'throw') throw new Error('the end');
