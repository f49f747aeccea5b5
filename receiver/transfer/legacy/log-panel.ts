import type { TimeZone } from '../../../dashboard/health/time-zone.ts';
import type { LegacyFault, LegacyRecord } from './legacy-record.ts';
import type { TablePackage } from './legacy-source.ts';
import { parseNaiveTime } from './naive-time.ts';
import { severityOfLevel } from './python-levels.ts';
import { splitTraceback } from './python-traceback.ts';
import type { Row, Tables } from './tables.ts';

const CHUNKS = 'log_panel_log_message_chunk';

/** django-log-panel 0.2: `log_panel_log`, and the chunks of long messages, which its first migration did not have. */
export const logPanel: TablePackage = {
  table: 'log_panel_log',
  columns: ['id', 'timestamp', 'level', 'logger_name', 'message', 'module', 'pathname', 'line_number'],
  newerColumns: ['message_chunked'],
  key: 'id',
  async convert(row, tables, zone) {
    const isChunked = /^(1|t|true)$/.test(row.message_chunked ?? '');
    const message = isChunked ? await wholeMessage(tables, row.id!) : row.message;
    return panelRecord(
      { ...row, message: message ?? row.message ?? null, id: (row.id ?? '').replaceAll('-', '') },
      zone,
    );
  },
};

async function wholeMessage(tables: Tables, id: string): Promise<string | null> {
  const texts: string[] = [];
  const selection = { columns: ['text'], orderBy: 'index', where: { column: 'log_id', value: id } };
  for await (const { text } of tables.rows(CHUNKS, selection)) texts.push(text ?? '');
  return texts.length > 0 ? texts.join('') : null;
}

/** A record of the panel, of either version; `id` is what it is known by. */
export function panelRecord(row: Row, zone: TimeZone): LegacyRecord | LegacyFault {
  const timestamp = parseNaiveTime(row.timestamp ?? '', zone);
  if (timestamp === null) return { fault: `the record ${row.id} has no time: ${JSON.stringify(row.timestamp)}` };
  const { message, exception } = splitTraceback(row.message ?? '');
  return {
    uid: `django-log-panel:${row.id}`,
    timestamp,
    severityNumber: severityOfLevel(row.level ?? ''),
    severityText: row.level ?? '',
    logger: row.logger_name ?? '',
    body: message,
    attributes: {
      'code.function.name': row.module || undefined,
      'code.file.path': row.pathname || undefined,
      'code.line.number': /^\d{1,18}$/.test(row.line_number ?? '') ? BigInt(row.line_number!) : undefined,
      'exception.type': exception?.type,
      'exception.message': exception?.message,
      'exception.stacktrace': exception?.stacktrace,
    },
  };
}
