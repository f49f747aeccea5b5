/** How often the bar is drawn at most, in milliseconds. */
const REDRAW_MILLIS = 100;
const BAR_WIDTH = 24;

interface Progress {
  readonly bytes: number;
  readonly records: number;
}

/** A progress bar on standard error, for terminals only: elsewhere it draws nothing. */
export class ProgressBar {
  readonly #stream: NodeJS.WriteStream;
  readonly #total: number;
  readonly #started = performance.now();
  readonly #timer: NodeJS.Timeout | null;

  /** `total` bytes in all, 0 when unknown. `progress` is looked at whenever the bar is drawn. */
  constructor(stream: NodeJS.WriteStream, total: number, progress: Progress) {
    this.#stream = stream;
    this.#total = total;
    this.#timer = stream.isTTY ? setInterval(() => this.#draw(progress), REDRAW_MILLIS).unref() : null;
  }

  /** Takes the bar away, so that other lines can be written. */
  clear(): void {
    if (this.#timer) this.#stream.write('\r\x1b[K');
  }

  end(): void {
    this.clear();
    clearInterval(this.#timer ?? undefined);
  }

  #draw(progress: Progress): void {
    const seconds = (performance.now() - this.#started) / 1000;
    this.#stream.write(`\r\x1b[K${progressLine(progress, this.#total, seconds)}`);
  }
}

/** `[############------------]  50%  12345 records  8300/s` */
export function progressLine({ bytes, records }: Progress, total: number, seconds: number): string {
  const share = total === 0 ? 0 : Math.min(1, bytes / total);
  const done = Math.round(share * BAR_WIDTH);
  const bar =
    total === 0 ? '' : `[${'#'.repeat(done).padEnd(BAR_WIDTH, '-')}] ${String(Math.floor(share * 100)).padStart(3)}%  `;
  return `${bar}${records} records  ${Math.round(records / Math.max(seconds, 0.001))}/s`;
}
