import type { Answer, RequestSender } from './request-sender.ts';

/** Milliseconds before a request is sent again, unless the receiver asks for a time: from, growing, to. */
const FIRST_REST = 1_000;
const LONGEST_REST = 5_000;
const GROWTH = 1.5;
/** Of a rest, by which those of many senders differ. */
const JITTER = 0.2;
const MOST_RETRIES = 5;

/**
 * Sends a request until it is answered for good, as long as what fails is passing and the timeout not over (OTLP
 * specification, "OTLP/HTTP Response", "OTLP/HTTP Throttling"). Never rejects.
 */
export async function sendWithRetries(sender: RequestSender, request: Buffer, timeoutMillis: number): Promise<Answer> {
  const end = performance.now() + timeoutMillis;
  let answer = await sender.send(request, timeoutMillis);
  for (let retries = 0; retries < MOST_RETRIES; retries++) {
    if (answer.outcome !== 'failed' || !answer.isPassing) break;
    const rest = answer.retryAfter ?? restBefore(retries);
    if (performance.now() + rest > end) break;
    await new Promise((resolve) => setTimeout(resolve, rest));
    answer = await sender.send(request, Math.max(1, end - performance.now()));
  }
  return answer;
}

const restBefore = (retry: number): number =>
  Math.min(FIRST_REST * GROWTH ** retry, LONGEST_REST) * (1 - JITTER + 2 * JITTER * Math.random());
