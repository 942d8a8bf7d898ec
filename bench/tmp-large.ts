import { mkdtempSync } from 'node:fs';
import { WorkflowService } from 'automate/engine';
import { startPostgres } from './harness/postgres.ts';
import { openProduct, productEnvironment } from './harness/product.ts';

const kind = process.argv[2] as 'pglite';
const ITEMS = Number(process.argv[3]);
const collect = process.argv[4] === 'collect';
const pg = kind === 'pglite' ? undefined : await startPostgres();
Object.assign(
  process.env,
  productEnvironment(pg ? { url: await pg.createDatabase('x') } : { directory: mkdtempSync('/tmp/lg-') }),
);
const { automate, tenantId } = await openProduct({ hasWorker: true });
const { db, engine, policies } = automate as any;
const body = {
  nodes: [
    { id: 'a', type: 'core.transform', config: { template: { n: '{{ item }}' } } },
    { id: 'b', type: 'core.transform', config: { template: { n: '{{ steps.a.output.n }}' } } },
  ],
  edges: [{ source: 'a', target: 'b' }],
};
const service = new WorkflowService({ db, registry: engine.registry, policies, onQueued: engine.announceWork });
const w: any = await service.create({ tenantId, id: 'bench', mayPublish: true }, {
  name: 'x',
  graph: {
    nodes: [
      { id: 'loop', type: 'flow.foreach', config: { items: '{{ event.payload.items }}', concurrency: 100, collect, body } },
    ],
    edges: [],
  },
  triggers: [],
} as any);
const id = (await automate.run(w.slug, { items: Array.from({ length: ITEMS }, (_, i) => i) }, { tenantId } as any)) as any;
console.log(JSON.stringify(id).slice(0, 200));
const began = Date.now();
for (;;) {
  await new Promise((f) => setTimeout(f, 1000));
  const { rows } = await automate.db.query<any>(
    `select status, (select count(*) from step_runs where execution_id=executions.id) as n, error from executions order by id desc limit 1`,
  );
  console.log(((Date.now() - began) / 1000).toFixed(1), JSON.stringify(rows[0]), Math.round(process.memoryUsage().rss / 1e6));
  if (!['running', 'queued'].includes(rows[0].status)) break;
  if (Date.now() - began > 40_000) break;
}
await automate.close();
await pg?.stop();
process.exit(0);
