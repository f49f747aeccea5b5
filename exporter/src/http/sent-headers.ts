import type { OutgoingMessage } from 'node:http';
import type { HeaderName, HeaderSource, HeaderValue } from './headers.ts';

/**
 * The headers of a message that Node has sent. What is handed to `writeHead`, and what Node adds, is found in no documented
 * place, but in the text of the head that Node keeps in `_header`, which middleware such as `morgan` looks at too. Where it
 * is missing, as in HTTP/2, the documented places have to do.
 */
export class SentHeaders<Message extends OutgoingMessage> implements HeaderSource {
  protected readonly message: Message;

  constructor(message: Message) {
    this.message = message;
  }

  get({ name, inText, isAddedByNode }: HeaderName): HeaderValue {
    const value = this.message.getHeader(name);
    if (value !== undefined) return value;
    // Once a header has been set, what is handed to `writeHead` is set too: the text need not be made and searched.
    if (!isAddedByNode && this.message.getHeaderNames().length > 0) return undefined;
    return inText.exec(this.#head)?.[1];
  }

  all(): Readonly<Record<string, HeaderValue>> {
    return { ...headersInText(this.#head), ...this.message.getHeaders() };
  }

  get #head(): string {
    const { _header: text } = this.message as { readonly _header?: unknown };
    return typeof text === 'string' ? text : '';
  }
}

/** The headers of a message's head as it goes over the wire, by their names in lower case. */
export function headersInText(head: string): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (const [, name = '', value = ''] of head.matchAll(/^([^:\s]+):[ \t]*(.*)$/gm))
    headers[name.toLowerCase()] ??= value;
  return headers;
}
