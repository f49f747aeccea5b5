import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compileQuery } from '../../receiver/query/evaluate.ts';
import { parseQuery } from '../../receiver/query/parse.ts';
import { auditRecord, groupRecord, requestRecord } from '../helpers/audit.ts';

const DOCUMENT = readFileSync(new URL('../../docs/audit.md', import.meta.url), 'utf8');
const QUERIES = DOCUMENT.slice(DOCUMENT.indexOf('## By query')).matchAll(/^\| (`.*`) \|/gm);
const EXAMPLES = Array.from(QUERIES, ([, cell]) =>
  Array.from(cell!.matchAll(/`([^`]+)`/g), ([, query]) => query!),
).flat();

const RECORDS = [
  auditRecord(),
  auditRecord({ action: 'login', severityText: 'LOGIN', severityNumber: 12 }),
  groupRecord('import-7', { type: 'warning', attributes: { 'logvitals.initiator': 'cron' } }),
  requestRecord({ status: 503 }),
  requestRecord({ duration: 2.5, attributes: { 'logvitals.http.direction': 'external' } }),
];

test.each(EXAMPLES)('P50 P63 %s of docs/audit.md finds one kind of event', (query) => {
  const parsed = parseQuery(query);
  if (!parsed.ok) throw new Error(parsed.error.message);
  const found = RECORDS.filter(compileQuery(parsed.query));
  expect(found.length).toBeGreaterThan(0);
  expect(new Set(found.map(({ eventName }) => eventName)).size).toBe(1);
});

test('there are such examples', () => expect(EXAMPLES).toHaveLength(10));
