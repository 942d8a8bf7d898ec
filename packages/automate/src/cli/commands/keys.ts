import { callServer } from '../client.ts';

interface MasterKey {
  readonly version: number;
  readonly created_at: string;
  readonly retired_at: string | null;
  readonly values: number;
  readonly is_held: boolean;
}

const PATH = '/api/v1/master-keys/';
const WAIT_MS = 600_000;

/** Makes a new master key and waits until it wraps everything. */
export async function keysRotate(options: { json?: boolean; wait?: boolean }): Promise<void> {
  const { reply } = await callServer<{ version: number; job_id: string }>(`${PATH}rotate/`, { method: 'POST', body: {} });
  if (!options.json) process.stdout.write(`master key ${reply.version} is in use; job ${reply.job_id} wraps the rest with it\n`);
  const deadline = Date.now() + WAIT_MS;
  let left = await outdated(reply.version);
  while (options.wait !== false && left > 0 && Date.now() < deadline) {
    if (!options.json) process.stdout.write(`${left} values left\n`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    left = await outdated(reply.version);
  }
  if (options.json) process.stdout.write(`${JSON.stringify({ ...reply, left })}\n`);
  else if (left === 0) process.stdout.write('done: the older keys wrap nothing any more, and are destroyed in ten minutes\n');
  if (options.wait !== false && left > 0) process.exitCode = 1;
}

/** Lists the master keys. */
export async function keysList(options: { json?: boolean }): Promise<void> {
  const keys = await list();
  if (options.json) return void process.stdout.write(`${JSON.stringify({ results: keys })}\n`);
  for (const { version, created_at, retired_at, values, is_held } of keys) {
    const state = retired_at === null ? 'in use' : is_held ? `retired ${retired_at}` : 'destroyed';
    process.stdout.write(`${String(version).padStart(3)}  ${created_at}  ${String(values).padStart(7)} values  ${state}\n`);
  }
}

async function list(): Promise<readonly MasterKey[]> {
  return (await callServer<{ results: MasterKey[] }>(PATH)).reply.results;
}

async function outdated(version: number): Promise<number> {
  return (await list()).filter((key) => key.version < version).reduce((sum, { values }) => sum + values, 0);
}
