import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Encoding, encodeExportResponse, encodeStatus } from './encode.ts';
import { type ExportOutcome, retryDelay, STATUS_OF } from './outcome.ts';

/** OTLP's two media types (O2). */
const ENCODINGS: ReadonlyMap<string, Encoding> = new Map([
  ['application/x-protobuf', 'protobuf'],
  ['application/json', 'json'],
]);
const MEDIA_TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' } as const;

/** Of a refused body, so many bytes are read and thrown away before the connection is cut. */
const MOST_DISCARDED_BYTES = 256 * 1024 * 1024;

/** A request's encoding by its Content-Type, parameters and case aside; null for another or none (O3). */
export function encodingOf(request: IncomingMessage): Encoding | null {
  const [mediaType = ''] = (request.headers['content-type'] ?? '').split(';', 1);
  return ENCODINGS.get(mediaType.trim().toLowerCase()) ?? null;
}

/** Answers in the request's encoding (O5, O21), in JSON where it has none. Resolves when the answer is out, or nobody waits for it. */
export function respond(request: IncomingMessage, response: ServerResponse, outcome: ExportOutcome): Promise<void> {
  if (response.destroyed) return Promise.resolve();
  const encoding = encodingOf(request) ?? 'json';
  const body = outcome.kind === 'accepted' ? encodeExportResponse(encoding, outcome) : encodeStatus(encoding, outcome);
  if (outcome.kind === 'unauthenticated') response.setHeader('www-authenticate', 'Bearer');
  if (outcome.kind !== 'accepted' && outcome.retryAfterSeconds !== undefined) {
    response.setHeader('retry-after', retryDelay(outcome.retryAfterSeconds));
  }
  response.writeHead(STATUS_OF[outcome.kind].http, {
    'content-type': MEDIA_TYPES[encoding],
    'content-length': body.length,
  });
  if (!request.complete) discardRest(request);
  return new Promise((resolve) => {
    response.once('close', resolve);
    if (body.length === 0) response.end(resolve);
    else response.end(body, resolve);
  });
}

/** Lets the rest of a refused body run out, so that the client reads the answer and not a reset; but not without end. */
function discardRest(request: IncomingMessage): void {
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > MOST_DISCARDED_BYTES) request.destroy();
  });
}
