import { printable } from './format.ts';

interface LoggerNameProps {
  readonly service: string;
  readonly logger: string;
  /** False under a heading that names the service. */
  readonly withService?: boolean;
}

/** `service / logger`, the logger standing out. Names come out of logs: they are shown visibly and never as markup. */
export function LoggerName({ service, logger, withService = true }: LoggerNameProps) {
  return (
    <>
      {withService && (
        <>
          <bdi class="svc">{printable(service)}</bdi>
          <span class="sep"> / </span>
        </>
      )}
      <bdi class="lg">{printable(logger)}</bdi>
    </>
  );
}
