// Queues executions through the product's own ingest and dispatch, then measures how fast its worker drains them.
import { createDispatcher } from '../../packages/automate/src/engine/dispatch/dispatcher.ts';
import { createTriggerCache } from '../../packages/automate/src/engine/triggers/trigger-cache.ts';
import { createLogger } from '../../packages/automate/src/kernel/index.ts';
import { openProduct } from '../harness/product.ts';
import { ownCpuMicros, serveRemote } from '../harness/remote.ts';
import { callStep, createWorkflow, type Kind, lastEnd, newEvent, untilEnded, verify } from './workload.ts';

/** As many of each kind as it takes until the code is compiled: DBOS is warmed up too. */
const WARM_UP = 1_500;
const kinds: readonly Kind[] = ['transform', 'call'];

const open = (hasWorker: boolean) => openProduct({ hasWorker, steps: [callStep] });

const warm = await open(true);
for (const kind of kinds) {
  await createWorkflow(warm.automate, warm.tenantId, kind);
  await warm.automate.engine.events.accept(Array.from({ length: WARM_UP }, (_, index) => newEvent(warm.tenantId, index, kind)));
  await untilEnded(warm.automate, 60_000);
}
await warm.automate.close();
const { automate, tenantId } = await open(false);
const { db, engine, jobs } = automate;

export interface Drained {
  readonly seconds: number;
  readonly nodeCpuMicros: number;
  readonly dispatchPerSecond: number;
}

serveRemote(
  {
    async queue({ count, kind }: { count: number; kind: Kind }): Promise<number> {
      for (let start = 0; start < count; start += 1_000) {
        const size = Math.min(1_000, count - start);
        await engine.events.accept(Array.from({ length: size }, (_, index) => newEvent(tenantId, start + index, kind)));
      }
      const triggers = createTriggerCache();
      const logger = createLogger({ level: 'warn' });
      const dispatcher = createDispatcher({ db, triggers, logger, maximumHops: () => 50, onDispatched: () => undefined });
      const began = performance.now();
      while ((await dispatcher.round()).count > 0);
      // What autovacuum would do within a minute; a backlog is never newer than the server's statistics.
      await db.migrate(async (connection) => {
        await connection.script('analyze automate.jobs; analyze automate.executions; analyze automate.events');
      });
      return count / ((performance.now() - began) / 1_000);
    },
    async drain(count: number): Promise<Omit<Drained, 'dispatchPerSecond'>> {
      const cpu = ownCpuMicros();
      const began = Date.now();
      engine.start();
      await jobs.start();
      await untilEnded(automate, 60_000);
      const seconds = ((await lastEnd(automate)) - began) / 1_000;
      const nodeCpuMicros = ownCpuMicros() - cpu;
      await verify(automate, kinds.length * WARM_UP + count);
      return { seconds, nodeCpuMicros };
    },
  },
  () => automate.close(),
);
