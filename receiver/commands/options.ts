import type { Option } from './command.ts';

const CONFIG_OPTION: Option = {
  name: 'config',
  value: 'FILE',
  about: 'the config file; default: logvitals.config.* here',
};
const STORAGE_OPTION: Option = {
  name: 'storage',
  value: 'URL',
  about: 'where records are kept, such as file:./logvitals-data',
};

/** Flags of commands that start a server. */
export const SERVER_OPTIONS: readonly Option[] = [
  STORAGE_OPTION,
  { name: 'host', value: 'H', about: 'the address to listen on; default 127.0.0.1' },
  { name: 'grpc-port', value: 'N', about: 'port for OTLP/gRPC; default 4317, 0 picks a free one' },
  { name: 'http-port', value: 'N', about: 'port for OTLP/HTTP; default 4318, 0 picks a free one' },
  { name: 'dashboard-port', value: 'N', about: 'port of the dashboard; default 4319, 0 picks a free one' },
  CONFIG_OPTION,
  { name: 'insecure', about: 'listen beyond this machine without authentication' },
];

/** Flags of commands that look at a storage and reach no server. */
export const STORAGE_OPTIONS: readonly Option[] = [STORAGE_OPTION, CONFIG_OPTION];

/** Flags of commands that work on a server or on a storage. */
export const PLACE_OPTIONS: readonly Option[] = [
  { name: 'url', value: 'URL', about: 'a running server, such as http://127.0.0.1:4319' },
  { name: 'storage', value: 'URL', about: 'a storage that no server has open' },
  CONFIG_OPTION,
];

/** Flags that bound records in time. */
export const TIME_OPTIONS: readonly Option[] = [
  { name: 'from', value: 'TIME', about: 'records from this time on: 2026-11-21T10:00, now-1h' },
  { name: 'to', value: 'TIME', about: 'records before this time' },
];
