import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { type Cluster, startCluster } from '../../tools/postgres-cluster.ts';

/** The PostgreSQL server of one run of a benchmark. */
export interface Postgres {
  /** Makes an empty database and returns its URL. */
  createDatabase(name: string): Promise<string>;
  dropDatabase(name: string): Promise<void>;
  /** Microseconds of CPU of all server processes; undefined where the system does not tell (not Linux, or not this machine). */
  cpuMicros(): number | undefined;
  stop(): Promise<void>;
}

/** `/proc` counts in hundredths of a second. */
const MICROS_PER_TICK = 10_000;

/** A server of our own, with durable commits as shipped; or the one that TEST_DATABASE_URL names. */
export async function startPostgres(): Promise<Postgres> {
  const given = process.env.TEST_DATABASE_URL;
  const cluster: Pick<Cluster, 'url' | 'stop'> = given ? { url: given, stop: async () => undefined } : await startCluster();
  const client = new pg.Client({ connectionString: cluster.url });
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const postmaster = statOf(rows[0]?.pid ?? 0)?.parent;
  const databases = new Set<string>();

  async function dropDatabase(name: string): Promise<void> {
    await client.query(`drop database if exists ${name} with (force)`);
    databases.delete(name);
  }

  return {
    async createDatabase(name) {
      await dropDatabase(name);
      await client.query(`create database ${name}`);
      databases.add(name);
      const url = new URL(cluster.url);
      url.pathname = `/${name}`;
      return url.href;
    },
    dropDatabase,
    cpuMicros: () => (postmaster === undefined ? undefined : cpuOf(postmaster)),
    async stop() {
      for (const name of databases) await dropDatabase(name);
      await client.end();
      await cluster.stop();
    },
  };
}

/** CPU of the postmaster, of those of its children that live, and of those it has buried. */
function cpuOf(postmaster: number): number {
  let ticks = 0;
  for (const entry of readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) ? statOf(Number(entry)) : undefined;
    if (!stat) continue;
    if (stat.pid === postmaster) ticks += stat.own + stat.buried;
    else if (stat.parent === postmaster) ticks += stat.own;
  }
  return ticks * MICROS_PER_TICK;
}

/** See proc(5), `/proc/pid/stat`: ppid is field 4, utime to cstime are fields 14 to 17. */
function statOf(pid: number): { pid: number; parent: number; own: number; buried: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const at = (number: number): number => fields[number - 3] ?? 0;
    return { pid, parent: at(4), own: at(14) + at(15), buried: at(16) + at(17) };
  } catch {
    return undefined;
  }
}
