import { readWithinSavepoint, SAVEPOINT } from '../gate.ts';
import type { DataAuditOptions } from '../options.ts';
import { createAuditTrail } from '../trail.ts';
import {
  type Abilities,
  AuditedConnection,
  type CompiledQueryLike,
  type ConnectionLike,
  type ConnectionTools,
} from './connection.ts';
import type { OperationNode } from './nodes.ts';

type Compile = (node: OperationNode, queryId: unknown) => CompiledQueryLike;

/** The part of Kysely's `Driver` that is used. */
interface DriverLike {
  init(options?: unknown): Promise<void>;
  acquireConnection(options?: unknown): Promise<ConnectionLike>;
  beginTransaction(connection: ConnectionLike, settings: unknown): Promise<void>;
  commitTransaction(connection: ConnectionLike): Promise<void>;
  rollbackTransaction(connection: ConnectionLike): Promise<void>;
  savepoint?(connection: ConnectionLike, name: string, compile: Compile): Promise<void>;
  rollbackToSavepoint?(connection: ConnectionLike, name: string, compile: Compile): Promise<void>;
  releaseSavepoint?(connection: ConnectionLike, name: string, compile: Compile): Promise<void>;
  releaseConnection(connection: ConnectionLike, options?: unknown): Promise<void>;
  destroy(options?: unknown): Promise<void>;
}

interface AdapterLike {
  readonly supportsReturning?: boolean;
  readonly supportsTransactionalDdl?: boolean;
  readonly supportsOutput?: boolean;
}

/** Any of Kysely's dialects, of whatever version. */
export interface DialectLike {
  createDriver(): object;
  createQueryCompiler(): object;
  createAdapter(): object;
  createIntrospector(db: never): object;
}

/**
 * A dialect whose writes are recorded as audit events: `new Kysely({ dialect: auditDialect(dialect) })`. Models are the
 * tables, fields the columns, named as in the database.
 * @throws TypeError when an option makes no sense.
 */
export function auditDialect<Dialect extends DialectLike>(dialect: Dialect, options: DataAuditOptions = {}): Dialect {
  const trail = createAuditTrail('kysely', options);
  const audited: DialectLike = {
    createDriver() {
      const driver = dialect.createDriver() as DriverLike;
      const abilities = abilitiesOf(dialect.createAdapter());
      const compiler = dialect.createQueryCompiler() as { compileQuery: Compile };
      const compile: Compile = (node, queryId) => compiler.compileQuery(node, queryId);
      const protect = abilities.returning ? protectBySavepoint(driver, compile) : runUnprotected;
      return auditDriver(driver, { trail, abilities, compile, protect });
    },
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
  };
  return audited as Dialect;
}

function abilitiesOf(adapter: AdapterLike): Abilities {
  return {
    returning: adapter.supportsReturning === true && adapter.supportsTransactionalDdl === true,
    limit: adapter.supportsOutput !== true,
  };
}

function protectBySavepoint(driver: DriverLike, compile: Compile): ConnectionTools['protect'] {
  return (connection, work) =>
    readWithinSavepoint(
      {
        set: () => driver.savepoint?.(connection, SAVEPOINT, compile),
        rollBackTo: () => driver.rollbackToSavepoint?.(connection, SAVEPOINT, compile),
        release: () => driver.releaseSavepoint?.(connection, SAVEPOINT, compile),
      },
      work,
    );
}

const runUnprotected: ConnectionTools['protect'] = (_connection, work) => work();

/** The driver with audited connections in place of its own, which follows their transactions. */
function auditDriver(driver: DriverLike, tools: ConnectionTools): DriverLike {
  /** What Kysely is given for each of the driver's connections, always the same, and what stands behind it. */
  const facades = new WeakMap<ConnectionLike, ConnectionLike>();
  const connections = new WeakMap<ConnectionLike, AuditedConnection>();
  const behind = (facade: ConnectionLike) => connections.get(facade) as AuditedConnection;

  return {
    init: (options) => driver.init(options),
    async acquireConnection(options) {
      const inner = await driver.acquireConnection(options);
      const known = facades.get(inner);
      if (known !== undefined) return known;
      const connection = new AuditedConnection(inner, tools);
      const facade = facadeOf(connection);
      facades.set(inner, facade);
      connections.set(facade, connection);
      return facade;
    },
    async beginTransaction(facade, settings) {
      await driver.beginTransaction(behind(facade).inner, settings);
      behind(facade).transaction = tools.trail.begin();
    },
    async commitTransaction(facade) {
      const { inner, transaction, gate } = behind(facade);
      behind(facade).transaction = undefined;
      await gate.pass(() => driver.commitTransaction(inner));
      transaction?.commit();
    },
    async rollbackTransaction(facade) {
      const { inner, gate } = behind(facade);
      behind(facade).transaction = undefined;
      await gate.pass(() => driver.rollbackTransaction(inner));
    },
    async savepoint(facade, name, compile) {
      const { inner, transaction, gate } = behind(facade);
      await gate.pass(() => driver.savepoint?.(inner, name, compile));
      transaction?.savepoint(name);
    },
    async rollbackToSavepoint(facade, name, compile) {
      const { inner, transaction, gate } = behind(facade);
      await gate.pass(() => driver.rollbackToSavepoint?.(inner, name, compile));
      transaction?.rollbackTo(name);
    },
    async releaseSavepoint(facade, name, compile) {
      const { inner, transaction, gate } = behind(facade);
      await gate.pass(() => driver.releaseSavepoint?.(inner, name, compile));
      transaction?.release(name);
    },
    releaseConnection: (facade, options) => driver.releaseConnection(behind(facade).inner, options),
    destroy: (options) => driver.destroy(options),
  };
}

/** What Kysely sees: the connection with another `executeQuery`, which Kysely may replace by one that logs. */
function facadeOf(connection: AuditedConnection): ConnectionLike {
  const { inner } = connection;
  const own: ConnectionLike = { executeQuery: (query, options) => connection.executeQuery(query, options) };
  return new Proxy(own, {
    get(target, property) {
      if (Object.hasOwn(target, property)) return Reflect.get(target, property);
      const value = Reflect.get(inner, property) as unknown;
      return typeof value === 'function' ? value.bind(inner) : value;
    },
    has: (target, property) => property in target || property in inner,
  });
}
