// Ours: authentication, limits, a budget, and the log of calls, all on.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openProduct, TOKEN } from '../harness/product.ts';
import { serveRemote } from '../harness/remote.ts';

const { automate } = await openProduct({ hasWorker: false });
const url = await automate.listen();
const call = async (path: string, body: object) => {
  const reply = await fetch(`${url}/api/v1/${path}/`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  return (await reply.json()) as { id: string };
};
await call('providers', {
  slug: 'vendor',
  kind: 'openai-compatible',
  config: { base_url: process.env.UPSTREAM },
  api_key: 'sk-vendor-key',
});
await call('endpoints', { slug: 'bench', targets: [{ provider: 'vendor', model: 'bench' }] });
await call('gateway/budgets', { name: 'Requests', scope: 'tenant', metric: 'requests', period: 'minute', amount: '100000000' });
await call('gateway/budgets', { name: 'Tokens', scope: 'tenant', metric: 'tokens', period: 'month', amount: '1000000000000' });

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

serveRemote(
  {
    url: async () => `${url}/v1`,
    rss: async () => {
      // What is only not yet collected has not grown.
      collectGarbage();
      collectGarbage();
      return process.memoryUsage.rss();
    },
    logged: async () => {
      const { rows } = await automate.db.query<{ count: number }>('select count(*) as count from gateway.calls');
      return Number(rows[0]?.count);
    },
  },
  () => automate.close(),
);
