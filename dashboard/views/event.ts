import type { ChangedField } from '../events/changed-fields.ts';
import type { EventObject } from '../events/event.ts';
import type { ListPage } from './list-page.tsx';
import type { Tone } from './record.ts';

/** An event as a line of a list that reads like a sentence. */
export interface EventLine {
  readonly id: string;
  readonly timestamp: bigint;
  readonly tone: Tone;
  readonly actor: EventPerson | null;
  /** `updated` for `update`; an action of the application's own as it is. */
  readonly verb: string | null;
  readonly action: string | null;
  readonly object: EventObject | null;
  /** The body's text; '' where the sentence says it already. */
  readonly message: string;
  readonly tool: string | null;
  readonly type: EventType | null;
  readonly group: string | null;
  /** What started it, unless that is the actor. */
  readonly initiator: string | null;
  /** Why it failed, as its sender names it; null when it did not. */
  readonly error: string | null;
  /** The first few of the fields it changed. */
  readonly changes: readonly ChangedField[];
  /** How many more there are. */
  readonly moreChanges: number;
}

/** Who did something: as people know them, and the id to ask for more by. */
export interface EventPerson {
  readonly name: string;
  readonly id: string | null;
  /** True when the id is all that is known. */
  readonly isNameless: boolean;
}

/** The type of a group's event: one of four with a meaning, or one of the application's own. */
export interface EventType {
  readonly name: string;
  /** A colour that is safe to draw with; null for the types that have a meaning, which have the page's own. */
  readonly colour: string | null;
}

/** A page of events. */
export interface EventPage extends ListPage {
  readonly events: readonly EventLine[];
  /** Searched words, to be marked. */
  readonly words: readonly string[];
}
