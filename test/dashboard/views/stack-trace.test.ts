import { expect, test } from 'vitest';
import { partsOf } from '../../../dashboard/views/stack-trace.ts';

const libraryLines = (stacktrace: string): string[] =>
  partsOf(stacktrace)
    .filter((part) => part.library)
    .flatMap((part) => part.lines.map((line) => line.trim()));

test('P7 frames of Node are told from those of the application', () => {
  const stack = [
    'Error: connect ECONNREFUSED',
    '    at query (/app/src/db/pool.ts:88:11)',
    '    at async run (/app/node_modules/p-queue/dist/index.js:10:3)',
    '    at TCPConnectWrap.afterConnect (node:net:1636:16)',
  ].join('\n');
  expect(libraryLines(stack)).toEqual([
    'at async run (/app/node_modules/p-queue/dist/index.js:10:3)',
    'at TCPConnectWrap.afterConnect (node:net:1636:16)',
  ]);
});

test('P7 frames of Python carry their line of source with them', () => {
  const stack = [
    'Traceback (most recent call last):',
    '  File "/app/shop/views.py", line 10, in buy',
    '    charge(order)',
    '  File "/usr/lib/python3.11/site-packages/stripe/api.py", line 5, in post',
    '    raise Declined()',
    'stripe.Declined: no funds',
  ].join('\n');
  expect(libraryLines(stack)).toEqual([
    'File "/usr/lib/python3.11/site-packages/stripe/api.py", line 5, in post',
    'raise Declined()',
  ]);
});

test('P7 frames of the JVM, .NET, Go and Rust are known too', () => {
  const frames = [
    '\tat java.base/java.util.Arrays.copyOf(Arrays.java:3537)',
    '    at org.springframework.web.Servlet.run(Servlet.java:1)',
    '   at System.Net.Http.HttpClient.Send(HttpRequestMessage request)',
    '\t/usr/local/go/src/net/http/server.go:2136 +0x13c',
    '   3: core::panicking::panic_fmt',
  ];
  for (const frame of frames) expect(libraryLines(`Oops\n${frame}`)).toEqual([frame.trim()]);
});

test('a trace of the application alone, and no trace at all, have no library part', () => {
  expect(libraryLines('Error: x\n    at run (/app/src/a.ts:1:1)')).toEqual([]);
  expect(libraryLines('just words about node_modules')).toEqual([]);
});

test('a line of a million signs that is nearly a frame takes no longer than others', () => {
  const million = 1_000_000;
  // With a pattern that goes back over what it matched, the first of these takes hours.
  for (const part of [
    'a(',
    ' at ',
    ' ',
    '\t',
    'File ',
    '1: ',
    '\ta.go',
    '/lib/',
    '<anonymous>',
    '(node:',
    '\n',
    '\n    x',
  ]) {
    const stacktrace = `${part.repeat(million / part.length)}x`;
    const lines = partsOf(stacktrace).flatMap((one) => one.lines);
    expect(lines.join('\n'), part).toBe(stacktrace);
  }
});
