export type { DataAuditOptions, JoinTable, ModelOptions } from './data/options.ts';
export { auditSequelize } from './data/sequelize/instance.ts';
