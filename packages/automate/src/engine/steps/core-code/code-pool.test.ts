import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { childrenOf } from '../../../../e2e/support/processes.ts';
import { type CodePool, createCodePool } from './code-pool.ts';
import { type CodeProcess, startCodeProcess } from './code-process.ts';

const FOREVER = 'while (true);';
const LOST = { code: 'code_process_lost', isRetryable: true };

describe('a pool of one process for code', () => {
  let pool: CodePool;
  let started: CodeProcess[];
  beforeEach(() => {
    started = [];
    pool = createCodePool(1, async () => {
      const process = await startCodeProcess();
      started.push(process);
      return process;
    });
  });
  afterEach(() => pool.close());

  const run = (code: string, signal = new AbortController().signal) =>
    pool.run({ kind: 'run', code, input: 'null', timeoutMs: 30_000, memoryMb: 16 }, { tenantId: 'a', signal });
  const children = () => childrenOf(process.pid, 'core-code');
  const killFromOutside = () => children().map((pid) => process.kill(pid, 'SIGKILL'));
  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  it('keeps its process for the next code', async () => {
    await run('return 0');
    const [first] = children();
    expect(await run('return 1')).toMatchObject({ type: 'done', output: '1' });
    expect(children()).toEqual([first]);
  });

  it('says that a kept process was lost while it ran code, and runs the next code in another', async () => {
    await run('return 0');
    const lost = run(FOREVER).catch((error: unknown) => error);
    await until(() => started[0]?.hasBegun === true);
    killFromOutside();
    expect(await lost).toMatchObject(LOST);
    expect(await run('return 1')).toMatchObject({ type: 'done', output: '1' });
    expect(started).toHaveLength(2);
  });

  it('loses nothing with a kept process that had ended before the code began', async () => {
    await run('return 0');
    // In one turn, so that the pool cannot have been told.
    expect(killFromOutside()).toEqual([true]);
    expect(started[0]?.isAlive).toBe(true);
    expect(await run('return 1')).toMatchObject({ type: 'done', output: '1' });
    expect(started).toHaveLength(2);
  });

  it('says that a process was lost that had just been started', async () => {
    const lost = run(FOREVER).catch((error: unknown) => error);
    await until(() => children().length > 0);
    killFromOutside();
    expect(await lost).toMatchObject(LOST);
    expect(await run('return 1')).toMatchObject({ type: 'done', output: '1' });
  });

  it('does not begin what was called off while its process started, and keeps that process', async () => {
    const stop = new AbortController();
    const stopped = run(FOREVER, stop.signal).catch((error: unknown) => error);
    await until(() => children().length > 0);
    stop.abort(new Error('called off'));
    expect(await stopped).toEqual(new Error('called off'));
    expect(await run('return 1')).toMatchObject({ type: 'done', output: '1' });
    expect(started).toHaveLength(1);
  });
});
