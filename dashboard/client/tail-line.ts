/** The parts of the API's record that a line shows. */
export interface LiveRecord {
  readonly id: string;
  readonly timestamp: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly level: string;
  readonly service: string;
  readonly logger: string;
  readonly body: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
}

const MESSAGE_LENGTH = 400;

/** A table's line as the server writes it (views/record-table.tsx). Texts are set as text, never as markup. */
export function lineOf(record: LiveRecord): HTMLElement {
  const line = document.createElement('tr');
  line.className = toneOf(record.severityNumber);
  const group = record.attributes['logvitals.group.id'];
  if (group) line.dataset.group = String(group);
  const link = document.createElement('a');
  link.href = addressOf(record.id);
  link.dataset.line = '';
  const text = typeof record.body === 'string' ? record.body : record.body === null ? '' : JSON.stringify(record.body);
  link.append(isolated(text.slice(0, MESSAGE_LENGTH).replace(/\s+/g, ' ') || '(no message)'));
  const level = document.createElement('span');
  level.className = 'lv';
  level.textContent = record.severityText || record.level;
  line.append(cell('t', ...timeParts(record.timestamp)), cell('l', level));
  if (document.querySelector('.lines th.s')) line.append(cell('s', isolated(`${record.service} / ${record.logger}`)));
  line.append(cell('m', link));
  return line;
}

/** A line that is no record. */
export function noteOf(words: string): HTMLElement {
  const line = document.createElement('tr');
  const note = cell('none', words);
  note.colSpan = 4;
  line.append(note);
  return line;
}

function cell(className: string, ...content: (Node | string)[]): HTMLTableCellElement {
  const element = document.createElement('td');
  element.className = className;
  element.append(...content);
  return element;
}

function isolated(text: string): HTMLElement {
  const element = document.createElement('bdi');
  element.textContent = text;
  return element;
}

function addressOf(id: string): string {
  const address = new URL(location.href);
  address.searchParams.set('record', id);
  return address.href;
}

function toneOf(severityNumber: number): string {
  if (severityNumber >= 17) return 'bad';
  if (severityNumber >= 13) return 'warn';
  return severityNumber >= 9 || severityNumber < 1 ? 'plain' : 'dim';
}

const ZONE = document.documentElement.dataset.zone ?? 'UTC';
// As the server writes them, which says Sep where British English says Sept.
const MONTH = new Intl.DateTimeFormat('en-US', { timeZone: ZONE, month: 'short' });
const DAY_OF_MONTH = new Intl.DateTimeFormat('en-US', { timeZone: ZONE, day: 'numeric' });
const TIME = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  hourCycle: 'h23',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});

function timeParts(nanoseconds: string): [HTMLElement, string] {
  const time = Number(BigInt(nanoseconds) / 1_000_000n);
  const day = document.createElement('span');
  day.className = 'd';
  day.textContent = `${DAY_OF_MONTH.format(time)} ${MONTH.format(time)} `;
  return [day, TIME.format(time)];
}
