import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Clock } from '../../record/clock.ts';
import type { Alert, AlertCommit, AlertState } from '../alert.ts';
import { decodeAlert, encodeAlert } from '../common/alert-json.ts';
import type { LogStore } from '../store.ts';
import type { Connection, Queries } from './connection.ts';
import { retryConflicts } from './errors.ts';
import { plainText } from './plain-text.ts';
import { splitTime, timeParameter } from './time.ts';

/** Alerts kept, newest first; older ones go as new ones come. */
const ALERT_HISTORY = 10_000;
/** States that nobody saved for so long go, in microseconds: far longer than the longest window of a threshold. */
const STATE_KEPT = 30n * 24n * 60n * 60n * 1_000_000n;

/** Keys hold names of any length, with characters that PostgreSQL's texts cannot hold. */
const digestOf = (key: string): Buffer => createHash('sha256').update(JSON.stringify(key)).digest();

/** The alerts' part of the store contract. */
export function createAlerts(
  connection: Connection,
  now: Clock,
): Pick<LogStore, 'alertStates' | 'commitAlerts' | 'alerts'> & { sweep(): Promise<void> } {
  const { db, schema } = connection;

  /** Steps of different keys: whether each was saved. */
  async function commitStates({ query }: Queries, steps: readonly AlertCommit[]): Promise<ReadonlySet<AlertCommit>> {
    const digests = steps.map(({ key }) => digestOf(key));
    // A step of version 0 makes the row; a later one finds it, or was computed from a state that is gone.
    const saved = await query<{ digest: Buffer }>(
      `insert into ${schema}.alert_state as held (digest, version, key, state, saved_at)
       select step.*, $5::timestamptz from unnest($1::bytea[], $2::integer[], $3::text[], $4::text[])
         as step (digest, version, key, state)
       where version = 1 or exists (select from ${schema}.alert_state where alert_state.digest = step.digest)
       order by digest
       on conflict (digest) do update
         set version = excluded.version, state = excluded.state, saved_at = excluded.saved_at
         where held.version = excluded.version - 1
       returning digest`,
      [
        digests,
        steps.map(({ version }) => version + 1),
        steps.map(({ key }) => plainText(key)),
        steps.map(({ state }) => JSON.stringify(state)),
        timeParameter(splitTime(now()).microseconds),
      ],
    );
    const keys = new Set(saved.map(({ digest }) => digest.toString('base64')));
    return new Set(steps.filter((_, place) => keys.has(digests[place]!.toString('base64'))));
  }

  async function saveAlerts(queries: Queries, alerts: readonly Alert[]): Promise<void> {
    for (const alert of alerts) {
      const row = {
        id: alert.id,
        fired_at: timeParameter(splitTime(alert.firedAt).microseconds),
        service: plainText(alert.service),
        logger: plainText(alert.logger),
        level: alert.thresholdLevel,
        threshold: alert.threshold,
        count: alert.count,
        message: plainText(alert.message),
        exact: encodeAlert(alert),
      };
      const { id: _, ...changed } = row;
      await queries.run(
        db
          .insertInto('alert')
          .values(row)
          .onConflict((conflict) => conflict.column('id').doUpdateSet(changed)),
      );
    }
    if (alerts.length === 0) return;
    await queries.query(
      `delete from ${schema}.alert where id <= (select id from ${schema}.alert order by id desc limit 1 offset $1)`,
      [ALERT_HISTORY],
    );
  }

  return {
    async alertStates(keys): Promise<AlertState[]> {
      if (keys.length === 0) return [];
      const digests = keys.map(digestOf);
      const rows = await connection.run(
        db
          .selectFrom('alert_state')
          .select(['digest', 'version', 'state'])
          // One parameter: a statement takes 65535 at most.
          .where(sql<boolean>`digest = any(${digests}::bytea[])`),
      );
      const states = new Map(rows.map((row) => [row.digest.toString('base64'), row]));
      return keys.map((key, place) => {
        const held = states.get(digests[place]!.toString('base64'));
        return { key, version: held?.version ?? 0, state: held ? (JSON.parse(held.state) as string) : '' };
      });
    },
    commitAlerts: (steps) =>
      retryConflicts(() =>
        connection.transaction(async (transaction) => {
          const saved = new Set<AlertCommit>();
          for (const round of roundsOf(steps)) {
            for (const step of await commitStates(transaction, round)) saved.add(step);
          }
          await saveAlerts(
            transaction,
            steps.filter((step) => saved.has(step)).flatMap(({ alerts }) => alerts),
          );
          return steps.map((step) => saved.has(step));
        }),
      ),
    async alerts({ limit, before }) {
      let query = db.selectFrom('alert').select('exact').orderBy('id', 'desc').limit(limit);
      if (before !== undefined) query = query.where('id', '<', before);
      const rows = await connection.run(query);
      return rows.map(({ exact }) => decodeAlert(exact));
    },
    /** Forgets states that no window needs any more. */
    async sweep() {
      const oldest = timeParameter(splitTime(now()).microseconds - STATE_KEPT);
      await connection.query(`delete from ${schema}.alert_state where saved_at < $1`, [oldest]);
    },
  };
}

/** Steps in rounds that have each key once, for later steps of a key build upon earlier ones. */
function roundsOf(steps: readonly AlertCommit[]): AlertCommit[][] {
  const rounds: AlertCommit[][] = [];
  const taken = new Map<string, number>();
  for (const step of steps) {
    const round = taken.get(step.key) ?? 0;
    taken.set(step.key, round + 1);
    const members = rounds[round];
    if (members) members.push(step);
    else rounds.push([step]);
  }
  return rounds;
}
