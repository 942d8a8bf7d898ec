// Runs executions that change ten times a second each.
import { openProduct } from '../harness/product.ts';
import { serveRemote } from '../harness/remote.ts';
import { pauseStep } from './pause.ts';

const { automate } = await openProduct({ hasWorker: true, steps: [pauseStep] });
const body = { nodes: [{ id: 'pause', type: 'bench.pause', config: {} }], edges: [] };
const config = { items: '{{ event.payload.items }}', collect: false, body };
await automate.define({
  slug: 'live',
  name: 'Live',
  graph: { nodes: [{ id: 'each', type: 'flow.foreach', config }], edges: [] },
});

serveRemote(
  {
    /** Starts executions of so many changes each; returns their ids. */
    async start({ executions, changes }: { executions: number; changes: number }): Promise<string[]> {
      const input = { items: Array.from({ length: changes }, (_, index) => index) };
      const started = await Promise.all(Array.from({ length: executions }, () => automate.run('live', input)));
      return started.map(({ executionId }) => executionId);
    },
  },
  () => automate.close(),
);
