import type { ExportFormatName } from '../../dashboard/api/export-formats.ts';
import type { RecordJson } from '../../dashboard/api/record-json.ts';
import { toRfc3339 } from '../../dashboard/times.ts';
import { CommandError } from '../commands/command.ts';
import { MAX_PAGE } from '../store/store.ts';
import type { RecordRequest, RecordSource, Removal } from './records.ts';
import type { ServerClient } from './server-client.ts';

/** Records of a running server, over its API. */
export function serverRecords(client: ServerClient): RecordSource {
  return {
    async *search(request, limit) {
      let rest = limit;
      let cursor: string | null = null;
      do {
        const parameters = parametersOf(request, {
          limit: String(Math.min(rest, MAX_PAGE)),
          ...(cursor ? { cursor } : {}),
        });
        const page = (await (await client.api(`logs?${parameters}`)).json()) as {
          results: RecordJson[];
          next: string | null;
        };
        yield* page.results;
        rest -= page.results.length;
        cursor = page.next;
      } while (cursor !== null && rest > 0);
    },
    async *export(request: RecordRequest, format: ExportFormatName) {
      const response = await client.api(`export?${parametersOf(request, { format })}`);
      try {
        yield* response.body!;
      } catch {
        throw new CommandError(
          `the server at ${client.address} broke the export off; what was written so far is not all`,
        );
      }
    },
    async *follow(request: RecordRequest, signal: AbortSignal) {
      const headers = { accept: 'text/event-stream' };
      const response = await client.api(`tail?${parametersOf(request)}`, { signal, headers });
      for await (const event of events(response.body!, signal)) yield JSON.parse(event) as RecordJson;
      if (!signal.aborted) throw new CommandError(`the server at ${client.address} ended the tail`);
    },
    async prune(removal: Removal) {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(removal) };
      const response = await client.api('prune', init);
      return ((await response.json()) as { removed: number }).removed;
    },
    async close() {},
  };
}

function parametersOf({ text, filter }: RecordRequest, more: Readonly<Record<string, string>> = {}): URLSearchParams {
  return new URLSearchParams({
    ...(text === '' ? {} : { q: text }),
    ...(filter.from === undefined ? {} : { from: toRfc3339(filter.from) }),
    ...(filter.to === undefined ? {} : { to: toRfc3339(filter.to) }),
    ...more,
  });
}

/** Data of server-sent events that carry records; named events and comments are passed over. */
async function* events(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let waiting = '';
  try {
    for await (const chunk of body) {
      waiting += decoder.decode(chunk, { stream: true });
      const blocks = waiting.split('\n\n');
      waiting = blocks.pop()!;
      for (const block of blocks) {
        const lines = block.split('\n');
        const data = lines.find((line) => line.startsWith('data: '));
        if (data && !lines.some((line) => line.startsWith('event: '))) yield data.slice('data: '.length);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw new CommandError(`the tail broke off: ${(error as Error).message}`);
  }
}
