import type { StreamEvent } from '../../api/index.ts';
import { prepareTask, shownArtifact, type TaskAsked } from './run-task.ts';
import type { TaskServices } from './task-type.ts';

/** Events that wait for whoever reads them, before what makes them waits too. */
const MOST_WAITING = 256;

/**
 * Does a task and tells of it in events.
 * @throws AppError for what is wrong with the request, before anything is done
 */
export async function streamTask(
  services: TaskServices,
  asked: Omit<TaskAsked, 'signal' | 'watch'>,
  gone: AbortSignal,
): Promise<(signal: AbortSignal) => AsyncIterable<StreamEvent>> {
  const ending = new AbortController();
  const queue = createQueue();
  const ready = await prepareTask(services, {
    ...asked,
    signal: AbortSignal.any([ending.signal, gone]),
    watch: {
      token: (text) => queue.push({ event: 'token', data: { text } }),
      progress: (data) => queue.push({ event: 'progress', data }),
      artifact: (artifact) => queue.push({ event: 'artifact', data: shownArtifact(artifact) }),
    },
  });
  return async function* events(signal) {
    const end = () => {
      ending.abort();
      queue.close();
    };
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    const result = ready.run().finally(() => queue.close());
    result.catch(() => undefined);
    try {
      yield* queue.events();
      if (!signal.aborted) yield { event: 'final', data: await result };
    } finally {
      signal.removeEventListener('abort', end);
      end();
    }
  };
}

/** Holds events between who makes and who reads them. */
function createQueue() {
  const waiting: StreamEvent[] = [];
  let isClosed = false;
  let wake: (() => void) | undefined;
  let proceed: (() => void) | undefined;
  return {
    push(event: StreamEvent): void | Promise<void> {
      if (isClosed) return;
      waiting.push(event);
      wake?.();
      if (waiting.length < MOST_WAITING) return;
      return new Promise((resolve) => (proceed = resolve));
    },
    close(): void {
      isClosed = true;
      wake?.();
      proceed?.();
    },
    async *events(): AsyncGenerator<StreamEvent> {
      for (;;) {
        const next = waiting.shift();
        if (next) {
          yield next;
          if (waiting.length < MOST_WAITING) proceed?.();
        } else if (isClosed) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
