import type { Db } from '../../db/index.ts';
import { errorMessage, type Logger } from '../../kernel/index.ts';
import { newsOf } from '../store/list.store.ts';
import type { LiveUpdates } from './live.ts';

/** An event of the stream of a list. */
export interface ListEvent {
  readonly event: 'changes';
  readonly data: { readonly ids: readonly string[] };
}

/** Follows the jobs of tenants, and what stands for them, as lists do. */
export interface ListWatch {
  /**
   * An event at once, and one each time that jobs of the tenant were made or have changed; those within a fifth of a second share one. It
   * may come though nothing has changed.
   */
  follow(of: { readonly tenantId: string; readonly signal: AbortSignal }): AsyncIterable<ListEvent>;
  close(): void;
}

/** Changes within this time are looked at together. */
const GATHER_MS = 200;
/** What is new and in nobody's hands is not told: it is looked for. */
const PROBE_MS = 1_000;
/** Changes that are looked up at once; with more, whoever follows a list is told to look. */
const MOST_LOOKED_UP = 2_000;
/** Ids that one event holds. */
const MOST_TOLD = 500;

interface Watched {
  newest: string | undefined;
  readonly tell: Set<(ids: readonly string[]) => void>;
}

/** However many lists are open, of however many tenants, a process looks once for all of them, and not at all while there are none. */
export function createListWatch({ db, live, logger }: { db: Db; live: LiveUpdates; logger: Logger }): ListWatch {
  const watched = new Map<string, Watched>();
  let changed = new Set<string>();
  let isTooMany = false;
  let timer: NodeJS.Timeout | undefined;
  let isLooking = false;

  const stop = live.followAll((ids) => {
    if (watched.size === 0) return;
    for (const id of ids ?? []) if (changed.size < MOST_LOOKED_UP) changed.add(id);
    isTooMany ||= ids === undefined || changed.size >= MOST_LOOKED_UP;
    if (!isLooking) lookIn(GATHER_MS);
  });
  let dueAt = 0;

  function lookIn(ms: number): void {
    const at = Date.now() + ms;
    if (timer && dueAt <= at) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(() => void look(), ms).unref();
  }

  async function look(): Promise<void> {
    timer = undefined;
    isLooking = true;
    const [ids, tellsAnyway] = [[...changed], isTooMany];
    changed = new Set();
    isTooMany = false;
    await tellAll(ids, tellsAnyway).catch((error: unknown) =>
      logger.debug({ reason: errorMessage(error) }, 'what lists show could not be looked at'),
    );
    isLooking = false;
    if (watched.size > 0) lookIn(changed.size > 0 || isTooMany ? GATHER_MS : PROBE_MS);
  }

  async function tellAll(ids: readonly string[], tellsAnyway: boolean): Promise<void> {
    const { newest, owners } = await newsOf(db, [...watched.keys()], ids);
    const ofTenant = Map.groupBy(owners, ({ tenant_id }) => tenant_id);
    for (const [tenantId, list] of watched) {
      const own = (ofTenant.get(tenantId) ?? []).map(({ id }) => id);
      const isNew = list.newest !== undefined && newest.get(tenantId) !== list.newest;
      list.newest = newest.get(tenantId) ?? list.newest ?? '';
      if (tellsAnyway || isNew || own.length > 0) for (const tell of list.tell) tell(own);
    }
  }

  return {
    follow({ tenantId, signal }) {
      return changesOf(signal, (tell) => {
        lookIn(GATHER_MS);
        const list = watched.get(tenantId) ?? { newest: undefined, tell: new Set() };
        watched.set(tenantId, list);
        list.tell.add(tell);
        return () => {
          list.tell.delete(tell);
          if (list.tell.size === 0 && watched.get(tenantId) === list) watched.delete(tenantId);
        };
      });
    },
    close() {
      stop();
      clearTimeout(timer);
      watched.clear();
    },
  };
}

/** What one follower is told; what comes while they are busy shares an event. @param join is called with who tells, and returns how to leave */
async function* changesOf(
  signal: AbortSignal,
  join: (tell: (ids: readonly string[]) => void) => () => void,
): AsyncIterable<ListEvent> {
  let told: Set<string> | undefined = new Set();
  let wake: (() => void) | undefined;
  const leave = join((ids) => {
    told ??= new Set();
    for (const id of ids) if (told.size < MOST_TOLD) told.add(id);
    wake?.();
  });
  const onAbort = () => wake?.();
  signal.addEventListener('abort', onAbort);
  try {
    while (!signal.aborted) {
      if (told) {
        const ids = [...told];
        told = undefined;
        yield { event: 'changes', data: { ids } };
      } else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    leave();
  }
}
