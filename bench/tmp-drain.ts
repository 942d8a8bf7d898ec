import { mkdtempSync } from 'node:fs';
import { startPostgres } from './harness/postgres.ts';
import { productEnvironment } from './harness/product.ts';
import { startRemote } from './harness/remote.ts';

const count = Number(process.argv[2] ?? 20000);
const prof = process.argv[3];
const kind = process.argv[4] ?? 'postgres';
const pg = await startPostgres();
for (let i = 0; i < 2; i++) {
  const place = kind === 'pglite' ? { directory: mkdtempSync('/tmp/d-') } : { url: await pg.createDatabase('x') };
  const remote = await startRemote(new URL('./engine/drain-process.ts', import.meta.url), {
    environment: productEnvironment(place),
    profileDirectory: i === 1 ? prof : undefined,
  });
  await remote.call('queue', { count, kind: process.env.KIND ?? 'call' });
  let c: any;
  if (process.env.STAT) {
    const { Client } = (await import('pg')).default;
    c = new Client({ connectionString: (place as any).url });
    await c.connect();
    await c.query('create extension if not exists pg_stat_statements; select pg_stat_statements_reset()');
  }
  const before = pg.cpuMicros()!;
  const d: any = await remote.call('drain', count);
  console.log(
    (count / d.seconds).toFixed(0),
    '/s node',
    (d.nodeCpuMicros / count).toFixed(0),
    'pg',
    ((pg.cpuMicros()! - before) / count).toFixed(0),
  );
  if (process.env.STAT && kind !== 'pglite') {
    console.table(
      (
        await c.query(
          `select calls, round(total_exec_time) as ms, rows, left(regexp_replace(query, '\\s+', ' ', 'g'), 90) as q from pg_stat_statements order by 2 desc limit 12`,
        )
      ).rows,
    );
    await c.end();
  }
  await remote.stop();
  if (kind !== 'pglite') await pg.dropDatabase('x');
}
await pg.stop();
process.exit(0);
