import type { LogRecord } from '../../../record/log-record.ts';
import { recordSize } from '../../../record/record-size.ts';
import type { Day } from '../day.ts';

interface HeldRecord {
  readonly day: Day;
  readonly record: LogRecord;
  readonly bytes: number;
}

/**
 * Records copied out of blocks, those used last, in about so many bytes. Whoever asks for a page asks for it again, or
 * for one much like it; a page's records can come from as many blocks, each a thousand times a record's size unpacked.
 */
export class RecordCache {
  readonly #capacity: number;
  readonly #records = new Map<string, HeldRecord>();
  #bytes = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The record in this row of a block, or the one that `read` reads now. */
  use(day: Day, block: number, row: number, read: () => LogRecord): LogRecord {
    const key = `${day} ${block} ${row}`;
    const known = this.#records.get(key);
    if (known) this.#records.delete(key);
    const record = known?.record ?? read();
    const bytes = known?.bytes ?? recordSize(record);
    this.#records.set(key, { day, record, bytes });
    if (!known) this.#bytes += bytes;
    this.#makeRoom();
    return record;
  }

  forget(day: Day): void {
    for (const [key, held] of this.#records) if (held.day === day) this.#remove(key, held);
  }

  #makeRoom(): void {
    for (const [key, held] of this.#records) {
      if (this.#bytes <= this.#capacity) return;
      this.#remove(key, held);
    }
  }

  #remove(key: string, held: HeldRecord): void {
    this.#records.delete(key);
    this.#bytes -= held.bytes;
  }
}
