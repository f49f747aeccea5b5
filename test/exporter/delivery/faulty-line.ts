import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A line to a receiver that a test can disturb. */
export interface FaultyLine extends AsyncDisposable {
  /** The address that applications use, without a path. */
  readonly url: string;
  /**
   * `whole`: all passes. `deaf`: requests pass, answers don't, so that what was stored looks undelivered. `cut`: nothing
   * passes and connections end, as when nobody listens.
   */
  set(state: 'whole' | 'deaf' | 'cut'): void;
  /** Where the line leads from now on, `http://host:port`. */
  leadTo(receiver: string): void;
}

export async function startFaultyLine(receiver: string): Promise<FaultyLine> {
  let target = new URL(receiver);
  let state: Parameters<FaultyLine['set']>[0] = 'whole';
  const open = new Set<Socket>();
  const server = createServer((near) => {
    if (state === 'cut') {
      near.destroy();
      return;
    }
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.on('data', (chunk) => {
      if (state === 'whole') near.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set(next) {
      state = next;
      if (state === 'cut') cut();
    },
    leadTo(next) {
      target = new URL(next);
      cut();
    },
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
