import pg from 'pg';

type Connected = (error: Error | null, client?: pg.Client) => void;

/**
 * A client that leaves nothing open when it cannot connect. pg keeps the socket when the trouble is on our side, such as
 * a password that the server asks for and the URL does not have, and the server keeps waiting for it.
 */
export class Client extends pg.Client {
  override connect(): Promise<pg.Client>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<pg.Client> | undefined {
    const connected = super.connect();
    connected.catch(() => this.end().catch(() => {}));
    if (!callback) return connected;
    connected.then((client) => callback(null, client), callback);
    return undefined;
  }
}
