export type { JoinTable, Row } from './data/change.ts';
export type { DataAuditOptions, ModelOptions } from './data/options.ts';
export { auditTypeorm } from './data/typeorm/data-source.ts';
