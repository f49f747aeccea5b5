import { LoggerProvider, type LogRecordProcessor } from '@opentelemetry/sdk-logs';
import { BUFFER_OPTIONS, type BufferOptions } from './buffer-options.ts';
import type { SpoolOptions } from './delivery/spool-options.ts';
import { flushBeforeExit, flushOnSignals, onExit, onUncaughtException } from './exit-hooks.ts';
import { type DeliveryCounts, FlushOnSeverityProcessor } from './flush-on-severity-processor.ts';
import { type Require, registerGlobally } from './logs-api.ts';
import { LogvitalsExporter } from './logvitals-exporter.ts';
import { optionError, refuseUnknownOptions } from './option-error.ts';
import { RECEIVER_OPTIONS, type ReceiverOptions } from './receiver.ts';
import { createResource, type ResourceOptions, resourceAttributes } from './resource.ts';
import type * as spoolPart from './spool.ts';

export interface RegisterOptions extends ReceiverOptions, BufferOptions, ResourceOptions {
  /** Keep records on disk until they are delivered, so that they survive the application. Default: in memory alone. */
  readonly spool?: SpoolOptions | undefined;
  /** What else is to see every record, such as `consoleOutput()` and `fileOutput()`. Told after the delivery. */
  readonly processors?: readonly LogRecordProcessor[] | undefined;
  /** Deliver what waits when the event loop has run empty (`beforeExit`). Default true. */
  readonly flushOnExit?: boolean | undefined;
  /**
   * Deliver what waits on SIGTERM and SIGINT, in 5 seconds at most, then let the signal end the process as it would have.
   * An application that listens to the signal too ends by itself, and should call `shutdown()` then. Default true.
   */
  readonly flushOnSignals?: boolean | undefined;
  /**
   * Deliver what waits when the process dies of an exception that nobody catches: in 2 seconds at most, during which
   * nothing else of the application runs. Default true.
   */
  readonly flushOnExceptions?: boolean | undefined;
}

/** What `register` set up. */
export interface Registration {
  /** The provider behind `logs.getLogger()`. */
  readonly loggerProvider: LoggerProvider;
  /** Resolves when all records logged so far have been delivered, or an attempt has failed. Never rejects. */
  forceFlush(): Promise<void>;
  /** What became of the records so far. */
  counts(): DeliveryCounts;
  /** Delivers what waits, stops, and makes room for another `register()`. Never rejects. */
  shutdown(): Promise<void>;
}

export const OPTIONS: readonly (keyof RegisterOptions)[] = [
  'service',
  ...RECEIVER_OPTIONS,
  'resourceAttributes',
  ...BUFFER_OPTIONS,
  'spool',
  'processors',
  'flushOnExit',
  'flushOnSignals',
  'flushOnExceptions',
];

/**
 * Sets the OpenTelemetry logs SDK up to send to a logvitals receiver, so that `logs.getLogger('payments').emit({…})`
 * arrives there. Call it once, as early as can be.
 *
 * Each setting is the option's value, else that of `LOGVITALS_URL` or `LOGVITALS_TOKEN`, else that of OpenTelemetry's own
 * variable, else a default that fits a receiver on the same machine.
 * @throws TypeError when an option or variable makes no sense, Error when another provider is registered already.
 */
export type Register = (options?: RegisterOptions) => Registration;

/**
 * @param require the `require` of the package's entry point, which differs between ES modules and CommonJS.
 * @param loadSpool what delivers from disk. It is as large as all the rest, so that it is loaded when it is asked for.
 */
export function createRegister(require: Require, loadSpool = () => spoolFrom(require)): Register {
  return (options = {}) => {
    refuseUnknownOptions(options, OPTIONS);
    const flushOnExit = flag('flushOnExit', options.flushOnExit, true);
    const flushAtSignals = flag('flushOnSignals', options.flushOnSignals, true);
    const flushAtExceptions = flag('flushOnExceptions', options.flushOnExceptions, true);
    const others = processorsOf(options.processors);
    const spool = options.spool === undefined ? undefined : spoolProcessor(options, options.spool, loadSpool());
    const processor = spool ?? memoryProcessor(options);
    const loggerProvider = new LoggerProvider({
      resource: createResource(resourceAttributes(options, process.env)),
      processors: [processor, ...others],
    });
    const forceFlush = async () => {
      await Promise.allSettled([processor, ...others].map((each) => each.forceFlush()));
    };
    const deliverer = { counts: () => processor.counts(), forceFlush };

    const unregister = registerOrEnd(loggerProvider, require);
    const unhookExit = flushOnExit ? flushBeforeExit(deliverer) : undefined;
    const sendLast = () => {
      const receiver = pick(options, RECEIVER_OPTIONS);
      if (processor instanceof FlushOnSeverityProcessor) sendNow(processor, receiver, loadSpool);
      else loadSpool().sendRequestsNow(processor.writeNow(), receiver);
    };
    const unhooks = [
      flushAtSignals && flushOnSignals(deliverer),
      flushAtExceptions && onUncaughtException(sendLast, deliverer),
      spool && onExit(() => spool.writeNow()),
    ];
    let ended: Promise<void> | undefined;
    const end = async () => {
      unregister();
      unhookExit?.();
      await loggerProvider.shutdown();
      for (const unhook of unhooks) if (unhook) unhook();
    };
    return {
      loggerProvider,
      ...deliverer,
      shutdown: () => {
        ended ??= end();
        return ended;
      },
    };
  };
}

/** A provider that is not wanted holds no files and timers. */
function registerOrEnd(provider: LoggerProvider, require: Require): () => void {
  try {
    return registerGlobally(provider, require);
  } catch (error) {
    void provider.shutdown();
    throw error;
  }
}

function memoryProcessor(options: RegisterOptions): FlushOnSeverityProcessor {
  const exporter = new LogvitalsExporter(pick(options, RECEIVER_OPTIONS));
  return new FlushOnSeverityProcessor({ ...pick(options, BUFFER_OPTIONS), exporter });
}

function spoolProcessor(options: RegisterOptions, spool: SpoolOptions, part: SpoolPart) {
  return part.createSpoolProcessor(spool, pick(options, [...RECEIVER_OPTIONS, ...BUFFER_OPTIONS]));
}

/** The part is loaded only when the application dies with something unsent. */
function sendNow(processor: FlushOnSeverityProcessor, receiver: ReceiverOptions, loadSpool: () => SpoolPart): void {
  const records = processor.takeUnsent();
  if (records.length > 0) loadSpool().sendRecordsNow(records, receiver);
}

type SpoolPart = typeof spoolPart;

function spoolFrom(require: Require): SpoolPart {
  try {
    return require('@logvitals/exporter/spool') as SpoolPart;
  } catch (cause) {
    const remedy = 'if the application is bundled, the bundler must leave @logvitals/exporter out ("external")';
    throw new Error(`@logvitals/exporter: the spool cannot be loaded; ${remedy}`, { cause });
  }
}

function processorsOf(processors: unknown): readonly LogRecordProcessor[] {
  if (processors === undefined) return [];
  if (Array.isArray(processors) && processors.every((each) => typeof each?.onEmit === 'function')) return processors;
  throw optionError('processors', processors, 'an array of log record processors, such as [consoleOutput()]');
}

function flag(name: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value !== 'boolean') throw optionError(name, value, 'true or false');
  return value;
}

function pick<Options extends object, Name extends keyof Options>(
  options: Options,
  names: readonly Name[],
): Pick<Options, Name> {
  return Object.fromEntries(names.map((name) => [name, options[name]])) as Pick<Options, Name>;
}
