import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cluster, startCluster } from '../../tools/postgres-cluster.ts';
import { databaseAt } from '../harness/databases.ts';
import { type Experiment, experiment } from '../harness/experiment.ts';
import { startLoad } from '../harness/load.ts';
import { notRun, pause, type Scenario } from '../harness/scenario.ts';
import { graph } from '../harness/workload.ts';

const MEGABYTES = 192;

export const scenario: Scenario = {
  name: 'disk-full',
  injects: `PostgreSQL's files are on a disk of ${MEGABYTES} MB that fills up under load, and is then freed`,
  passes: 'requests are refused with 503 or 507 and never acknowledged falsely; no process ends; all goes on by itself',
  databases: ['postgres'],
  async run(options) {
    const directory = mkdtempSync(join(tmpdir(), 'automate-small-disk-'));
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${MEGABYTES}m`, 'tmpfs', directory], { encoding: 'utf8' });
    if (mounted.status !== 0) {
      rmSync(directory, { recursive: true, force: true });
      return notRun(`a small disk cannot be mounted (needs root): ${(mounted.stderr ?? '').trim()}`);
    }
    chmodSync(directory, 0o755);
    const flags = ['-c', 'max_wal_size=48MB', '-c', 'min_wal_size=32MB', '-c', 'shared_buffers=16MB'];
    let cluster: Cluster | undefined;
    try {
      cluster = await startCluster({ directory: join(directory), flags });
      const small = cluster;
      return await experiment({ ...options, database: databaseAt(cluster.url) }, (given) => fillUp(given, small, directory));
    } finally {
      await cluster?.stop().catch(() => undefined);
      spawnSync('umount', [directory]);
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

async function fillUp(given: Experiment, cluster: Cluster, directory: string) {
  const { fleet, sink, ledger, faults, expect } = given;
  await fleet.startServer({ args: ['serve', '--migrate'] });
  await fleet.startWorker();
  await given.createWorkflow(graph(sink.url));
  const load = startLoad({ fleet, ledger, perSecond: 40 });
  await pause(5_000);
  const at = Date.now();
  const ballast = join(directory, 'ballast');
  // What a checkpoint frees meanwhile is taken too.
  for (let second = 0; second < 20; second += 1) {
    takeRest(ballast);
    await pause(1_000);
  }
  const refused = [...load.answers].filter(([status]) => status !== 202);
  rmSync(ballast);
  // A server that cannot write its log ends: a supervisor starts it again, until it comes up.
  const isUp = async () => (await given.call('GET', '/health/ready/').catch(() => undefined))?.status === 200;
  const freedAt = Date.now();
  await pause(1_000);
  if (!(await isUp())) await cluster.start().catch(() => undefined);
  while (!(await isUp())) {
    if (Date.now() - freedAt > 60_000) throw new Error('not ready a minute after the disk had room again');
    await pause(100);
  }
  const ready = (Date.now() - freedAt) / 1_000;
  faults.add({ at, until: Date.now(), held: undefined });
  await pause(5_000);
  await load.stop();
  expect(refused.length > 0, 'the disk was not full');
  expect(
    refused.every(([status]) => status === 503 || status === 507),
    `answers by status while it was full: ${JSON.stringify(refused)}`,
  );
  const drained = await given.drain(120);
  const requests = refused.reduce((sum, [, count]) => sum + count, 0);
  return { figures: { refused_requests: requests, ready_seconds: ready, drain_seconds: drained } };
}

/** Adds to a file until its disk is full. */
function takeRest(path: string): void {
  const file = openSync(path, 'a');
  try {
    for (let size = 2 ** 20; size >= 2 ** 12; size /= 2) while (hasWritten(file, Buffer.alloc(size)));
  } finally {
    closeSync(file);
  }
}

function hasWritten(file: number, bytes: Buffer): boolean {
  try {
    return writeSync(file, bytes) === bytes.length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}
