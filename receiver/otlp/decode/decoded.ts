import type { DraftGroup, DraftRecord, DraftResource, DraftScope } from '../../record/draft.ts';
import { type Fault, NoRoomError, type RejectionReason, TooLargeError } from './errors.ts';

/** What bounds a decoded request. Weights are estimates of the memory that records take, in bytes. */
export interface DecodeLimits {
  /** Longest string or bytes value, in bytes; the rest is cut and marked (O54). */
  readonly valueBytes: number;
  /** Heaviest record, resource or scope. */
  readonly recordWeight: number;
  /** Heaviest request. */
  readonly requestWeight: number;
  /** Takes its share of what all requests together may weigh; false when they leave no room for it. */
  readonly takeWeight?: (weight: number) => boolean;
}

/** What a field costs beyond its own bytes: an object's header, or a slot in a map or list. */
export const FIELD_WEIGHT = 40;
/** What a record, resource or scope costs before its fields. */
const RECORD_WEIGHT = 256;

/** Decoding yields to its driver after so much work: about half a millisecond. */
const STEP_WEIGHT = 128 * 1024;

/** What a ScopeLogs message holds; its fault, if it has one, rejects its records. */
export interface DraftScopeLogs {
  readonly scope: DraftScope;
  readonly records: readonly DraftRecord[];
  readonly fault: Fault | null;
}

/** Collects what a request decodes to. Faults are counted where records are, exactly, whatever made them fall. */
export class DecodedRequest {
  readonly groups: DraftGroup[] = [];
  /** Records kept. */
  accepted = 0;
  readonly rejected: Record<RejectionReason, number> = { too_large: 0, bad_value: 0 };
  /** What was wrong with the first record rejected, '' when none was. */
  firstFault = '';
  /** Texts in which invalid UTF-8 was replaced by U+FFFD (O52). */
  invalidTexts = 0;
  /** Values cut to `valueBytes`. */
  truncatedValues = 0;
  readonly #limits: DecodeLimits;
  #weight = 0;

  constructor(limits: DecodeLimits) {
    this.#limits = limits;
  }

  get rejectedCount(): number {
    return this.rejected.too_large + this.rejected.bad_value;
  }

  /**
   * Counts a record, resource or scope towards the request's weight, rejected ones too. Throws TooLargeError beyond the
   * limit, NoRoomError when other requests leave no room.
   */
  weigh(weight: number): void {
    const added = RECORD_WEIGHT + weight;
    this.#weight += added;
    if (this.#weight > this.#limits.requestWeight) {
      throw new TooLargeError(
        `the request decodes to more than ${this.#limits.requestWeight} bytes of records: send smaller batches`,
      );
    }
    if (this.#limits.takeWeight?.(added) === false) throw new NoRoomError();
  }

  reject(fault: Fault, count = 1): void {
    if (this.firstFault === '') this.firstFault = fault.message;
    this.rejected[fault.reason] += count;
  }

  /** Takes the records of a resource. All of them are rejected when it has a fault, a scope's when the scope has one. */
  addResourceLogs(resource: DraftResource, scopes: readonly DraftScopeLogs[], resourceFault: Fault | null): void {
    for (const { scope, records, fault: scopeFault } of scopes) {
      const fault = resourceFault ?? scopeFault;
      if (fault) this.reject(fault, records.length);
      else this.#accept({ resource, scope, records });
    }
  }

  #accept(group: DraftGroup): void {
    this.groups.push(group);
    this.accepted += group.records.length;
  }
}

/** Tells when decoding has worked for long enough to yield. */
export class StepCounter {
  #fields = 0;
  #stepEnd = STEP_WEIGHT;

  /** To be asked once per field or record, with the position reached in the body. */
  isDone(position: number): boolean {
    const work = position + ++this.#fields * FIELD_WEIGHT;
    if (work < this.#stepEnd) return false;
    this.#stepEnd = work + STEP_WEIGHT;
    return true;
  }
}
