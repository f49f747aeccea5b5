import type { OutgoingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { BodyCapture } from './body-capture.ts';

/** The part of a readable stream through which its source hands it data, however it is read afterwards. */
type Pushable = Pick<Readable, 'push'>;

/** Sees what arrives before the application does, without reading the stream, which would set it flowing. */
export function captureArriving(stream: Pushable, capture: BodyCapture): BodyCapture {
  const push = stream.push;
  stream.push = function (this: Readable, chunk: unknown, encoding?: BufferEncoding) {
    capture.add(chunk, encoding);
    return push.call(this, chunk, encoding);
  };
  return capture;
}

/** The part of a response, or of a request to be sent, that its body goes through. */
type Writer = Pick<OutgoingMessage, 'write' | 'end'>;
type Write = (this: Writer, ...args: unknown[]) => never;

/** Sees what the application writes. */
export function captureWritten(stream: Writer, capture: BodyCapture): BodyCapture {
  const { write, end } = stream as unknown as Record<'write' | 'end', Write>;
  let isEnding = false;
  const tapped: Record<'write' | 'end', Write> = {
    write(...args) {
      // HTTP/2's `end` writes what it is given.
      if (!isEnding) capture.add(args[0], args[1]);
      return write.apply(this, args);
    },
    end(...args) {
      if (!isEnding) capture.add(args[0], args[1]);
      isEnding = true;
      return end.apply(this, args);
    },
  };
  Object.assign(stream, tapped);
  return capture;
}
