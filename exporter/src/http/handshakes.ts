import type { OutgoingRecording } from './outgoing.ts';

/**
 * WebSocket handshakes that undici has begun and nobody has answered yet. Its channels tell of the beginning as a request,
 * and of the answer as a WebSocket: what the two have in common is the address.
 */
export class Handshakes {
  readonly #byAddress = new Map<string, OutgoingRecording[]>();

  /** @param address as of HTTP, `http://…` or `https://…`. */
  add(address: string, recording: OutgoingRecording): void {
    this.#byAddress.set(address, [...(this.#byAddress.get(address) ?? []), recording]);
  }

  /** The one that was begun first. */
  take(address: string): OutgoingRecording | undefined {
    const recording = this.#byAddress.get(address)?.[0];
    if (recording !== undefined) this.remove(address, recording);
    return recording;
  }

  /** One that ended otherwise. */
  remove(address: string, recording: OutgoingRecording): void {
    const others = this.#byAddress.get(address)?.filter((other) => other !== recording) ?? [];
    if (others.length > 0) this.#byAddress.set(address, others);
    else this.#byAddress.delete(address);
  }
}
