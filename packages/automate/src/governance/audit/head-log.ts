import type { Db } from '../../db/index.ts';
import type { Logger } from '../../kernel/index.ts';
import { readHeads } from './audit.store.ts';

/**
 * Writes the ends of chains to the log, which leaves this machine: kept there, they tell when a chain was cut off and its end
 * set back.
 */
export interface HeadLog {
  /** Writes a line for each chain that has changed since the last call, and an error for one that has become shorter. */
  write(): Promise<void>;
}

export function createHeadLog({ db, logger }: { db: Db; logger: Pick<Logger, 'info' | 'error'> }): HeadLog {
  const written = new Map<string, { readonly seq: number; readonly text: string }>();
  return {
    async write() {
      for (const { tenant_id: tenantId, seq, hash } of await readHeads(db)) {
        const text = `${tenantId}:${seq}:${Buffer.from(hash).toString('hex')}`;
        const before = written.get(tenantId);
        if (before?.text === text) continue;
        written.set(tenantId, { seq, text });
        if (before && seq <= before.seq)
          logger.error({ 'audit.head': text, 'audit.head.before': before.text }, 'an audit chain was set back');
        else logger.info({ 'audit.head': text }, 'audit head');
      }
    },
  };
}
