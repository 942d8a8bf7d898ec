import { expect, test } from 'vitest';
import { diffOf } from './diff.ts';

const say = (message: string) => ({ id: 'say', type: 'core.log', config: { message, level: 'info' }, position: { x: 1, y: 1 } });
const loop = (inner: unknown) => ({
  id: 'each',
  type: 'flow.foreach',
  config: { items: [1], body: { nodes: [inner], edges: [] } },
});
const version = (nodes: unknown[], edges: unknown[] = [], rest = {}) => ({
  graph: { nodes, edges },
  triggers: [],
  settings: {},
  ...rest,
});

test('tells steps, ways, triggers and settings apart, those of loops too', () => {
  const before = version([say('a'), loop(say('x')), { id: 'old', type: 'core.log' }], [{ source: 'say', target: 'each' }]);
  const after = version(
    [{ ...say('b'), position: { x: 9, y: 9 } }, loop(say('y')), { id: 'new', type: 'core.log' }],
    [{ source: 'say', target: 'each', condition: 'error' }],
    { triggers: [{ type: 'manual' }], settings: { timeout_seconds: 5 } },
  );
  expect(diffOf(before, after)).toEqual({
    nodes: [
      { kind: 'changed', name: 'say', parts: [{ pointer: '/config/message', from: 'a', to: 'b' }] },
      { kind: 'changed', name: 'each/say', parts: [{ pointer: '/config/message', from: 'x', to: 'y' }] },
      { kind: 'removed', name: 'old', parts: [] },
      { kind: 'added', name: 'new', parts: [] },
    ],
    edges: [
      { kind: 'removed', name: 'say → each', parts: [] },
      { kind: 'added', name: 'say → each (error)', parts: [] },
    ],
    other: [
      { kind: 'added', name: 'triggers/0', parts: [] },
      { kind: 'added', name: 'timeout_seconds', parts: [] },
    ],
  });
  expect(diffOf(before, before)).toEqual({ nodes: [], edges: [], other: [] });
});
