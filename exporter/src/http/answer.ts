import type { ServerResponse } from 'node:http';
import type { BodyCapture } from './body-capture.ts';
import { captureWritten } from './body-taps.ts';
import type { HeaderSource } from './headers.ts';
import { SentHeaders } from './sent-headers.ts';

/** What answers a request: a response, or what is written to the connection when the request leaves HTTP. */
export interface Answer extends HeaderSource {
  /** Undefined while nothing has been sent. */
  readonly status: number | undefined;
  /** Whether all of it has been handed to the operating system. */
  readonly isComplete: boolean;
  /** What it was broken off with; undefined or null when with nothing. */
  readonly error: unknown;
  /** Calls back when it has ended, however, perhaps more than once. */
  onEnd(ended: () => void): void;
  capture(body: BodyCapture): void;
}

/** A response of Node's HTTP server. */
export class ResponseAnswer extends SentHeaders<ServerResponse> implements Answer {
  get status(): number | undefined {
    return this.message.headersSent ? this.message.statusCode : undefined;
  }

  get isComplete(): boolean {
    return this.message.writableFinished;
  }

  get error(): unknown {
    return this.message.errored;
  }

  onEnd(ended: () => void): void {
    this.message.on('close', ended);
  }

  capture(body: BodyCapture): void {
    captureWritten(this.message, body);
  }
}
