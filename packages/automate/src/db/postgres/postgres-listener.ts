import pg from 'pg';
import { errorMessage, type Logger } from '../../kernel/index.ts';
import type { Db } from '../port/port.ts';

type Handler = (payload: string) => void;

/** One dedicated connection that LISTENs, reconnects by itself, and then calls every handler with `''`. */
export function createPostgresListener(config: pg.ClientConfig, logger: Logger): Pick<Db, 'listen' | 'close'> {
  const handlers = new Map<string, Set<Handler>>();
  const connection = createListeningConnection(config, logger, {
    channels: () => handlers.keys(),
    onNotification(channel, payload) {
      for (const handler of handlers.get(channel) ?? []) handler(payload);
    },
    onReconnected() {
      for (const set of handlers.values()) for (const handler of set) handler('');
    },
  });
  return {
    async listen(channel, handler) {
      const isNew = !handlers.has(channel);
      const set = handlers.get(channel) ?? new Set<Handler>();
      handlers.set(channel, set.add(handler));
      const client = await connection.client();
      if (isNew) await client?.query(listenTo(channel));
      return async () => void set.delete(handler);
    },
    close: connection.close,
  };
}

interface ConnectionListener {
  /** To be listened to by every new connection. */
  channels(): Iterable<string>;
  onNotification(channel: string, payload: string): void;
  onReconnected(): void;
}

function createListeningConnection(config: pg.ClientConfig, logger: Logger, listener: ConnectionListener) {
  let current: pg.Client | undefined;
  let connecting: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let isClosed = false;

  async function connect(): Promise<void> {
    const fresh = new pg.Client({ ...config, statement_timeout: 0 });
    fresh.on('notification', ({ channel, payload }) => listener.onNotification(channel, payload ?? ''));
    fresh.on('error', (error) => lost(fresh, error));
    fresh.on('end', () => lost(fresh, new Error('connection ended')));
    await fresh.connect();
    current = fresh;
    for (const channel of listener.channels()) await fresh.query(listenTo(channel));
  }

  function lost(which: pg.Client, error: Error): void {
    if (isClosed || current !== which) return;
    current = undefined;
    logger.warn({ reason: error.message }, 'notification connection lost, reconnecting');
    reconnectIn(200);
  }

  function reconnectIn(delay: number): void {
    if (isClosed) return;
    retry = setTimeout(async () => {
      try {
        await connect();
        listener.onReconnected();
      } catch (error) {
        logger.debug({ reason: errorMessage(error) }, 'notification connection still down');
        reconnectIn(Math.min(delay * 2, 5_000));
      }
    }, delay);
  }

  return {
    /** Undefined while there is none: the next one listens to all channels. The first one is waited for. */
    async client(): Promise<pg.Client | undefined> {
      if (current) return current;
      connecting ??= connect().catch((error: unknown) => {
        logger.warn({ reason: errorMessage(error) }, 'cannot listen for notifications yet, polling meanwhile');
        reconnectIn(500);
      });
      await connecting;
      return current;
    },
    async close(): Promise<void> {
      isClosed = true;
      clearTimeout(retry);
      await current?.end().catch(() => undefined);
    },
  };
}

const listenTo = (channel: string): string => `listen ${pg.escapeIdentifier(channel)}`;
