import type { TestServer } from '../../src/testing/index.ts';
import { type Execution, eventually } from './executions.ts';
import type { ScriptedSink } from './scripted-sink.ts';

/** Nodes and edges of graphs in tests. */
export const log = (id: string, more: object = {}) => ({ id, type: 'core.log', config: { message: id }, ...more });
export const set = (id: string, template: object, more: object = {}) => ({
  id,
  type: 'core.transform',
  config: { template },
  ...more,
});
export const nap = (id: string, seconds: number, more: object = {}) => ({ id, type: 'core.sleep', config: { seconds }, ...more });
export const wait = (id: string, name = id, more: object = {}) => ({
  id,
  type: 'core.wait_for_signal',
  config: { name },
  ...more,
});
export const edge = (source: string, target: string, condition?: string) => ({ source, target, ...(condition && { condition }) });
export const once = { retry: { attempts: 1 } };

export const callOf =
  (sink: ScriptedSink) =>
  (id: string, path: string, more: object = {}, config: object = {}) => ({
    id,
    type: 'http.request',
    config: { method: 'POST', url: `${sink.url}${path}`, ...config },
    ...more,
  });

/** What a test does with executions that are under way. */
export function handleOf(server: TestServer) {
  const get = async (id: string) => (await server.call<Execution>('GET', `/api/v1/executions/${id}/`)).body;
  return {
    get,
    async start(workflow: string, input: object = {}): Promise<string> {
      const reply = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${workflow}/run/`, { input });
      if (reply.status !== 202) throw new Error(`run refused: ${JSON.stringify(reply.body)}`);
      return reply.body.execution_id;
    },
    cancel: (id: string) => server.call<{ code: string; ending: string }>('POST', `/api/v1/executions/${id}/cancel/`),
    signal: (id: string, name: string, data: object = {}) =>
      server.call<{ code: string }>('POST', `/api/v1/executions/${id}/signal/`, { name, data }),
    replay: (id: string, body: object) =>
      server.call<{ execution_id: string; code: string; errors: { pointer: string; code: string }[] }>(
        'POST',
        `/api/v1/executions/${id}/replay/`,
        body,
      ),
    /** Resolves once the execution has this status. */
    reaches: (id: string, status: string) =>
      eventually(
        () => get(id),
        (execution) => execution.status === status,
      ),
    /** Resolves once a step has this status; the first of its path in loops. */
    stepReaches: (id: string, node: string, status: string) =>
      eventually(
        () => get(id),
        ({ steps }) => steps.some((step) => step.node === node && step.status === status),
      ),
    /** The executions that one has started, once there are so many. */
    children: (id: string, count = 1) =>
      eventually(
        async () =>
          (await server.call<{ results: Execution[] }>('GET', `/api/v1/executions/?parent_execution_id=${id}&limit=100`)).body
            .results,
        (found) => found.length >= count,
      ),
  };
}
