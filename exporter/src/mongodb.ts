export type { JoinTable, Row } from './data/change.ts';
export { auditMongodb, type MongodbAuditOptions } from './data/mongodb/audit.ts';
export type { DataAuditOptions, ModelOptions } from './data/options.ts';
