import type { Db, Queryable } from '../../db/index.ts';
import { errorMessage, halve, type Logger } from '../../kernel/index.ts';
import { findEvents } from '../events/event.store.ts';
import { groupsOf } from '../flow/batch-groups.ts';
import {
  type DueGathering,
  EVENTS_PER_LOOK,
  freeKeys,
  lockDue,
  lockGatherings,
  takeGathered,
  waitingEvents,
} from '../flow/release.store.ts';
import { noteOutcomes, type Outcome } from '../triggers/trigger.store.ts';
import { findPublished, type PublishedVersion } from '../workflows/workflow.store.ts';
import { type createStrikes, isolates } from './isolates.ts';
import { type Group, startGroups } from './start-groups.ts';
import { errorText } from './verdict.ts';

const LIMIT = 100;
/** About how many bytes of payloads one transaction reads. */
const MAXIMUM_BYTES = 16 * 1_048_576;

interface Context {
  readonly db: Db;
  readonly logger: Logger;
  readonly isOut: ReturnType<typeof createStrikes>;
}

/**
 * Starts executions for events that were gathered, once their time has come. It is the version published then that runs. A gathering that
 * the database refuses ends with an error in the verdicts of its events, and takes no other with it.
 * @returns how many gatherings were looked at
 */
export async function releaseGatherings(context: Context): Promise<number> {
  let due: readonly DueGathering[] = [];
  try {
    return await context.db.transaction(async (transaction) => {
      due = await lockDue(transaction, LIMIT);
      return release(transaction, due, context);
    });
  } catch (error) {
    if (due.length === 0 || !isolates(error)) throw error;
    const again = (gatherings: readonly DueGathering[]) =>
      context.db.transaction(async (transaction) =>
        release(transaction, await lockGatherings(transaction, gatherings.map(idOf)), context),
      );
    const { done, refused } = await halve(due, again, isolates);
    for (const { item, error: cause } of refused) if (context.isOut(item.id, cause)) await refuse(item, cause, context);
    return done.reduce((sum, count) => sum + count, refused.length);
  }
}

/** @returns how many of them it came to; the others are still due */
async function release(
  transaction: Queryable,
  gatherings: readonly DueGathering[],
  { logger }: Pick<Context, 'logger'>,
): Promise<number> {
  if (gatherings.length === 0) return 0;
  const published = await findPublished(transaction, [...new Set(gatherings.map(({ workflow_id }) => workflow_id))]);
  const waiting = await waitingEvents(transaction, gatherings.filter(({ mode }) => mode === 'batch').map(idOf));
  const groups: Group[] = [];
  const outcomes: Outcome[] = [];
  const taken: { gathering: DueGathering; eventIds: string[] }[] = [];
  let bytes = 0;
  for (const gathering of gatherings) {
    if (bytes >= MAXIMUM_BYTES) break;
    const version = published.get(gathering.workflow_id);
    const eventIds: string[] = [];
    for (const members of pieces(gathering, waiting.get(gathering.id) ?? [], version)) {
      if (bytes >= MAXIMUM_BYTES) break;
      eventIds.push(...members.map(({ eventId }) => eventId));
      if (version) {
        groups.push({ gathering, version, members });
        bytes += members.reduce((sum, member) => sum + member.bytes, 0);
      } else outcomes.push(...members.map((member) => ({ ...member, note: 'not_live' as const })));
    }
    taken.push({ gathering, eventIds });
  }
  await freeKeys(
    transaction,
    outcomes.map(({ eventId }) => eventId),
  );
  const events = await findEvents(
    transaction,
    groups.flatMap(({ members }) => members.map(({ eventId }) => eventId)),
  );
  outcomes.push(...(await startGroups(transaction, { groups, events, logger })));
  await noteOutcomes(transaction, outcomes);
  await takeGathered(transaction, taken);
  return taken.length;
}

/** What starts now: the last event of a debounce, and groups of a batch; all of it when it starts nothing any more. */
function pieces(
  gathering: DueGathering,
  waiting: Parameters<typeof groupsOf>[0],
  version: PublishedVersion | undefined,
): Group['members'][] {
  if (gathering.mode === 'debounce') {
    const { last_event_id: eventId, trigger_id: triggerId, bytes } = gathering;
    return eventId === null ? [] : [[{ eventId, triggerId, bytes }]];
  }
  const size = version?.settings.batch?.size ?? gathering.size ?? Number.POSITIVE_INFINITY;
  const groups = version ? groupsOf(waiting, size, waiting.length < EVENTS_PER_LOOK) : [waiting];
  return groups.map((group) =>
    group.map((event) => ({ eventId: event.event_id, triggerId: event.trigger_id, bytes: event.bytes })),
  );
}

/** Ends a gathering that cannot be released, as it stands. */
async function refuse(gathering: DueGathering, cause: unknown, { db, logger }: Pick<Context, 'db' | 'logger'>): Promise<void> {
  logger.error(
    {
      gathering_id: gathering.id,
      tenant_id: gathering.tenant_id,
      workflow_id: gathering.workflow_id,
      reason: errorMessage(cause),
    },
    'gathered events start nothing: the database refuses what they would start',
  );
  await db.transaction(async (transaction) => {
    const [locked] = await lockGatherings(transaction, [gathering.id]);
    if (!locked) return;
    const waiting = await waitingEvents(transaction, locked.mode === 'batch' ? [locked.id] : []);
    const members = pieces(locked, waiting.get(locked.id) ?? [], undefined).flat();
    const error = errorText(cause);
    await freeKeys(
      transaction,
      members.map(({ eventId }) => eventId),
    );
    await noteOutcomes(
      transaction,
      members.map(({ eventId, triggerId }) => ({ eventId, triggerId, error })),
    );
    await takeGathered(transaction, [{ gathering: locked, eventIds: members.map(({ eventId }) => eventId) }]);
  });
}

function idOf({ id }: DueGathering): string {
  return id;
}
