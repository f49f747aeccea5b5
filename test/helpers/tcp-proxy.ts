import { connect, createServer, type Socket } from 'node:net';

/** Stands between a store and its server, so that a test can take the server away and bring it back. */
export interface TcpProxy {
  readonly port: number;
  /** The server's URL with the proxy's address in it. */
  through(url: string): string;
  /** Breaks all connections off and takes no more. */
  cut(): void;
  /** Takes connections again. */
  restore(): void;
  /** Passes nothing on, and breaks nothing off: a server that hangs. */
  stall(): void;
  resume(): void;
  close(): Promise<void>;
}

export async function startTcpProxy(target: URL): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let isCut = false;
  let isStalled = false;
  const server = createServer((client) => {
    if (isCut) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(Number(target.port), target.hostname);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [upstream, client] as const]) {
      from.on('data', (chunk) => {
        if (!to.write(chunk)) from.pause();
      });
      to.on('drain', () => {
        if (!isStalled) from.resume();
      });
      from.on('error', () => {});
      from.on('close', () => {
        to.destroy();
        pairs.delete(pair);
      });
      if (isStalled) from.pause();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const sockets = () => [...pairs].flat();
  return {
    port,
    through(url) {
      const through = new URL(url);
      through.hostname = '127.0.0.1';
      through.port = String(port);
      return through.href;
    },
    cut() {
      isCut = true;
      for (const socket of sockets()) socket.resetAndDestroy();
    },
    restore() {
      isCut = false;
    },
    stall() {
      isStalled = true;
      for (const socket of sockets()) socket.pause();
    },
    resume() {
      isStalled = false;
      for (const socket of sockets()) socket.resume();
    },
    async close() {
      for (const socket of sockets()) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
