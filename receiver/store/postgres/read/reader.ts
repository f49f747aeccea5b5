import type { Clock } from '../../../record/clock.ts';
import type { LogStore } from '../../store.ts';
import type { Connection } from '../connection.ts';

export type Reader = Pick<
  LogStore,
  'cards' | 'search' | 'get' | 'context' | 'histogram' | 'facets' | 'group' | 'trace' | 'loggers'
>;

export function createReader(_connection: Connection, _options: { readonly now: Clock }): Reader {
  throw new Error('being written');
}
