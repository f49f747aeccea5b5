import type { Config } from '../config/config.ts';
import type { LogRecord } from '../record/log-record.ts';
import { valueText } from '../record/value-text.ts';

/** What separates the parts of logger names: Python's and Java's, Go's and npm's, Rust's. */
const SEPARATORS = ['.', '/', '::'];

/**
 * Whether a record is not to be stored (P38): its logger is one of `loggers`, or one of `loggerPrefixes` or below it
 * (`silk` takes `silk` and `silk.x`, not `silky`), or its message contains one of `messages`, letter by letter.
 */
export function createIgnoreRules(settings: Config['ignore']): (record: LogRecord) => boolean {
  const loggers = new Set([...settings.loggers, ...settings.loggerPrefixes]);
  const prefixes = settings.loggerPrefixes.flatMap((prefix) => SEPARATORS.map((separator) => prefix + separator));
  const { messages } = settings;
  const isLoggerIgnored = (logger: string) =>
    loggers.has(logger) || prefixes.some((prefix) => logger.startsWith(prefix));
  const isMessageIgnored = (body: LogRecord['body']) => {
    if (messages.length === 0) return false;
    const text = valueText(body);
    return messages.some((message) => text.includes(message));
  };
  return ({ logger, body }) => isLoggerIgnored(logger) || isMessageIgnored(body);
}
