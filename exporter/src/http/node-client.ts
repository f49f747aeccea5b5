import { errorMonitor } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { absoluteTarget } from './address.ts';
import { captureArriving, captureWritten } from './body-taps.ts';
import { headersInTurn, lazyHeaders, singleValue } from './headers.ts';
import { type ExchangeOptions, type ExchangeSettings, resolveExchangeOptions } from './options.ts';
import { claim, isDelivery, OutgoingRecording } from './outgoing.ts';
import { SentHeaders } from './sent-headers.ts';
import { subscribeAll } from './subscribe.ts';

/**
 * Records every call made with `node:http` and `node:https`, and so by axios, got and the like. Nothing is wrapped: Node tells
 * of them through its diagnostics channels.
 * @returns what ends the recording; calls under way are recorded still.
 * @throws TypeError naming the option that makes no sense.
 */
export function recordCalls(options?: ExchangeOptions): () => void {
  const settings = resolveExchangeOptions(options);
  const recordings = new WeakMap<ClientRequest, OutgoingRecording>();
  const start = ({ request }: { request: ClientRequest }) => {
    if (isDelivery(singleValue(request.getHeader('user-agent'))) || !claim(request)) return;
    recordings.set(request, record(settings, request));
  };
  return subscribeAll({
    // Newer versions of Node tell when a request is made, all of them when it has been written to its end.
    'http.client.request.created': start,
    'http.client.request.start': start,
    // Despite the name, it is the head of the response that has come.
    'http.client.response.finish'({ request, response }: { request: ClientRequest; response: IncomingMessage }) {
      const body = recordings.get(request)?.responseBody;
      if (body) captureArriving(response, body);
    },
  });
}

function record(settings: ExchangeSettings, request: ClientRequest): OutgoingRecording {
  const headers = new SentHeaders(request);
  const host = singleValue(request.getHeader('host')) ?? request.host;
  const recording = new OutgoingRecording(settings, {
    method: request.method,
    ...absoluteTarget(`${request.protocol}//${host}`, request.path),
    headers,
  });
  if (recording.requestBody) captureWritten(request, recording.requestBody);
  // Unlike a listener to 'error' this one does not count as a handler of the error.
  request.on(errorMonitor, (error: unknown) => recording.fail(error));
  request.on('close', () => {
    const response = responseTo(request);
    if (response !== undefined) {
      recording.answer({
        status: response.statusCode ?? 0,
        // Not `headers`, from which axios takes what it has dealt with.
        headers: lazyHeaders(() => headersInTurn(response.rawHeaders, String)),
        protocolVersion: response.httpVersion,
      });
      if (isBrokenOff(response)) recording.breakOff(response.errored);
    }
    recording.end();
  });
  return recording;
}

/** Node keeps it with the request, as its older documentation says; no channel tells of the answer to an upgrade. */
const responseTo = (request: ClientRequest & { res?: IncomingMessage | null }): IncomingMessage | undefined =>
  request.res ?? undefined;

/** Of an answer that leaves HTTP there is no more than its head. */
const isBrokenOff = (response: IncomingMessage & { upgrade?: unknown }): boolean =>
  !response.complete && response.upgrade !== true;
