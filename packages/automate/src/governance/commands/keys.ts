import type { CommandInput } from '../../platform/index.ts';

interface MasterKey {
  readonly version: number;
  readonly created_at: string;
  readonly retired_at: string | null;
  readonly values: number;
  readonly is_held: boolean;
}

type Call = CommandInput['call'];

const PATH = '/api/v1/master-keys/';
const WAIT_MS = 600_000;

/** Makes a new master key and waits until it wraps everything; ends with 1 when that takes too long. */
export async function keysRotate({ options, call, print, fail }: CommandInput): Promise<void> {
  const isAwaited = options.wait !== false;
  const note = (text: string): unknown => options.json === true || process.stdout.write(`${text}\n`);
  const made = await call<{ version: number; job_id: string }>(`${PATH}rotate/`, { method: 'POST', body: {} });
  note(`master key ${made.version} is in use; job ${made.job_id} wraps the rest with it`);
  const deadline = Date.now() + WAIT_MS;
  let left = await outdated(call, made.version);
  while (isAwaited && left > 0 && Date.now() < deadline) {
    note(`${left} values left`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    left = await outdated(call, made.version);
  }
  const done = 'done: the older keys wrap nothing any more, and are destroyed in ten minutes';
  print({ ...made, left }, left === 0 ? done : '');
  if (isAwaited && left > 0) fail();
}

/** Lists the master keys. */
export async function keysList({ call, print }: CommandInput): Promise<void> {
  const keys = await list(call);
  const lines = keys.map(({ version, created_at, retired_at, values, is_held }) => {
    const state = retired_at === null ? 'in use' : is_held ? `retired ${retired_at}` : 'destroyed';
    return `${String(version).padStart(3)}  ${created_at}  ${String(values).padStart(7)} values  ${state}`;
  });
  print({ results: keys }, lines.join('\n'));
}

async function list(call: Call): Promise<readonly MasterKey[]> {
  return (await call<{ results: MasterKey[] }>(PATH)).results;
}

async function outdated(call: Call, version: number): Promise<number> {
  return (await list(call)).filter((key) => key.version < version).reduce((sum, { values }) => sum + values, 0);
}
