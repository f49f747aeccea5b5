/** What there is one of per process, although the package may be loaded twice: as an ES module, and by `require`. */
export function perProcess<T>(name: string, make: () => T): T {
  const key = Symbol.for(`logvitals.exporter.${name}`);
  const shared = globalThis as { [key: symbol]: unknown };
  shared[key] ??= make();
  return shared[key] as T;
}
