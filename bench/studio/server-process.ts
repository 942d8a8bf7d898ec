// The whole product with its Studio, and something to look at.
import { openProduct, TOKEN } from '../harness/product.ts';
import { serveRemote } from '../harness/remote.ts';

const WORKFLOWS = 12;
const EXECUTIONS = 40;

const { automate } = await openProduct({ hasWorker: true });
const url = await automate.listen();

serveRemote(
  {
    url: async () => url,
    /** Returns the id of an execution that has ended. */
    async seed() {
      const graph = {
        nodes: [
          { id: 'check', type: 'core.set', config: { values: { total: '{{ event.payload.n }}' } } },
          { id: 'each', type: 'flow.foreach', config: { items: [1, 2, 3], body: { nodes: [say('say')], edges: [] } } },
          say('tell'),
        ],
        edges: [
          { source: 'check', target: 'each' },
          { source: 'each', target: 'tell' },
        ],
      };
      for (let index = 0; index < WORKFLOWS; index += 1)
        await automate.define({ slug: `orders-${index}`, name: `Orders ${index}`, graph });
      const started: { executionId: string }[] = [];
      for (let index = 0; index < EXECUTIONS; index += 1)
        started.push(await automate.run(`orders-${index % WORKFLOWS}`, { n: index }));
      const id = started[0]?.executionId ?? '';
      await ended(id);
      return id;
    },
  },
  () => automate.close(),
);

function say(id: string) {
  return { id, type: 'core.log', config: { message: 'Packed' } };
}

async function ended(id: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const reply = await fetch(`${url}/api/v1/executions/${id}/`, { headers: { authorization: `Bearer ${TOKEN}` } });
    const { finished_at } = (await reply.json()) as { finished_at: string | null };
    if (finished_at !== null) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the execution did not end');
}
