/** SeverityNumber's names in order (proto/opentelemetry/proto/logs/v1/logs.proto). */
const BASES = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

/** Numbers by the enum's names, which OTLP's JSON may carry instead (O36). */
export const SEVERITY_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['SEVERITY_NUMBER_UNSPECIFIED', 0],
  ...BASES.flatMap((base, index) =>
    ['', '2', '3', '4'].map((suffix, step): [string, number] => [
      `SEVERITY_NUMBER_${base}${suffix}`,
      index * 4 + step + 1,
    ]),
  ),
]);
