import type { Duplex } from 'node:stream';
import type { Answer } from './answer.ts';
import type { HeaderName, HeaderValue } from './headers.ts';
import { headersInText } from './sent-headers.ts';

/** Of an answer's head; what is longer is no handshake's. */
const LONGEST_HEAD = 16 * 1024;

/**
 * The answer to a request to leave HTTP, such as a WebSocket's: whoever takes the connection over writes the status line and
 * headers to it as text. With that the exchange has ended, while the connection may live for days.
 */
export class HandshakeAnswer implements Answer {
  readonly #socket: Duplex;
  #head = '';

  constructor(socket: Duplex) {
    this.#socket = socket;
  }

  get status(): number | undefined {
    const status = /^HTTP\/1\.[01] (\d{3})/.exec(this.#head)?.[1];
    return status === undefined ? undefined : Number(status);
  }

  get isComplete(): boolean {
    return this.status !== undefined;
  }

  get error(): unknown {
    return this.#socket.errored;
  }

  onEnd(ended: () => void): void {
    const socket = this.#socket;
    socket.on('close', ended);
    for (const method of ['write', 'end'] as const) {
      const original = socket[method] as (...args: unknown[]) => never;
      const watched = (...args: unknown[]): never => {
        // Others may have wrapped it meanwhile.
        if (socket[method] === watched) socket[method] = original;
        if (this.#head === '') {
          this.#head = textOf(args[0]);
          if (this.#head !== '') ended();
        }
        return original.apply(socket, args);
      };
      socket[method] = watched;
    }
  }

  /** What follows the handshake is no body. */
  capture(): void {}

  get({ inText }: HeaderName): HeaderValue {
    return inText.exec(this.#head)?.[1];
  }

  all(): Readonly<Record<string, HeaderValue>> {
    return headersInText(this.#head);
  }
}

function textOf(chunk: unknown): string {
  if (typeof chunk === 'string') return chunk.slice(0, LONGEST_HEAD);
  return chunk instanceof Uint8Array ? Buffer.from(chunk.subarray(0, LONGEST_HEAD)).toString('latin1') : '';
}
