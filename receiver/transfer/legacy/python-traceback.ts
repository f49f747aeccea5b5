/** A message, and the traceback that stood at its end. */
export interface SplitMessage {
  readonly message: string;
  readonly exception: { readonly type: string; readonly message: string; readonly stacktrace: string } | null;
}

/** Where Python's `traceback` module begins: at a line's start, or behind an exception group's `+`. */
const HEADER = /(?:^|\n)(?: *\+ Exception Group )?Traceback \(most recent call last\):\n/;

/** The line of a traceback that begins with no blank names the exception: `shop.errors.Refused: expired`. */
const EXCEPTION = /^([A-Za-z_][\w.]*)(?:: ?([\s\S]*))?$/;

/**
 * Takes a Python traceback off a message's end, as `logging.Formatter.formatException` wrote it there after a newline.
 * Of chained exceptions the whole text is the stack trace, and the last one, which was raised, gives type and message.
 */
export function splitTraceback(text: string): SplitMessage {
  const header = HEADER.exec(text);
  if (!header) return { message: text, exception: null };
  const start = text[header.index] === '\n' ? header.index + 1 : header.index;
  const stacktrace = text.slice(start);
  const raised = EXCEPTION.exec(header[0].includes('Group') ? raisedGroup(stacktrace) : raisedLines(stacktrace));
  if (!raised) return { message: text, exception: null };
  return {
    message: text.slice(0, header.index),
    exception: { type: raised[1]!, message: (raised[2] ?? '').trimEnd(), stacktrace },
  };
}

/** What follows the frames of the last traceback: the exception with its message, of several lines perhaps. */
function raisedLines(stacktrace: string): string {
  const lines = stacktrace.slice(stacktrace.lastIndexOf('\nTraceback (most recent call last):') + 1).split('\n');
  const first = lines.findIndex((line, index) => index > 0 && /^\S/.test(line));
  return first < 0 ? '' : lines.slice(first).join('\n').trimEnd();
}

/** A group is named on a line of its own behind a `|`, before the exceptions in it are listed. */
const raisedGroup = (stacktrace: string): string => /^ *\| (\S.*)$/m.exec(stacktrace)?.[1] ?? '';
