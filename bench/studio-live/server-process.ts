// Serves the Studio and works: executions that change ten times a second, and large ones.
import { openProduct } from '../harness/product.ts';
import { serveRemote } from '../harness/remote.ts';
import { pauseStep } from '../live/pause.ts';

const { automate } = await openProduct({ hasWorker: true, steps: [pauseStep] });
const url = await automate.listen();

async function define(slug: string, step: object, concurrency: number): Promise<void> {
  const config = { items: '{{ event.payload.items }}', collect: false, concurrency, body: { nodes: [step], edges: [] } };
  await automate.define({ slug, name: slug, graph: { nodes: [{ id: 'each', type: 'flow.foreach', config }], edges: [] } });
}

await define('paused', { id: 'pause', type: 'bench.pause', config: {} }, 1);
await define('large', { id: 'say', type: 'core.log', config: { message: 'item {{ item }}' } }, 50);

serveRemote(
  {
    url: async () => url,
    /** Starts an execution over so many items. @returns its id */
    async start({ slug, items }: { slug: string; items: number }): Promise<string> {
      const { executionId } = await automate.run(slug, { items: Array.from({ length: items }, (_, index) => index) });
      return executionId;
    },
    async end({ id }: { id: string }): Promise<string> {
      for (;;) {
        const { rows } = await automate.db.query<{ status: string }>(
          'select status from executions where id = $1 and finished_at is not null',
          [id],
        );
        if (rows[0]) return rows[0].status;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    },
  },
  () => automate.close(),
);
