import { describe, expect, test } from 'vitest';
import { runAtOnce } from '../../receiver/otlp/decode/drive.ts';
import { readRequest } from '../../receiver/otlp/read-request.ts';
import { RequestMaker } from '../../receiver/transfer/requests.ts';

const FILE_TIME = 1_700_000_000_000_000_000n;
const LIMITS = { valueBytes: 1e6, recordWeight: 1e7, requestWeight: 1e8 };

const lineOf = (...records: object[]): Buffer =>
  Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: records }] }] }));

const record = (body: string, more: object = {}) => ({
  timeUnixNano: '1700000000000000001',
  body: { stringValue: body },
  ...more,
});

function prepare(maker: RequestMaker, line: Buffer) {
  const prepared = maker.prepare(line);
  if ('fault' in prepared) throw new Error(prepared.fault);
  return prepared;
}

/** What the receiver makes of a request: its key tells repeats, its records must be what the file holds. */
const read = (bytes: Buffer) => runAtOnce(readRequest(bytes, 'json', LIMITS, 1n));

describe('requests made of lines', () => {
  test('are the lines as they are, at every import', () => {
    const line = lineOf(record('a'), record('b'));
    for (const maker of [new RequestMaker(FILE_TIME), new RequestMaker(FILE_TIME)]) {
      const { requests } = prepare(maker, line);
      expect(requests).toEqual([{ bytes: line, records: 2 }]);
    }
  });

  test('a line that stands in a file several times is told apart each time, in the same way at every import', () => {
    const line = lineOf(record('a'));
    const keysOfImport = () => {
      const maker = new RequestMaker(FILE_TIME);
      return Array.from({ length: 20 }, () => read(prepare(maker, line).requests[0]!.bytes)).map(({ key, records }) => {
        expect(records.map(({ body }) => body)).toEqual(['a']);
        return key;
      });
    };
    const keys = keysOfImport();
    expect(new Set(keys).size).toBe(20);
    expect(keysOfImport()).toEqual(keys);
  });

  test("records without a time get the file's, so that the receiver knows them again", () => {
    const line = lineOf({ body: { stringValue: 'untimed' } }, record('timed'));
    const { requests } = prepare(new RequestMaker(FILE_TIME), line);
    const received = requests.map(({ bytes }) => read(bytes));
    expect(received.map(({ key }) => key)).not.toContain(null);
    expect(received.flatMap(({ records }) => records.map(({ timestamp, body }) => [timestamp, body]))).toEqual([
      [FILE_TIME, 'untimed'],
      [1_700_000_000_000_000_001n, 'timed'],
    ]);
  });

  test.each(['', 'no json', '[]', '{"resourceLogs":[{]', '{"resourceLogs":7}'])('%j is a fault of its line', (line) => {
    expect(new RequestMaker(FILE_TIME).prepare(Buffer.from(line))).toHaveProperty('fault');
  });
});
