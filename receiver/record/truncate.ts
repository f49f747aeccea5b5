/** On a record, resource or scope: the names of what was cut for its length, `body` or attribute keys (O54). */
export const TRUNCATED_ATTRIBUTE = 'logvitals.truncated';

/** Where to cut UTF-8 bytes so that at most `limit` of them from `start` stay and no character is torn. */
export function utf8CutEnd(bytes: Uint8Array, start: number, limit: number): number {
  let end = start + limit;
  for (let back = 0; back < 3 && end > start && (bytes[end]! & 0xc0) === 0x80; back++) end--;
  return end;
}

/** The longest start of a text that takes at most `limit` bytes in UTF-8. */
export function truncateText(text: string, limit: number): string {
  if (text.length * 3 <= limit) return text;
  const bytes = Buffer.from(text);
  return bytes.length <= limit ? text : bytes.toString('utf8', 0, utf8CutEnd(bytes, 0, limit));
}
