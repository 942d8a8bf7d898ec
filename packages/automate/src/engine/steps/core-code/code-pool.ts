import { availableParallelism } from 'node:os';
import { StepError } from '../step-error.ts';
import type { Answer, Request } from './child/messages.ts';
import { type CodeProcess, startCodeProcess } from './code-process.ts';

/** Runs code in processes that are kept for the next one. */
export interface CodePool {
  /**
   * Waits for a free process, those of tenants with the fewest running first.
   * @throws StepError `code_timeout`, `code_process_lost`; the signal's reason
   */
  run(request: Omit<Request, 'id'>, options: { readonly tenantId: string; readonly signal?: AbortSignal }): Promise<Answer>;
  /** Ends the processes. */
  close(): Promise<void>;
}

interface Taken {
  readonly process: CodeProcess;
  runs: number;
}

const MAXIMUM_PROCESSES = 4;
/** What an interpreter loses in a while, however little, goes with its process. */
const MAXIMUM_RUNS = 500;

export function createCodePool(size = Math.min(MAXIMUM_PROCESSES, availableParallelism()), start = startCodeProcess): CodePool {
  const idle: Taken[] = [];
  const all = new Set<CodeProcess>();
  const waiting: { readonly tenantId: string; start(): void }[] = [];
  const busy = new Map<string, number>();
  let count = 0;
  let isClosed = false;

  function next(): void {
    if (count >= size || waiting.length === 0) return;
    const loads = waiting.map(({ tenantId }) => busy.get(tenantId) ?? 0);
    const [chosen] = waiting.splice(loads.indexOf(Math.min(...loads)), 1);
    chosen?.start();
  }

  function enter(tenantId: string, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        waiting.splice(waiting.indexOf(entry), 1);
        reject(signal?.reason);
      };
      const entry = {
        tenantId,
        start() {
          signal?.removeEventListener('abort', stop);
          count += 1;
          busy.set(tenantId, (busy.get(tenantId) ?? 0) + 1);
          resolve();
        },
      };
      if (signal?.aborted) return reject(signal.reason);
      signal?.addEventListener('abort', stop, { once: true });
      waiting.push(entry);
      next();
    });
  }

  function leave(tenantId: string): void {
    count -= 1;
    const left = (busy.get(tenantId) ?? 1) - 1;
    if (left > 0) busy.set(tenantId, left);
    else busy.delete(tenantId);
    next();
  }

  async function ask(request: Omit<Request, 'id'>, signal: AbortSignal | undefined): Promise<{ taken: Taken; answer: Answer }> {
    for (;;) {
      const taken = await take();
      if (signal?.aborted) {
        idle.push(taken);
        throw signal.reason;
      }
      try {
        return { taken, answer: await taken.process.ask(request, signal) };
      } catch (error) {
        // One that was kept may have ended without our having been told: as long as nothing has run, another one can.
        const isUntouched = taken.runs > 0 && !taken.process.hasBegun;
        if (!isUntouched || !(error instanceof StepError) || error.code !== 'code_process_lost') throw error;
      }
    }
  }

  async function take(): Promise<Taken> {
    for (let found = idle.pop(); found; found = idle.pop()) if (found.process.isAlive) return found;
    const process = await start();
    if (isClosed) process.kill();
    all.add(process);
    void process.ended.then(() => all.delete(process));
    return { process, runs: 0 };
  }

  return {
    async run(request, { tenantId, signal }) {
      await enter(tenantId, signal);
      try {
        const { taken, answer } = await ask(request, signal);
        taken.runs += 1;
        const isFaulty = answer.type === 'failed' && answer.code !== 'code_error' && answer.code !== 'code_output_invalid';
        if (isFaulty || isClosed || taken.runs >= MAXIMUM_RUNS) taken.process.kill();
        else idle.push(taken);
        return answer;
      } finally {
        leave(tenantId);
      }
    },
    async close() {
      isClosed = true;
      const ending = [...all];
      for (const process of ending) process.kill();
      await Promise.all(ending.map(({ ended }) => ended));
    },
  };
}
