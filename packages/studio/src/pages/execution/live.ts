import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Explorer, ListedExecution, Step } from 'automate-client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { api, isPassing } from '../../api.ts';
import { cursorOf } from '../../data/live-list.ts';
import { parentPlace, placeOfKey, prefixOf, stepKey } from '../../data/step-key.ts';

/** Changes that come within a moment are drawn together. */
const DRAWN_MS = 50;
const AGAIN_MS = 5_000;
/** Most steps that the API gives at once. */
const PAGE = 200;
/** How often the counts of an execution are asked for whose steps are not all here. */
const COUNTED_MS = 2_000;

export interface OpenExecution {
  readonly opened: Explorer | undefined;
  readonly error: unknown;
  readonly isOffline: boolean;
  refetch(): void;
  /** Whether a loop or group has steps that are not here. @param key of its step */
  hasMore(key: string): boolean;
  /** Reads the next of them. */
  readMore(key: string): void;
}

/** An execution as it changes: opened in one reply, then followed until its end. What loops hold is read as one opens them, where there is much. */
export function useExecution(id: string): OpenExecution {
  const client = useQueryClient();
  const key = ['execution', id];
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.executionExplorer.get(id, {}, { signal }),
    // The stream tells what changes.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  const opened = query.data;
  const isOffline = useFollowed(id, opened !== undefined);
  useCounts(id, opened);
  const pages = usePages(id, opened);
  return { opened, error: query.error, isOffline, refetch: () => void client.refetchQueries({ queryKey: key }), ...pages };
}

/** Follows an execution from when it was opened. @returns whether the server cannot be reached */
function useFollowed(id: string, isRead: boolean): boolean {
  const client = useQueryClient();
  const [isOffline, setOffline] = useState(false);
  useEffect(() => {
    const first = client.getQueryData<Explorer>(['execution', id]);
    if (!isRead || !first || first.execution.finished_at) return;
    const stop = new AbortController();
    const merge = gather((changes) =>
      client.setQueryData<Explorer>(['execution', id], (known) => known && changes.reduce(apply, known)),
    );
    const run = async () => {
      let after = first.last_seq;
      while (!stop.signal.aborted) {
        try {
          setOffline(false);
          for await (const event of api.executions.events(id, {}, { signal: stop.signal, lastEventId: String(after) })) {
            after = Math.max(after, Number(event.id));
            merge.add(event.event === 'step' ? { steps: [event.data] } : { execution: event.data });
          }
          return;
        } catch (error) {
          if (stop.signal.aborted || !isPassing(error)) return;
          setOffline(true);
          await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
        }
      }
    };
    void run();
    return () => {
      stop.abort();
      merge.close();
    };
  }, [client, id, isRead]);
  return isOffline;
}

/** Counts by node, and once it has ended what may be done: the stream does not tell them. */
function useCounts(id: string, opened: Explorer | undefined): void {
  const client = useQueryClient();
  const isOver = Boolean(opened?.execution.finished_at);
  const wasOver = useRef<boolean>(undefined);
  if (opened) wasOver.current ??= isOver;
  const { data } = useQuery({
    queryKey: ['execution-counts', id, isOver],
    queryFn: ({ signal }) => api.executionExplorer.get(id, {}, { signal }),
    enabled: opened !== undefined && (isOver ? wasOver.current === false : !opened.is_whole),
    refetchInterval: isOver ? false : COUNTED_MS,
  });
  useEffect(() => {
    if (!data) return;
    const { nodes, may, step_count, links } = data;
    client.setQueryData<Explorer>(['execution', id], (known) => known && { ...known, nodes, may, step_count, links });
  }, [client, id, data]);
}

/** Where the next page of each loop or group begins; null: all of it is here. */
type Cursors = ReadonlyMap<string, string | null>;

function usePages(id: string, opened: Explorer | undefined): Pick<OpenExecution, 'hasMore' | 'readMore'> {
  const client = useQueryClient();
  const [cursors, setCursors] = useState<Cursors>(new Map());
  const reading = useRef(new Set<string>());
  const isWhole = opened?.is_whole ?? true;
  const hasMore = useCallback((key: string) => !isWhole && cursors.get(key) !== null, [isWhole, cursors]);
  const readMore = useCallback(
    async (key: string) => {
      if (!hasMore(key) || reading.current.has(key)) return;
      reading.current.add(key);
      try {
        const cursor = cursors.get(key);
        const page = await api.executions.steps(id, {
          within: prefixOf(placeOfKey(key)),
          limit: PAGE,
          ...(cursor && { cursor }),
        });
        client.setQueryData<Explorer>(['execution', id], (known) => known && withSteps(known, page.results));
        setCursors((now) => new Map(now).set(key, cursorOf(page.next) ?? null));
      } finally {
        reading.current.delete(key);
      }
    },
    [client, id, hasMore, cursors],
  );
  return { hasMore, readMore: (key) => void readMore(key).catch(() => undefined) };
}

interface Change {
  readonly steps?: readonly Step[];
  readonly execution?: Partial<ListedExecution>;
}

function apply(known: Explorer, { steps = [], execution = {} }: Change): Explorer {
  const now = { ...known, execution: { ...known.execution, ...execution } };
  return steps.length === 0
    ? now
    : withSteps(
        now,
        steps.filter((step) => isWanted(step, known)),
      );
}

/** Of an execution with many steps, only what is shown is kept here: what is in no loop, and in loops that were opened. */
function isWanted({ node }: Step, { is_whole: isWhole, steps }: Explorer): boolean {
  const parent = parentPlace(node);
  if (isWhole || !parent) return true;
  return steps.some((step) => step.node.startsWith(`${parent.prefix}/`));
}

function withSteps(known: Explorer, steps: readonly Step[]): Explorer {
  if (steps.length === 0) return known;
  const all = new Map(known.steps.map((step) => [stepKey(step), step]));
  for (const step of steps) {
    const before = all.get(stepKey(step));
    if (!before || before.seq <= step.seq) all.set(stepKey(step), step);
  }
  return { ...known, steps: [...all.values()], step_count: Math.max(known.step_count, all.size) };
}

/** Gathers what comes within a moment. */
function gather(flush: (changes: readonly Change[]) => void) {
  let waiting: Change[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    add(change: Change) {
      waiting.push(change);
      timer ??= setTimeout(() => {
        const changes = waiting;
        waiting = [];
        timer = undefined;
        flush(joined(changes));
      }, DRAWN_MS);
    },
    close: () => clearTimeout(timer),
  };
}

/** All steps at once, so that they are merged once. */
function joined(changes: readonly Change[]): readonly Change[] {
  const execution = Object.assign({}, ...changes.map((change) => change.execution ?? {})) as Partial<ListedExecution>;
  return [{ steps: changes.flatMap(({ steps = [] }) => steps), execution }];
}
