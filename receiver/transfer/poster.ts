import type { Agent, IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { http, https } from '../net/http.ts';

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

/** Posts many small JSON bodies over a few connections that stay open: several times as quick as `fetch`. */
export class Poster {
  readonly #url: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #transport: typeof http | typeof https;
  readonly #agent: Agent;

  constructor(url: string, headers: Readonly<Record<string, string>>, connections: number) {
    this.#url = new URL(url);
    this.#headers = { ...headers, 'content-type': 'application/json' };
    this.#transport = this.#url.protocol === 'https:' ? https : http;
    this.#agent = new this.#transport.Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Rejects when the connection fails, also in the middle. */
  async post(body: Buffer): Promise<Answer> {
    const options = {
      method: 'POST',
      agent: this.#agent,
      headers: { ...this.#headers, 'content-length': body.length },
    };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      this.#transport.request(this.#url, options, resolve).on('error', reject).end(body);
    });
    return {
      status: response.statusCode!,
      retryAfter: response.headers['retry-after'],
      body: await text(response),
    };
  }

  close(): void {
    this.#agent.destroy();
  }
}
