/** Why an export failed: with the HTTP status of an answer that OTLP says not to retry, or because of the records. */
export class ExportError extends Error {
  override readonly name = 'ExportError';
  readonly code: number | undefined;
  /** The records can't be put into a request. */
  readonly isUnsendable: boolean;

  constructor(message: string, { code, isUnsendable = false }: { code?: number; isUnsendable?: boolean } = {}) {
    super(message);
    this.code = code;
    this.isUnsendable = isUnsendable;
  }
}
