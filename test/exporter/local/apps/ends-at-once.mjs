// Logs to a file and ends before anything of it is written.
import { LoggerProvider } from '@opentelemetry/sdk-logs';
import { fileOutput } from '../../../../exporter/src/file.ts';

const provider = new LoggerProvider({ processors: [fileOutput({ path: process.env.FILE })] });
provider.getLogger('payments').emit({ body: 'last words' });
if (process.env.END === 'exit') process.exit(3);
throw new Error('the end');
