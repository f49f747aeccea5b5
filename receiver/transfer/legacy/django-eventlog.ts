import { jsonColumn } from './django-tables.ts';
import type { TablePackage } from './legacy-source.ts';
import { parseNaiveTime } from './naive-time.ts';
import { severityOfLevel } from './python-levels.ts';

/** django-eventlog 2.2, and older ones without data: events of groups. */
export const djangoEventlog: TablePackage = {
  table: 'eventlog_event',
  columns: ['id', 'type', 'group', 'timestamp', 'message', 'initiator'],
  newerColumns: ['data'],
  key: 'id',
  async convert(row, _tables, zone) {
    const timestamp = parseNaiveTime(row.timestamp ?? '', zone);
    if (timestamp === null) return { fault: `the event ${row.id} has no time: ${JSON.stringify(row.timestamp)}` };
    const type = row.type ?? '';
    return {
      uid: `django-eventlog:${row.id}`,
      timestamp,
      severityNumber: severityOfLevel(type),
      severityText: type.toUpperCase(),
      logger: 'eventlog',
      eventName: 'logvitals.event',
      body: row.message ?? '',
      attributes: {
        'logvitals.group.id': row.group ?? undefined,
        'logvitals.event.type': type || undefined,
        'logvitals.initiator': row.initiator || undefined,
        'logvitals.data': jsonColumn(row, 'data'),
      },
    };
  },
};
