import {
  type Db,
  type Document,
  MongoClient,
  MongoError,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
} from 'mongodb';
import type { TimeZone } from '../../../dashboard/health/time-zone.ts';
import { CommandError } from '../../commands/command.ts';
import type { LegacySource } from './legacy-source.ts';
import { panelRecord } from './log-panel.ts';

/** Where django-log-panel 0.1 keeps its records unless the URL names another database. */
const DATABASE = 'log_panel';
const COLLECTION = 'logs';
const NAMES_DATABASE = /^[^/]*\/\/[^/]*\/[^?]/;
const PATIENCE_MILLIS = 5000;

/** Records of django-log-panel 0.1. Rejects with `CommandError` when the server cannot be reached. */
export async function openLogPanelMongodb(url: string, zone: TimeZone): Promise<LegacySource> {
  const client = await connect(url);
  const database = NAMES_DATABASE.test(url) ? client.db() : client.db(DATABASE);
  const logs = database.collection(COLLECTION);
  const size = await sizeOf(database).catch(async (error) => {
    await client.close();
    throw error;
  });
  return {
    size,
    async *read(onRead) {
      try {
        for await (const document of logs.find().sort({ _id: 1 })) {
          onRead(1);
          yield panelRecord(rowOf(document), zone);
        }
      } catch (error) {
        if (error instanceof MongoError) refuse(error);
        throw error;
      }
    },
    close: () => client.close(),
  };
}

/** Documents of the collection. Rejects with `CommandError` when there is none. */
async function sizeOf(database: Db): Promise<number> {
  const logs = database.collection(COLLECTION);
  const size = await logs.countDocuments().catch(refuse);
  const isThere = size > 0 || (await database.listCollections({ name: COLLECTION }).hasNext().catch(refuse));
  if (isThere) return size;
  throw new CommandError(
    `the database ${JSON.stringify(database.databaseName)} of the source has no collection ${COLLECTION}`,
  );
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
  if (error instanceof MongoNetworkError) return 'the connection is lost';
  return error instanceof MongoServerSelectionError ? 'no server answers' : 'the URL is none';
}
