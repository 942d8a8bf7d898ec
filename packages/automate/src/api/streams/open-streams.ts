import { createPace, type Principal } from '../../kernel/index.ts';
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
  readmit(isThorough: boolean): Promise<void>;
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

export function createStreams(limits: StreamLimits): Streams {
  const holders = createHolders();
  const watch = createWatch();
  return {
    requireRoom({ caller, tenantId }) {
      if (holders.streamsOf(callerName(caller)) >= limits.perCaller) throw tooMany('you', limits.perCaller);
      if (tenantId !== undefined && holders.streamsOf(tenantName(tenantId)) >= limits.perTenant)
        throw tooMany('your tenant', limits.perTenant);
      if (watch.size >= limits.inAll) throw tooMany('this server', limits.inAll);
    },
    enter(stream) {
      const leave = watch.add(stream);
      holders.count(stream, 1);
      return () => {
        if (leave()) holders.count(stream, -1);
      };
    },
  };
}

const callerName = (caller: string) => `caller ${caller}`;
const tenantName = (tenantId: string) => `tenant ${tenantId}`;

/** How many streams each caller and each tenant has. */
function createHolders() {
  const counts = new Map<string, number>();
  return {
    streamsOf: (name: string) => counts.get(name) ?? 0,
    count({ caller, tenantId }: StreamHolder, change: 1 | -1): void {
      for (const name of [callerName(caller), ...(tenantId === undefined ? [] : [tenantName(tenantId)])]) {
        const now = (counts.get(name) ?? 0) + change;
        if (now === 0) counts.delete(name);
        else counts.set(name, now);
      }
    },
  };
}

interface Watched {
  readonly stream: OpenStream;
  thoroughAt: number;
  isAsking: boolean;
}

/** Asks for all streams now and then, as long as there are any. */
function createWatch() {
  const open = new Set<Watched>();
  let isWatching = false;

  function watch(): void {
    if (isWatching || open.size === 0) return;
    isWatching = true;
    setTimeout(() => void askAll(), ASK_EVERY_MS).unref();
  }

  async function askAll(): Promise<void> {
    const pace = createPace();
    for (const watched of open) {
      if (!watched.isAsking) void ask(watched);
      await pace();
    }
    isWatching = false;
    watch();
  }

  async function ask(watched: Watched): Promise<void> {
    const now = performance.now();
    const isThorough = now >= watched.thoroughAt;
    if (isThorough) watched.thoroughAt = now + THOROUGH_EVERY_MS;
    watched.isAsking = true;
    try {
      await watched.stream.readmit(isThorough);
    } catch (error) {
      if (open.has(watched)) watched.stream.onRefused(error);
    } finally {
      watched.isAsking = false;
    }
  }

  return {
    get size() {
      return open.size;
    },
    /** The function that is returned ends it; false when it has ended before. */
    add(stream: OpenStream): () => boolean {
      const watched: Watched = { stream, thoroughAt: performance.now() + THOROUGH_EVERY_MS, isAsking: false };
      open.add(watched);
      watch();
      return () => open.delete(watched);
    },
  };
}

function tooMany(whose: string, limit: number) {
  return apiErrors.too_many_streams(`There are ${limit} event streams open already, all that ${whose} may have: close some.`, {
    headers: { 'retry-after': String(RETRY_SECONDS) },
  });
}
