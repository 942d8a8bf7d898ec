import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ExecutionDetail, Step } from 'automate-client';
import { useEffect, useState } from 'react';
import { api, isPassing } from '../../api.ts';
import { stepKey } from './step-key.ts';

/** Changes that come within a moment are drawn together. */
const DRAWN_MS = 50;
const AGAIN_MS = 5_000;
/** Most steps that the API gives at once, behind the first. */
const PAGE = 200;

/** An execution with all its steps, as they change: read once, then followed until its end. */
export function useExecution(id: string) {
  const client = useQueryClient();
  const key = ['execution', id];
  const [isOffline, setOffline] = useState(false);
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.executions.retrieve(id, {}, { signal }),
    // The stream tells what changes.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  const isRead = query.isSuccess;

  // biome-ignore lint/correctness/useExhaustiveDependencies: it is followed from when it was read first
  useEffect(() => {
    const first = client.getQueryData<ExecutionDetail>(key);
    if (!first) return;
    const stop = new AbortController();
    const merge = gather((changes) =>
      client.setQueryData<ExecutionDetail>(key, (known) => known && changes.reduce(apply, known)),
    );
    const run = async () => {
      let after = lastSeq(first.steps);
      let isWhole = false;
      while (!stop.signal.aborted) {
        try {
          if (!isWhole) await readRest(id, first.steps_next, stop.signal, (steps) => merge.add({ steps }));
          isWhole = true;
          setOffline(false);
          if (first.finished_at) return;
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
  return { ...query, isOffline };
}

interface Change {
  readonly steps?: readonly Step[];
  readonly execution?: Partial<ExecutionDetail>;
}

function apply(known: ExecutionDetail, { steps = [], execution = {} }: Change): ExecutionDetail {
  if (steps.length === 0) return { ...known, ...execution };
  const all = new Map(known.steps.map((step) => [stepKey(step), step]));
  for (const step of steps) {
    const before = all.get(stepKey(step));
    if (!before || before.seq <= step.seq) all.set(stepKey(step), step);
  }
  return { ...known, ...execution, steps: [...all.values()] };
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
        flush(changes);
      }, DRAWN_MS);
    },
    close: () => clearTimeout(timer),
  };
}

/** Pages behind the first steps, one after the other. @param next as the API gives it */
async function readRest(
  id: string,
  next: string | null,
  signal: AbortSignal,
  onPage: (steps: readonly Step[]) => void,
): Promise<void> {
  for (let link = next; link !== null; ) {
    const cursor = new URL(link, location.origin).searchParams.get('cursor') ?? '';
    const page = await api.executions.steps(id, { cursor, limit: PAGE }, { signal });
    onPage(page.results);
    link = page.next;
  }
}

function lastSeq(steps: readonly Step[]): number {
  return steps.reduce((last, { seq }) => Math.max(last, seq), 0);
}
