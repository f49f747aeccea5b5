export type { JoinTable, Row } from './data/change.ts';
export { auditMongoose } from './data/mongoose/plugin.ts';
export type { DataAuditOptions, ModelOptions } from './data/options.ts';
