import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { SenderSettings } from './sender-settings.ts';

/** What became of a request. */
export type Answer =
  /** `rejected` records of it the receiver will never take, as it said. */
  | { readonly outcome: 'sent'; readonly rejected: number; readonly reason: string }
  /**
   * It may succeed later; not before `retryAfter` milliseconds if the receiver said so. `isPassing` when that is likely:
   * the receiver is busy, or the network cannot reach it just now.
   */
  | {
      readonly outcome: 'failed';
      readonly reason: string;
      readonly isPassing: boolean;
      readonly retryAfter?: number | undefined;
    }
  /** The receiver will never take it; `status` is HTTP's, and the reason its words for that. */
  | { readonly outcome: 'refused'; readonly status: number; readonly reason: string };

/** OTLP specification, "Retryable Response Codes". */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** What networks and receivers that are being started again answer with. */
const PASSING_ERRORS: ReadonlySet<string | undefined> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOTFOUND',
  'ENETUNREACH',
  'EHOSTUNREACH',
]);
/** The second part is what the OTLP specification wants, and by which those who record requests know a delivery. */
const USER_AGENT = 'logvitals-exporter OTel-OTLP-Exporter-JavaScript';
/** Bytes of an answer that are read. */
const LONGEST_ANSWER = 64 * 1024;
/** Milliseconds that a receiver may make us wait. */
const LONGEST_WAIT = 5 * 60 * 1_000;

const compress = promisify(gzip);

/** Posts requests as they are, over connections that stay open. */
export class RequestSender {
  readonly #settings: SenderSettings;
  readonly #agent: HttpAgent;
  #isClosed = false;

  constructor(settings: SenderSettings) {
    this.#settings = settings;
    const options = { keepAlive: true };
    const isSecure = settings.url.protocol === 'https:';
    this.#agent = isSecure ? new HttpsAgent({ ...options, ...settings.certificates }) : new HttpAgent(options);
  }

  /** Never rejects. */
  async send(request: Buffer, timeoutMillis = this.#settings.timeoutMillis): Promise<Answer> {
    try {
      const body = this.#settings.isCompressed ? await compress(request) : request;
      return await this.#post(body, timeoutMillis);
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      return { outcome: 'failed', reason: oneLine(message || String(code)), isPassing: PASSING_ERRORS.has(code) };
    }
  }

  /** Ends what is under way, as failed. */
  close(): void {
    this.#isClosed = true;
    this.#agent.destroy();
  }

  async #post(body: Buffer, timeoutMillis: number): Promise<Answer> {
    const { url, headers, isCompressed } = this.#settings;
    const post = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = post(url, {
      method: 'POST',
      agent: this.#agent,
      headers: {
        'user-agent': USER_AGENT,
        ...headers,
        'content-type': 'application/json',
        'content-length': body.length,
        ...(isCompressed && { 'content-encoding': 'gzip' }),
      },
    });
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer within ${timeoutMillis / 1_000} s`)),
      timeoutMillis,
    );
    try {
      return await answerTo(request, body);
    } catch (error) {
      // The receiver closed the connection just as it was to be used again, before it read anything.
      const isStale = request.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
      if (isStale && !this.#isClosed) return await this.#post(body, timeoutMillis);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

function answerTo(request: ClientRequest, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => readAnswer(response).then(resolve, reject));
    request.end(body);
  });
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (length < LONGEST_ANSWER) chunks.push(chunk);
    length += chunk.length;
  }
  const text = Buffer.concat(chunks).toString();
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) return { outcome: 'sent', ...partialSuccess(text) };
  const reason = oneLine(response.statusMessage ?? '');
  if (!RETRYABLE.has(status)) return { outcome: 'refused', status, reason };
  const retryAfter = waitDemanded(response.headers['retry-after']);
  return { outcome: 'failed', reason: `${status} ${reason}`.trim(), isPassing: true, retryAfter };
}

/** What OTLP's `ExportLogsServiceResponse` says of records that were not taken. */
function partialSuccess(text: string): { rejected: number; reason: string } {
  try {
    const { rejectedLogRecords = 0, errorMessage = '' } = JSON.parse(text).partialSuccess ?? {};
    const rejected = Number(rejectedLogRecords);
    return { rejected: rejected > 0 ? rejected : 0, reason: oneLine(String(errorMessage)) };
  } catch {
    return { rejected: 0, reason: '' };
  }
}

/** Seconds or a date (RFC 9110, 10.2.3), as milliseconds from now. */
function waitDemanded(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const milliseconds = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(milliseconds) ? undefined : Math.min(Math.max(milliseconds, 0), LONGEST_WAIT);
}

/** What a receiver answers may be long, and is not ours. */
const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 200);
