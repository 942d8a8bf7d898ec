/**
 * Configurations with which a step type compiles: between them they hold every field that the type has. A new step type stands here
 * too, or the tests that go through all fields of all types fail.
 */
export const stepSamples: Readonly<Record<string, readonly Record<string, unknown>[]>> = {
  'core.log': [{ message: 'x', level: 'info' }],
  'core.transform': [{ template: { a: 'x' } }, { logic: 1 }],
  'core.set': [{ values: { a: 'x' } }],
  'core.filter': [{ condition: true }],
  'core.code': [{ code: 'return 1', input: {}, timeout_ms: 1_000, memory_mb: 32 }],
  'core.sleep': [{ seconds: 0 }, { until: '2026-01-01T00:00:00Z' }],
  'core.wait_for_signal': [{ name: 'go', timeout_seconds: 1, schema: { type: 'object' } }],
  'core.wait_for_event': [{ event_type: 'a.b', match: { '==': [{ var: 'payload.a' }, 1] }, since: 'now', timeout_seconds: 1 }],
  'core.emit': [{ event_type: 'a.b', payload: { a: 'x' }, source: 'x' }],
  'core.approval': [{ title: 'x', description: 'x', schema: { type: 'object' }, timeout_seconds: 1 }],
  'logic.if': [{ condition: true }],
  'logic.switch': [{ value: 'a', cases: ['a'] }],
  'flow.foreach': [{ items: [], concurrency: 1, on_item_error: 'fail', collect: true }],
  'flow.while': [{ condition: false, maximum_iterations: 1 }],
  'flow.group': [{}],
  'workflow.run': [{ workflow: 'child', version: 1, input: { a: 'x' }, wait: true, on_parent_end: 'cancel' }],
  'agent.run': [
    {
      model: 'demo/demo',
      system: 'x',
      prompt: 'x',
      tools: [{ name: 'note', description: 'x', type: 'core.log', approval: { title: 'x' } }],
      max_turns: 5,
      max_tokens: 10_000,
      max_cost_usd: 1,
      on_limit: 'answer',
      on_tool_error: 'report',
      parallel_calls: 5,
      tool_output_characters: 1_000,
      temperature: 0,
      max_output_tokens: 1_000,
    },
  ],
  'http.request': [
    {
      method: 'POST',
      url: 'https://api.example.com/',
      headers: { a: 'x' },
      query: { a: 'x' },
      json: { a: 'x' },
      timeout_seconds: 30,
      large_numbers: 'text',
    },
    { url: 'https://api.example.com/', body: 'x' },
  ],
};
