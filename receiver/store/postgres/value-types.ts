import pg from 'pg';
import { parseTimestamptz } from './time.ts';

/** Types as PostgreSQL numbers them (`pg_type.oid`). */
const INT8 = 20;
const NUMERIC = 1700;
const TIMESTAMPTZ = 1184;
const JSON_TYPES = [114, 3802];

/** How values of rows are read: as `Queries` says, and of other types as pg does. */
export const VALUE_TYPES = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === INT8 || oid === NUMERIC) return Number;
    if (oid === TIMESTAMPTZ) return parseTimestamptz;
    if (JSON_TYPES.includes(oid)) return (text: string) => text;
    return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text');
  },
} as pg.CustomTypesConfig;
