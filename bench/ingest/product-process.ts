// The real server on PostgreSQL. AUTOMATE_BENCH_WORKER says whether it also dispatches and runs.
import { openProduct } from '../harness/product.ts';
import { serveRemote } from '../harness/remote.ts';

const { automate } = await openProduct({ hasWorker: process.env.AUTOMATE_BENCH_WORKER === 'true' });
const address = await automate.listen();

serveRemote(
  {
    url: async () => `${address}/api/v1/events/`,
    async count() {
      const { rows } = await automate.db.query<{ count: number }>('select count(*) as count from events');
      return rows[0]?.count;
    },
  },
  () => automate.close(),
);
