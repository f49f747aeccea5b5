import { CommandError, UsageError } from '../commands/command.ts';
import { quoteValue } from '../config/quote.ts';

/** How long a server may take to say that it is there. */
const PROBE_MILLIS = 2000;
const LONGEST_ANSWER_SHOWN = 500;

/** A running server's address and how to ask it. `token` is sent with every request when there is one. */
export class ServerClient {
  /** Without a slash at the end. */
  readonly address: string;
  /** What every request carries. */
  readonly headers: Readonly<Record<string, string>>;

  /** Throws `UsageError` for what is no HTTP address. */
  constructor(address: string, token: string | undefined) {
    const url = URL.parse(address);
    if (!url || !/^https?:$/.test(url.protocol)) {
      throw new UsageError(
        `--url is ${quoteValue(address)}; allowed: a server's address, such as http://127.0.0.1:4319`,
      );
    }
    if (url.username || url.password) {
      throw new UsageError(
        `--url is ${quoteValue(address)}; allowed: an address without credentials, which belong into LOGVITALS_TOKEN`,
      );
    }
    this.address = url.href.replace(/\/+$/, '');
    this.headers = token ? { authorization: `Bearer ${token}` } : {};
  }

  /** Whether something answers at `path`, and with which status. */
  async probe(path: string): Promise<number | null> {
    try {
      const response = await fetch(this.address + path, {
        headers: this.headers,
        signal: AbortSignal.timeout(PROBE_MILLIS),
      });
      await response.body?.cancel();
      return response.status;
    } catch {
      return null;
    }
  }

  /** The answer, whatever its status. A server that cannot be reached is a `CommandError`. */
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    try {
      return await fetch(this.address + path, { ...init, headers: { ...this.headers, ...init.headers } });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw this.unreachable(error);
    }
  }

  /** The answer of the API, which must be a good one: a refusal is an error with the server's own words. */
  async api(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await this.request(`/api/v1/${path}`, init);
    if (response.ok) return response;
    throw this.refusal(response.status, await response.text());
  }

  /** What to tell people of an answer that is no good one. */
  refusal(status: number, body: string): CommandError {
    if (status === 401 || status === 403) {
      return new CommandError(
        `the server at ${this.address} ${this.#accessProblem(status)}; put one that may do this into LOGVITALS_TOKEN`,
      );
    }
    return new CommandError(
      `the server at ${this.address} answered ${status}: ${detailOf(body.slice(0, LONGEST_ANSWER_SHOWN))}`,
    );
  }

  #accessProblem(status: 401 | 403): string {
    if (status === 403) return "doesn't let the token in LOGVITALS_TOKEN do this";
    return this.headers.authorization ? "doesn't know the token in LOGVITALS_TOKEN" : 'wants a token';
  }

  /** A connection that failed, in words. */
  unreachable(error: unknown): CommandError {
    return new CommandError(`the server at ${this.address} can't be reached: ${reasonOf(error)}`);
  }
}

/** fetch hides why it failed in the cause. */
function reasonOf(error: unknown): string {
  const { cause = error } = error as { cause?: unknown };
  const { code, message } = cause as NodeJS.ErrnoException;
  return code ?? message;
}

/** The detail of a problem document or a Status; of anything else its text, quoted. */
function detailOf(text: string): string {
  try {
    const { detail, message } = JSON.parse(text) as { detail?: unknown; message?: unknown };
    return JSON.stringify(detail ?? message ?? text);
  } catch {
    return JSON.stringify(text);
  }
}
