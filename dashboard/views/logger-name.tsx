import { printable } from './format.ts';

/** `service / logger`, the logger standing out. Names come out of logs: they are shown visibly and never as markup. */
export function LoggerName({ service, logger }: { readonly service: string; readonly logger: string }) {
  return (
    <>
      <bdi class="svc">{printable(service)}</bdi>
      <span class="sep"> / </span>
      <bdi class="lg">{printable(logger)}</bdi>
    </>
  );
}
