import { ChangesInShort } from './diff.tsx';
import type { EventLine } from './event.ts';
import { EventTypeName } from './event-type.tsx';
import { calendarDay, clockTime, exactTime, nameText, oneLine, rfc3339 } from './format.ts';
import { excerpt, Highlighted } from './highlight.tsx';
import { groupHref, link, objectHref, type Parameters, recordPath } from './links.ts';
import type { PageContext } from './page.ts';

interface EventListProps {
  readonly page: PageContext;
  readonly label: string;
  readonly events: readonly EventLine[];
  readonly words?: readonly string[];
  /** The list narrowed to what a part of a line says. */
  readonly narrowed: (change: Parameters) => string;
  /** False on the page of the one object that all lines are about. */
  readonly withObject?: boolean;
}

const MESSAGE_LENGTH = 300;

/** Events as sentences, in the order given: who did what to which object, and what it changed. */
export function EventList({ page, label, events, words = [], narrowed, withObject = true }: EventListProps) {
  return (
    <ol class="events" aria-label={label}>
      {events.map((event) => {
        const href = link(page.base, recordPath(event.id));
        return (
          <li key={event.id} class={event.tone} data-group={event.group ?? undefined}>
            <a class="when" href={href} title={exactTime(event.timestamp, page.zone)} data-line>
              <time dateTime={rfc3339(event.timestamp)}>
                <span class="d">{calendarDay(event.timestamp, page.zone, page.now)} </span>
                {clockTime(event.timestamp, page.zone)}
              </time>
            </a>
            <div class="what">
              {event.action === null ? (
                <p class="sentence">
                  {event.type && <EventTypeName type={event.type} />} <Said event={event} words={words} />
                </p>
              ) : (
                <>
                  <Sentence page={page} event={event} narrowed={narrowed} withObject={withObject} />
                  {event.message !== '' && (
                    <p>
                      <Said event={event} words={words} />
                    </p>
                  )}
                </>
              )}
              <ChangesInShort fields={event.changes} more={event.moreChanges} href={href} />
            </div>
            <Aside page={page} event={event} narrowed={narrowed} />
          </li>
        );
      })}
    </ol>
  );
}

type PartProps = Pick<EventListProps, 'page' | 'narrowed'> & { readonly event: EventLine };

/** The body, in one line. */
function Said({ event, words }: Pick<PartProps, 'event'> & { readonly words: readonly string[] }) {
  return (
    <bdi class="said">
      <Highlighted text={oneLine(excerpt(event.message, words, MESSAGE_LENGTH)) || '(no message)'} words={words} />
    </bdi>
  );
}

function Sentence({ page, event, narrowed, withObject }: PartProps & { readonly withObject: boolean }) {
  const { actor, action, verb, object, error } = event;
  return (
    <p class="sentence">
      <Who actor={actor} narrowed={narrowed} />{' '}
      <a class="did" href={narrowed({ action: action ?? undefined })} title={`Every ${nameText(action ?? '')}`}>
        <bdi>{nameText(verb ?? '')}</bdi>
      </a>
      {object && <> {withObject ? <ObjectLink page={page} object={object} /> : <span class="did">it</span>}</>}
      {error !== null && (
        <>
          {' '}
          <span class={`lv ${event.tone === 'bad' ? 'bad' : 'warn'}`}>{nameText(error)}</span>
        </>
      )}
    </p>
  );
}

function Who({ actor, narrowed }: Pick<EventLine, 'actor'> & Pick<PartProps, 'narrowed'>) {
  if (actor === null) return <span class="none">Somebody</span>;
  const name = (
    <>
      {actor.isNameless && <span class="did">User </span>}
      <bdi>{nameText(actor.name)}</bdi>
    </>
  );
  if (actor.id === null) return <span class="who">{name}</span>;
  return (
    <a class="who" href={narrowed({ actor: actor.id })} title={`Everything by ${nameText(actor.id)}`}>
      {name}
    </a>
  );
}

/** `order 8841 “Winter boots”`, a link to all about it. */
function ObjectLink({ page, object }: Pick<PartProps, 'page'> & { readonly object: NonNullable<EventLine['object']> }) {
  const { type, id, name } = object;
  const words = (
    <>
      <bdi>{nameText(type ?? 'object')}</bdi> {id !== null && <bdi class="id">{nameText(id)}</bdi>}
      {name !== null && name !== id && (
        <>
          {' '}
          <bdi class="named">“{nameText(name)}”</bdi>
        </>
      )}
    </>
  );
  if (type === null || id === null) return <span class="object">{words}</span>;
  return (
    <a class="object" href={objectHref(page.base, { type, id })} title="Everything about it">
      {words}
    </a>
  );
}

/** By which tool, and what it belongs to. */
function Aside({ page, event: { tool, group, initiator }, narrowed }: PartProps) {
  return (
    <p class="aside">
      {tool !== null && (
        <a href={narrowed({ tool })} title="Everything by this tool">
          <span class="sr">by </span>
          <bdi>{nameText(tool)}</bdi>
        </a>
      )}
      {initiator !== null && (
        <a href={narrowed({ initiator })} title="Everything it started">
          by <bdi>{nameText(initiator)}</bdi>
        </a>
      )}
      {group !== null && (
        <a href={groupHref(page.base, group)} title="All events of the group">
          group <bdi>{nameText(group)}</bdi>
        </a>
      )}
    </p>
  );
}
