import { availableParallelism } from 'node:os';
import { StepError } from '../step-error.ts';
import type { Answer, Request } from './child/messages.ts';
import { type CodeProcess, startCodeProcess } from './code-process.ts';
import { FairQueue } from './fair-queue.ts';

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
  const queue = new FairQueue(size);
  const processes = new KeptProcesses(start);
  return {
    async run(request, { tenantId, signal }) {
      await queue.enter(tenantId, signal);
      try {
        return await processes.run(request, signal);
      } finally {
        queue.leave(tenantId);
      }
    },
    close: () => processes.close(),
  };
}

/** Processes that run one request each at a time, and are kept for the next one. */
class KeptProcesses {
  readonly #start: () => Promise<CodeProcess>;
  readonly #idle: Taken[] = [];
  readonly #all = new Set<CodeProcess>();
  #isClosed = false;

  constructor(start: () => Promise<CodeProcess>) {
    this.#start = start;
  }

  async run(request: Omit<Request, 'id'>, signal: AbortSignal | undefined): Promise<Answer> {
    const { taken, answer } = await this.#ask(request, signal);
    taken.runs += 1;
    const isFaulty = answer.type === 'failed' && answer.code !== 'code_error' && answer.code !== 'code_output_invalid';
    if (isFaulty || this.#isClosed || taken.runs >= MAXIMUM_RUNS) taken.process.kill();
    else this.#idle.push(taken);
    return answer;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const ending = [...this.#all];
    for (const process of ending) process.kill();
    await Promise.all(ending.map(({ ended }) => ended));
  }

  async #ask(request: Omit<Request, 'id'>, signal: AbortSignal | undefined): Promise<{ taken: Taken; answer: Answer }> {
    for (;;) {
      const taken = await this.#take();
      if (signal?.aborted) {
        this.#idle.push(taken);
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

  async #take(): Promise<Taken> {
    for (let found = this.#idle.pop(); found; found = this.#idle.pop()) if (found.process.isAlive) return found;
    const process = await this.#start();
    if (this.#isClosed) process.kill();
    this.#all.add(process);
    void process.ended.then(() => this.#all.delete(process));
    return { process, runs: 0 };
  }
}
