import type { IncomingMessage, ServerResponse } from 'node:http';
import { refuseBody } from './body-refusal.ts';
import type { Reservation } from './byte-budget.ts';
import { type Compression, decompress } from './decompress.ts';
import type { LogsHandler } from './handler.ts';
import { readBody } from './http-body.ts';
import { encodingOf, respond } from './http-respond.ts';
import type { ExportOutcome, Refusal } from './outcome.ts';
import { type ReceiverOptions, refuseAccess } from './receiver.ts';

/** One POST of logs, from its headers to its answer. */
export class HttpExport {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #handler: LogsHandler;
  readonly #authorize: ReceiverOptions['authorize'];

  constructor(request: IncomingMessage, response: ServerResponse, options: ReceiverOptions) {
    this.#request = request;
    this.#response = response;
    this.#handler = options.handler;
    this.#authorize = options.authorize;
  }

  /** Resolves when the answer is out or the client is gone. Never rejects. */
  async run(): Promise<void> {
    const reservation = this.#handler.reserve();
    try {
      const outcome = await this.#outcome(reservation);
      if (outcome === null) return;
      this.#handler.answered('http', outcome);
      await respond(this.#request, this.#response, outcome);
    } finally {
      reservation.release();
    }
  }

  /** Cuts the connection of a client that has not sent its whole body; nothing of it is stored. */
  giveUpReading(): void {
    if (!this.#request.complete) this.#request.destroy();
  }

  /** Null when the client went away in the middle of its body (O14). */
  async #outcome(reservation: Reservation): Promise<ExportOutcome | null> {
    const refusal = refuseAccess(this.#authorize(this.#request.headers.authorization));
    if (refusal) return refusal;
    const encoding = encodingOf(this.#request);
    if (encoding === null) return unknownMediaType(this.#request.headers['content-type']);
    const compression = compressionOf(this.#request.headers['content-encoding']);
    if (compression === null) return unknownEncoding(this.#request.headers['content-encoding']);

    const limit = this.#handler.requestBytes;
    const body = await readBody(this.#request, this.#response, limit, reservation);
    if (body.kind === 'gone') return null;
    const plain =
      body.kind === 'bytes' && compression !== 'none'
        ? await decompress(body.bytes, compression, limit, reservation)
        : body;
    if (plain.kind !== 'bytes') return refuseBody(plain.kind, limit, compression);
    return this.#handler.export(plain.bytes, encoding);
  }
}

/** Null for an encoding, or a list of encodings, that is not understood. */
function compressionOf(header: string | undefined): Compression | 'none' | null {
  switch (header?.trim().toLowerCase() ?? '') {
    case '':
    case 'none':
    case 'identity':
      return 'none';
    case 'gzip':
    case 'x-gzip':
      return 'gzip';
    case 'deflate':
      return 'deflate';
    case 'zstd':
      return 'zstd';
    default:
      return null;
  }
}

function unknownMediaType(contentType: string | undefined): Refusal {
  const got = contentType === undefined ? 'it is missing' : `got ${JSON.stringify(contentType)}`;
  return {
    kind: 'unknown_media_type',
    message: `Content-Type must be application/x-protobuf or application/json; ${got}`,
  };
}

function unknownEncoding(contentEncoding: string | undefined): Refusal {
  return {
    kind: 'unknown_encoding',
    message: `Content-Encoding must be gzip, deflate, zstd or identity; got ${JSON.stringify(contentEncoding)}`,
  };
}
