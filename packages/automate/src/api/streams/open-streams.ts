import { createPace, type Principal } from '../../kernel/index.ts';
import type { MaybePromise } from '../http/context.ts';
import { apiErrors } from '../http/errors.ts';

/** How many event streams may be open at once in this process. */
export interface StreamLimits {
  /** Of one key, of one person's sessions, or of one address without credentials. */
  readonly perCaller: number;
  readonly perTenant: number;
  readonly inAll: number;
}

/** Who has a stream open. */
export interface StreamHolder {
  /** Names the key, the person or the address. */
  readonly caller: string;
  readonly tenantId: Principal['tenantId'] | undefined;
}

export interface OpenStream extends StreamHolder {
  /** Whether the request would be let in now; fails with the refusal. @param isThorough whether its row is to be looked at too */
  readmit(isThorough: boolean): MaybePromise<void>;
  /** Called once when it would not. */
  onRefused(error: unknown): void;
}

/** The open event streams of a process: no more than the limits say, and none longer than its caller may have it. */
export interface Streams {
  /** @throws `too_many_streams` */
  requireRoom(holder: StreamHolder): void;
  /** Counts a stream and asks for it, until the function that is returned is called. */
  enter(stream: OpenStream): () => void;
}

/** Together with what an authenticator remembers of a credential, the time that a revocation takes at most. */
const ASK_EVERY_MS = 500;
const THOROUGH_EVERY_MS = 15_000;
const RETRY_SECONDS = 5;

interface Entry {
  readonly stream: OpenStream;
  thoroughAt: number;
  isAsking: boolean;
}

export function createStreams(limits: StreamLimits): Streams {
  const open = new Set<Entry>();
  const counts = new Map<string, number>();
  let isWatching = false;

  const namesOf = ({ caller, tenantId }: StreamHolder) => [
    `caller ${caller}`,
    ...(tenantId === undefined ? [] : [`tenant ${tenantId}`]),
  ];

  function count(holder: StreamHolder, change: 1 | -1): void {
    for (const name of namesOf(holder)) {
      const now = (counts.get(name) ?? 0) + change;
      if (now === 0) counts.delete(name);
      else counts.set(name, now);
    }
  }

  async function askAll(): Promise<void> {
    const pace = createPace();
    for (const entry of open) {
      if (!entry.isAsking) void ask(entry);
      await pace();
    }
    isWatching = false;
    watch();
  }

  function watch(): void {
    if (isWatching || open.size === 0) return;
    isWatching = true;
    setTimeout(() => void askAll(), ASK_EVERY_MS).unref();
  }

  async function ask(entry: Entry): Promise<void> {
    const now = performance.now();
    const isThorough = now >= entry.thoroughAt;
    if (isThorough) entry.thoroughAt = now + THOROUGH_EVERY_MS;
    entry.isAsking = true;
    try {
      await entry.stream.readmit(isThorough);
    } catch (error) {
      if (open.has(entry)) entry.stream.onRefused(error);
    } finally {
      entry.isAsking = false;
    }
  }

  return {
    requireRoom(holder) {
      if ((counts.get(`caller ${holder.caller}`) ?? 0) >= limits.perCaller) throw tooMany('you', limits.perCaller);
      if (holder.tenantId !== undefined && (counts.get(`tenant ${holder.tenantId}`) ?? 0) >= limits.perTenant)
        throw tooMany('your tenant', limits.perTenant);
      if (open.size >= limits.inAll) throw tooMany('this server', limits.inAll);
    },
    enter(stream) {
      const entry: Entry = { stream, thoroughAt: performance.now() + THOROUGH_EVERY_MS, isAsking: false };
      open.add(entry);
      count(stream, 1);
      watch();
      return () => {
        if (open.delete(entry)) count(stream, -1);
      };
    },
  };
}

function tooMany(whose: string, limit: number) {
  return apiErrors.too_many_streams(`There are ${limit} event streams open already, all that ${whose} may have: close some.`, {
    headers: { 'retry-after': String(RETRY_SECONDS) },
  });
}
