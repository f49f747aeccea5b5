import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compileQuery } from '../../receiver/query/evaluate.ts';
import { parseQuery } from '../../receiver/query/parse.ts';
import { logRecord } from '../helpers/records.ts';

const DOCUMENT = readFileSync(new URL('../../docs/query-language.md', import.meta.url), 'utf8');

describe('the examples of docs/query-language.md', () => {
  const records = /```jsonl\n(.*?)```/s
    .exec(DOCUMENT)![1]!
    .trim()
    .split('\n')
    .map((line) => logRecord(JSON.parse(line, exactIntegers)));

  test.each(tableUnder('## Examples'))('%s finds %s', (query, finds) => {
    const parsed = parseQuery(query);
    if (!parsed.ok) throw new Error(parsed.error.message);
    const matches = compileQuery(parsed.query);
    const found = records.flatMap((record, index) => (matches(record) ? [index + 1] : []));
    expect(found.join(', ')).toBe(finds);
  });

  test.each(tableUnder('## When a query does not parse'))('%s is refused at %s', (query, position, length, message) => {
    const parsed = parseQuery(query);
    expect(parsed).toMatchObject({ ok: false, error: { position: Number(position), length: Number(length) } });
    expect(parsed).toHaveProperty('error.message', expect.stringMatching(startOf(message!)));
  });

  test('every form of the summary parses', () => {
    const forms = tableUnder('## In short').flatMap((cells) => [...cells[0].matchAll(/[^`]+/g)].map(([form]) => form));
    const queries = forms.filter((form) => form !== ', ');
    expect(queries.length).toBeGreaterThan(10);
    for (const query of queries) expect(parseQuery(query)).toMatchObject({ ok: true });
  });
});

type Row = readonly [query: string, ...cells: string[]];

/** The rows of the first table after a heading, their first cell without its backticks. */
function tableUnder(heading: string): Row[] {
  const lines = DOCUMENT.slice(DOCUMENT.indexOf(`\n${heading}\n`)).split('\n');
  const start = lines.findIndex((line) => line.startsWith('|---'));
  const rows = lines.slice(start + 1, lines.indexOf('', start)).map((line) => {
    const [query, ...cells] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    return [query!.replace(/^`|`$/g, ''), ...cells] satisfies Row;
  });
  expect(rows.length).toBeGreaterThan(5);
  return rows;
}

/** Whole numbers among attributes are int_value, as OpenTelemetry's SDKs send them. */
function exactIntegers(key: string, value: unknown): unknown {
  return Number.isInteger(value) && key !== 'severityNumber' ? BigInt(value as number) : value;
}

function startOf(text: string): RegExp {
  return new RegExp(`^${text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}`);
}
