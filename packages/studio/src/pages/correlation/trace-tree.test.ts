import type { Correlation } from 'automate-client';
import { describe, expect, it } from 'vitest';
import { partsOf, requestOf, traceRows, traceTree } from './trace-tree.ts';

const at = (seconds: number) => new Date(Date.parse('2026-12-02T10:00:00Z') + seconds * 1_000).toISOString();
const step = (node: string, from: number, more: object = {}) => ({
  node,
  iteration: 0,
  type: 'core.log',
  status: 'succeeded',
  started_at: at(from),
  finished_at: at(from + 1),
  ...more,
});
const execution = (id: string, from: number, more: object = {}) => ({
  id,
  event_id: 'e1',
  workflow_name: id,
  status: 'succeeded',
  parent_execution_id: null,
  created_at: at(from),
  started_at: at(from),
  finished_at: at(from + 5),
  steps: [],
  ...more,
});
const sent = { type: 'http.request', input: { method: 'post', url: 'https://api.test/book' }, output: { status: 201 } };
const trace = {
  events: [
    {
      id: 'e1',
      event_type: 'order.paid',
      received_at: at(0),
      is_dispatched: true,
      verdicts: [{ trigger_id: 't1', workflow_name: 'Rule', decided_at: at(1), error: null }],
    },
  ],
  executions: [
    execution('child', 4, { parent_execution_id: 'one', event_id: 'e9' }),
    execution('one', 2, {
      steps: [step('call', 3, sent), step('each', 5), step('each/say', 6), step('never', 9, { started_at: null })],
    }),
    execution('alone', 9, { event_id: 'gone' }),
  ],
  jobs: [
    { id: 'one', kind: 'execution', state: 'succeeded', created_at: at(2), started_at: null, finished_at: at(9) },
    { id: 'j1', kind: 'batch', state: 'scheduled', created_at: at(20), started_at: null, finished_at: null },
  ],
  audit: [
    { id: 'a1', action: 'execution.cancel', target_id: 'one', created_at: at(7) },
    { id: 'a2', action: 'secret.rotate', target_id: 's', created_at: at(30) },
  ],
} as unknown as Correlation;

describe('a trace', () => {
  const tree = traceTree(trace);
  const shown = (without: Parameters<typeof traceRows>[1]['without'] = new Set(), closed = '') =>
    traceRows(tree, { isClosed: (key) => key === closed, without }).map(({ level, name }) => `${level} ${name}`);

  it('is a tree of what came of what, in the order of time', () => {
    expect(shown()).toEqual([
      '1 order.paid',
      '2 Rule',
      '2 one',
      '3 call',
      '4 POST api.test',
      '3 child',
      '3 each',
      '4 say [0]',
      '3 execution.cancel',
      '3 never',
      '1 alone',
      '1 batch',
      '1 secret.rotate',
    ]);
  });

  it('leaves out what is closed, and kinds that are not wanted, but not what is below them', () => {
    expect(shown(new Set(), 'execution one')).not.toContain('3 call');
    expect(shown(new Set(['step', 'rule']))).toEqual([
      '1 order.paid',
      '2 one',
      '3 POST api.test',
      '3 child',
      '3 execution.cancel',
      '1 alone',
      '1 batch',
      '1 secret.rotate',
    ]);
  });

  it('names each part once', () => {
    const keys = [...partsOf(tree)].map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('reads what was sent from the step that sent it', () => {
    expect(requestOf({ ...step('x', 1), ...sent } as never)).toEqual({
      method: 'POST',
      url: 'https://api.test/book',
      host: 'api.test',
      status: 201,
    });
    expect(requestOf({ ...step('x', 1), type: 'http.request', input: { url: 'no url' }, output: null } as never)?.host).toBe(
      'no url',
    );
    expect(requestOf(step('x', 1) as never)).toBeUndefined();
  });
});
