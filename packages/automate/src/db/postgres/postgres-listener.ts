import pg from 'pg';
import { errorMessage, type Logger } from '../../kernel/index.ts';
import type { Db } from '../port/port.ts';

type Handler = (payload: string) => void;

/** One dedicated connection that LISTENs, reconnects by itself, and then calls every handler with `''`. */
export function createPostgresListener(config: pg.ClientConfig, logger: Logger): Pick<Db, 'listen' | 'close'> {
  const handlers = new Map<string, Set<Handler>>();
  let client: pg.Client | undefined;
  let connecting: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let closed = false;

  async function connect(): Promise<void> {
    const fresh = new pg.Client({ ...config, statement_timeout: 0 });
    fresh.on('notification', ({ channel, payload }) => {
      for (const handler of handlers.get(channel) ?? []) handler(payload ?? '');
    });
    fresh.on('error', (error) => lost(fresh, error));
    fresh.on('end', () => lost(fresh, new Error('connection ended')));
    await fresh.connect();
    client = fresh;
    for (const channel of handlers.keys()) await fresh.query(`listen ${pg.escapeIdentifier(channel)}`);
  }

  function lost(which: pg.Client, error: Error): void {
    if (closed || client !== which) return;
    client = undefined;
    logger.warn({ reason: error.message }, 'notification connection lost, reconnecting');
    reconnectLater(200);
  }

  function reconnectLater(delay: number): void {
    if (closed) return;
    retry = setTimeout(async () => {
      try {
        await connect();
        for (const set of handlers.values()) for (const handler of set) handler('');
      } catch (error) {
        logger.debug({ reason: errorMessage(error) }, 'notification connection still down');
        reconnectLater(Math.min(delay * 2, 5_000));
      }
    }, delay);
  }

  return {
    async listen(channel, handler) {
      const isNew = !handlers.has(channel);
      const set = handlers.get(channel) ?? new Set<Handler>();
      handlers.set(channel, set.add(handler));
      if (client) {
        if (isNew) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
      } else {
        connecting ??= connect().catch((error: unknown) => {
          logger.warn({ reason: errorMessage(error) }, 'cannot listen for notifications yet, polling meanwhile');
          reconnectLater(500);
        });
        await connecting;
        if (client && isNew) await (client as pg.Client).query(`listen ${pg.escapeIdentifier(channel)}`);
      }
      return async () => void set.delete(handler);
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      await client?.end().catch(() => undefined);
    },
  };
}
