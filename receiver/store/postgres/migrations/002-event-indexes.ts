/**
 * Indexes of the views of audit events, groups and requests: what they list is a few records in a hundred, and they count
 * it by severity, which the index has so that no row has to be read. The conditions are those of `present` (`hasKey` in
 * `attribute-condition.ts`), word for word, for the server to see that they fit.
 */
export const eventIndexes = `
-- Workers would lock all other indexes of each day's table, which are thousands, until the step is over.
set local max_parallel_maintenance_workers = 0;

create index record_acted on record (time, ns, sequence) include (severity_number)
  where attributes ? 'logvitals.audit.action';
create index record_grouped on record (time, ns, sequence) include (severity_number)
  where attributes ? 'logvitals.group.id';

drop index record_event;
create index record_event on record (event_name, time, ns, sequence) include (severity_number)
  where event_name is not null;
`;
