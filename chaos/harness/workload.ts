/** What the executions of most scenarios do: a decision, a branch not taken, a parallel pair with a call and a sleep, a join, and a last call. */
export function graph(sinkUrl: string): object {
  const node = (id: string, type: string, config: object) => ({ id, type, config });
  const call = (id: string) =>
    node(id, 'http.request', { method: 'POST', url: `${sinkUrl}/${id}`, json: { key: '{{ steps.make.output.key }}' } });
  return {
    nodes: [
      node('if', 'logic.if', { condition: { '!!': [{ var: 'event.payload.key' }] } }),
      node('never', 'core.log', { message: 'not reached' }),
      node('make', 'core.transform', { template: { key: '{{ event.payload.key }}' } }),
      call('call'),
      node('nap', 'core.sleep', { seconds: 0.05 }),
      node('join', 'core.transform', { template: { status: '{{ steps.call.output.status }}' } }),
      call('last'),
    ],
    edges: [
      { source: 'if', target: 'never', condition: 'false' },
      { source: 'if', target: 'make', condition: 'true' },
      { source: 'make', target: 'call' },
      { source: 'make', target: 'nap' },
      { source: 'call', target: 'join' },
      { source: 'nap', target: 'join' },
      { source: 'join', target: 'last' },
    ],
  };
}

/** Steps stored by an execution of {@link graph}. */
export const NODES = 7;
/** Its steps that call the outside. */
export const EFFECTS: readonly string[] = ['call', 'last'];
