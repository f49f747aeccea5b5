import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TlsSettings } from '../config/config.ts';
import { http, https } from '../net/http.ts';
import { formatAddress, listen } from '../net/listen.ts';
import { readTlsFiles } from '../net/tls-files.ts';
import { allowOrigin, answerPreflight, isPreflight } from './cors.ts';
import { HttpExport } from './http-export.ts';
import { respond } from './http-respond.ts';
import type { Refusal } from './outcome.ts';
import { CLOSING, type Receiver, type ReceiverOptions } from './receiver.ts';

export interface HttpReceiverOptions extends ReceiverOptions {
  /** Where logs are posted: `/v1/logs`. */
  readonly logsPath: string;
  readonly cors: { readonly origins: readonly string[] };
}

/** Exporters send every few seconds up to every minute; a connection closed in between would be reset under them (O13). */
const KEEP_ALIVE_MS = 75_000;
/** A client that is still sending its body at shutdown gets so long to end. */
const CLOSING_GRACE_MS = 3_000;

/**
 * Browsers name the page a request comes from. CORS alone would not keep a page out whose host name leads here (DNS
 * rebinding): to the browser this port is then that page's own server.
 */
const FOREIGN_PAGE: Refusal = {
  kind: 'forbidden',
  message: 'pages of this origin may not send logs: add it to the setting cors.origins',
};

/** Starts OTLP/HTTP (O1–O23, O53–O59). Rejects when the address cannot be listened on or a TLS file is wrong. */
export async function startHttpReceiver(options: HttpReceiverOptions): Promise<Receiver> {
  const receiver = new HttpReceiver(options);
  const server = createHttpServer(options.tls, receiver.listener);
  // Answered like any request; "100 Continue" is sent only when the body is wanted.
  server.on('checkContinue', receiver.listener);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const port = await listen(server, options, 'OTLP/HTTP');
  const { address } = server.address() as AddressInfo;
  return {
    address: `${options.tls ? 'https' : 'http'}://${formatAddress(address, port)}`,
    close: () => receiver.close(server),
  };
}

class HttpReceiver {
  readonly listener: RequestListener = (request, response) => this.#route(request, response);
  readonly #options: HttpReceiverOptions;
  readonly #exports = new Map<HttpExport, Promise<void>>();
  #isClosing = false;

  constructor(options: HttpReceiverOptions) {
    this.#options = options;
  }

  async close(server: Server): Promise<void> {
    this.#isClosing = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const grace = setTimeout(() => {
      for (const running of this.#exports.keys()) running.giveUpReading();
    }, CLOSING_GRACE_MS);
    await Promise.all(this.#exports.values());
    clearTimeout(grace);
    server.closeAllConnections();
    await closed;
  }

  #route(request: IncomingMessage, response: ServerResponse): void {
    const { logsPath, cors, diagnostics } = this.#options;
    const path = (request.url ?? '/').split('?', 1)[0]!;
    if (this.#isClosing) respond(request, response, CLOSING);
    else if (path === logsPath) {
      const isAllowed = allowOrigin(request, response, cors.origins);
      if (isAllowed && isPreflight(request)) answerPreflight(request, response);
      else if (request.method === 'POST' && !isAllowed && request.headers.origin !== undefined) {
        respond(request, response, FOREIGN_PAGE);
      } else if (request.method === 'POST') this.#export(request, response);
      else {
        response.setHeader('allow', 'POST');
        respond(request, response, { kind: 'method_not_allowed', message: `send logs with POST ${logsPath}` });
      }
    } else if (path === '/healthz' && (request.method === 'GET' || request.method === 'HEAD')) {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}');
    } else {
      if (path === '/v1/traces' || path === '/v1/metrics') {
        diagnostics.once(
          `otlp/http ${path}`,
          `somebody sends to ${path}: logvitals takes logs alone, at ${logsPath}; they are answered 404`,
        );
      }
      respond(request, response, { kind: 'not_found', message: `nothing here: logs go to ${logsPath}` });
    }
  }

  #export(request: IncomingMessage, response: ServerResponse): void {
    const running = new HttpExport(request, response, this.#options);
    const ended = running.run().finally(() => this.#exports.delete(running));
    this.#exports.set(running, ended);
  }
}

function createHttpServer(tls: TlsSettings | null, listener: RequestListener): Server {
  if (!tls) return http.createServer(listener);
  const { cert, key, clientCa } = readTlsFiles(tls);
  if (!clientCa) return https.createServer({ cert, key }, listener);
  return https.createServer({ cert, key, ca: clientCa, requestCert: true, rejectUnauthorized: true }, listener);
}
