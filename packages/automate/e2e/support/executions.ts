import type { z } from 'zod';
import type { ExecutionDetail } from '../../src/engine/index.ts';
import type { TestServer } from '../../src/testing/index.ts';

export type Execution = z.output<typeof ExecutionDetail>;
type Node = { id: string; type: string; config?: object; [more: string]: unknown };
type Edge = { source: string; target: string; condition?: string };

const ENDED = ['succeeded', 'failed', 'cancelled'];

/** Asks until it holds; fails with the last answer after the time given. */
export async function eventually<T>(ask: () => Promise<T>, holds: (answer: T) => boolean, timeoutMs = 20_000): Promise<T> {
  const began = Date.now();
  const deadline = began + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`still not so after ${timeoutMs} ms: ${JSON.stringify(answer)?.slice(0, 2_000)}`);
    // What takes long is asked for less often: each answer takes time of the processor that it may wait for.
    await new Promise((resolve) => setTimeout(resolve, Math.min(25 + (Date.now() - began) / 20, 100)));
  }
}

export async function createWorkflow(server: TestServer, nodes: Node[], edges: Edge[] = [], extra: object = {}): Promise<string> {
  const reply = await server.call<{ id: string }>('POST', '/api/v1/workflows/', {
    name: 'Test',
    graph: { nodes, edges },
    ...extra,
  });
  if (reply.status !== 201) throw new Error(`workflow refused: ${JSON.stringify(reply.body)}`);
  return reply.body.id;
}

/** Runs a workflow by hand and resolves with the ended execution. */
export async function runWorkflow(server: TestServer, id: string, input: object = {}): Promise<Execution> {
  const reply = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${id}/run/`, { input });
  if (reply.status !== 202) throw new Error(`run refused: ${JSON.stringify(reply.body)}`);
  return waitForExecution(server, reply.body.execution_id);
}

export async function waitForExecution(server: TestServer, id: string, timeoutMs = 20_000): Promise<Execution> {
  return eventually(
    async () => (await server.call<Execution>('GET', `/api/v1/executions/${id}/`)).body,
    (execution) => ENDED.includes(execution.status),
    timeoutMs,
  );
}

/** The steps of an execution by node id. */
export function stepsOf(execution: Execution): Record<string, Execution['steps'][number]> {
  return Object.fromEntries(execution.steps.map((step) => [step.node, step]));
}
