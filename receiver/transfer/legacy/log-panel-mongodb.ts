import { type Document, MongoClient, MongoServerError, MongoServerSelectionError } from 'mongodb';
import type { TimeZone } from '../../../dashboard/health/time-zone.ts';
import { CommandError } from '../../commands/command.ts';
import type { LegacySource } from './legacy-source.ts';
import { panelRecord } from './log-panel.ts';

/** Where django-log-panel 0.1 keeps its records unless the URL names another database. */
const DATABASE = 'log_panel';
const COLLECTION = 'logs';
const PATIENCE_MILLIS = 5000;

/** Records of django-log-panel 0.1. Rejects with `CommandError` when the server cannot be reached. */
export async function openLogPanelMongodb(url: string, zone: TimeZone): Promise<LegacySource> {
  const client = await connect(url);
  const isNamed = (client.options.dbName ?? 'test') !== 'test';
  const logs = client.db(isNamed ? client.options.dbName : DATABASE).collection(COLLECTION);
  return {
    size: await logs.countDocuments().catch(refuse),
    async *read(onRead) {
      for await (const document of logs.find().sort({ _id: 1 })) {
        onRead(1);
        yield panelRecord(rowOf(document), zone);
      }
    },
    close: () => client.close(),
  };
}

async function connect(url: string): Promise<MongoClient> {
  try {
    return await MongoClient.connect(url, { serverSelectionTimeoutMS: PATIENCE_MILLIS, appName: 'logvitals import' });
  } catch (error) {
    return refuse(error);
  }
}

/** The fields of both versions under one set of names. */
function rowOf({ _id, timestamp, level, logger_name, message, module, pathname, lineno }: Document) {
  const text = (value: unknown) => (value === undefined || value === null ? null : String(value));
  return {
    id: String(_id),
    timestamp: timestamp instanceof Date ? timestamp.toISOString() : text(timestamp),
    level: text(level),
    logger_name: text(logger_name),
    message: text(message),
    module: text(module),
    pathname: text(pathname),
    line_number: text(lineno),
  };
}

/** The driver's messages may hold parts of the URL, so only the kind of error is told. */
function refuse(error: unknown): never {
  throw new CommandError(`the MongoDB source can't be read: ${kindOf(error)}`);
}

function kindOf(error: unknown): string {
  if (error instanceof MongoServerError) return error.codeName ?? error.name;
  return error instanceof MongoServerSelectionError ? 'no server answers' : 'the URL is none';
}
