import { AutomateError, isAutomateError, problemError } from './errors.ts';
import { createEventParser, type EventParser, type ParsedEvent } from './event-parser.ts';
import type { StreamOptions } from './options.ts';
import { backoff, sleep } from './retry.ts';
import { silence } from './transport.ts';

/** The data of each kind of event of a stream, by the event's name. */
export type EventMap = Readonly<Record<string, unknown>>;

/** An event of a stream: a union over the names, so that `event` tells what `data` is. */
export type ServerEvent<Events extends EventMap = EventMap> = {
  [Name in keyof Events & string]: {
    /** Number of the event; `lastEventId` goes on behind it. */
    readonly id: string;
    readonly event: Name;
    /** Parsed when it is JSON, else the text. */
    readonly data: Events[Name];
    /** The data as it came. */
    readonly text: string;
  };
}[keyof Events & string];

/** Events as they come. It connects when it is first asked, and can be gone through once. */
export type EventStream<Events extends EventMap = EventMap> = AsyncGenerator<ServerEvent<Events>, void, undefined>;

export interface FollowOptions {
  readonly operation: string;
  /** Connects, going on behind an event. */
  readonly open: (lastEventId: string | undefined) => Promise<Response>;
  /** Whether the request may be sent again when its stream breaks. */
  readonly canReconnect: boolean;
  readonly options: Pick<StreamOptions, 'signal' | 'lastEventId' | 'reconnects' | 'idleMs'>;
}

const RECONNECTS = 10;
const IDLE_MS = 60_000;
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
/** The server's first sign of life comes after 15 s: what ends before it without an event had nothing to say. */
const EMPTY_MS = 10_000;

/**
 * Follows a stream to its end, over broken connections.
 *
 * A server that stops ends its streams as cleanly as one that has told everything. So a clean end is followed by one more
 * request behind the last event: the stream is over when that one has nothing to tell (or is a 204).
 */
export async function* followEvents({ operation, open, canReconnect, options }: FollowOptions): EventStream {
  const { signal, reconnects = RECONNECTS } = options;
  let lastEventId = options.lastEventId ?? '';
  let retryMs: number | undefined;
  let firstId: string | undefined;
  let failures = 0;
  let wasOpen = false;
  for (let isAsking = false; ; ) {
    const openedAt = Date.now();
    const parser = createEventParser(lastEventId);
    let hasProgress = false;
    let failure: unknown;
    try {
      const response = await open(lastEventId === '' ? undefined : lastEventId);
      if (response.status === 204 || !response.body) return;
      requireEventStream(response, operation);
      wasOpen = true;
      for await (const event of read(response.body, parser, operation, options.idleMs ?? IDLE_MS)) {
        const data = parse(event.data);
        const problem = event.hasId ? undefined : problemOf(event, data, operation);
        if (problem) throw problem;
        if (!hasProgress && event.hasId && event.id === firstId) {
          if (isAsking) return;
          throw replayed(operation);
        }
        firstId ??= event.id;
        lastEventId = event.id;
        hasProgress = true;
        failures = 0;
        yield { id: event.id, event: event.event, data, text: event.data };
      }
    } catch (error) {
      signal?.throwIfAborted();
      // Whoever never got through is told at once; a server that restarts is waited for.
      if (!wasOpen) throw error;
      failure = isAutomateError(error) ? error : silence(operation, 'network_error', error);
    }
    lastEventId = parser.lastEventId;
    retryMs = parser.retryMs ?? retryMs;
    // Without ids a second request would tell everything again.
    const canGoOn = canReconnect && (lastEventId !== '' || firstId === undefined);
    if (failure) {
      failures += 1;
      if (!canGoOn || !isPassing(failure) || failures > reconnects) throw failure;
      isAsking = false;
    } else {
      const isOver = isAsking && !hasProgress && Date.now() - openedAt < EMPTY_MS;
      if (isOver || !canGoOn) return;
      isAsking = true;
      if (!hasProgress) failures += 1;
    }
    const delay = failures > 0 ? backoff(failures, (retryMs ?? RETRY_MS) / 2, LONGEST_RETRY_MS) : (retryMs ?? 0);
    await sleep(delay, signal);
  }
}

async function* read(
  body: ReadableStream<Uint8Array>,
  parser: EventParser,
  operation: string,
  idleMs: number,
): AsyncGenerator<ParsedEvent> {
  const reader = body.getReader();
  let isStalled = false;
  try {
    for (;;) {
      // A connection may die without a word to either side.
      const timer = setTimeout(() => {
        isStalled = true;
        reader.cancel().catch(() => undefined);
      }, idleMs);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (isStalled) throw silence(operation, 'stream_stalled');
      if (done) return;
      yield* parser.push(value);
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/** The server tells that a source failed by a last `error` event without an id, whose data is a problem. */
function problemOf(event: ParsedEvent, data: unknown, operation: string): AutomateError | undefined {
  const { status, code } = (typeof data === 'object' && data !== null ? data : {}) as { status?: unknown; code?: unknown };
  if (event.event !== 'error' || typeof status !== 'number' || typeof code !== 'string') return undefined;
  return problemError(data, { status, title: code, operation, traceId: undefined, retryAfter: undefined });
}

function isPassing(failure: unknown): boolean {
  return isAutomateError(failure) && (failure.status === 0 || failure.status >= 500);
}

/** It started again from the first event: this server cannot go on behind one. */
function replayed(operation: string): AutomateError {
  const detail = 'The connection broke, and the server cannot go on where it was.';
  return new AutomateError({ status: 200, code: 'stream_not_resumable', title: 'The stream broke off', detail, operation });
}

function requireEventStream(response: Response, operation: string): void {
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('text/event-stream')) return;
  response.body?.cancel().catch(() => undefined);
  const detail = `Expected a stream of events but got ${type || 'something without a content type'}.`;
  throw new AutomateError({ status: response.status, code: 'invalid_reply', title: 'Not a stream', detail, operation });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
