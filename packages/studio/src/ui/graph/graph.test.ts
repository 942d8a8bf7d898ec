import { describe, expect, it } from 'vitest';
import { drawnGraph, toGraphPath } from './drawn-graph.ts';
import { layOut } from './layout.ts';
import { nextStep } from './next-step.ts';

const body = {
  nodes: [
    { id: 'say', type: 'core.log', config: {} },
    { id: 'last', type: 'core.log' },
  ],
  edges: [{ source: 'say', target: 'last' }],
};
const graph = {
  nodes: [
    { id: 'end', type: 'core.log', config: {} },
    { id: 'each', type: 'flow.foreach', name: 'For each line', config: { items: [], body } },
    { id: 'ask', type: 'logic.if' },
    { id: 'no', type: 'core.log' },
  ],
  edges: [
    { source: 'ask', target: 'each', condition: 'true' },
    { source: 'ask', target: 'no', condition: 'false' },
    { source: 'each', target: 'end' },
    { source: 'each', target: 'nowhere' },
  ],
};

describe('a graph that is drawn', () => {
  const drawn = drawnGraph(graph);
  const boxes = layOut(drawn);

  it('has its steps in the order in which they may run, bodies below their loop', () => {
    expect(drawn.steps.map(({ path }) => path)).toEqual(['ask', 'each', 'each/say', 'each/last', 'no', 'end']);
    expect(drawn.steps.find(({ path }) => path === 'each')).toMatchObject({ name: 'For each line', isGroup: true });
  });

  it('has no edges to what is not there', () => {
    expect(drawn.edges.map(({ from, to }) => `${from} ${to}`)).toEqual(['ask each', 'ask no', 'each end', 'each/say each/last']);
  });

  it('has a place for each, inside its group, and none over another', () => {
    const each = boxes.get('each');
    const say = boxes.get('each/say');
    expect(boxes.size).toBe(6);
    expect((say?.x ?? 0) + (say?.width ?? 0)).toBeLessThan(each?.width ?? 0);
    expect(boxes.get('end')?.y).toBeGreaterThan((each?.y ?? 0) + (each?.height ?? 0));
    expect(boxes.get('ask')?.y).toBeLessThan(each?.y ?? 0);
  });

  it('is walked through by arrows', () => {
    const walk = (from: string, ...keys: string[]) =>
      keys.reduce((at, key) => nextStep(drawn, boxes, at, `Arrow${key}`) ?? at, from);
    expect(walk('each', 'Down')).toBe('each/say');
    expect(walk('each', 'Down', 'Down', 'Down')).toBe('end');
    expect(walk('each/say', 'Up')).toBe('each');
    expect(walk('end', 'Up', 'Up')).toBe('ask');
    expect([walk('each', 'Left'), walk('each', 'Right')]).toContain('no');
  });

  it('is drawn although it goes in a circle or holds what is no graph', () => {
    const edges = [
      { source: 'a', target: 'b' },
      { source: 'b', target: 'a' },
      { source: 'a', target: 'a' },
    ];
    const odd = drawnGraph({
      nodes: [
        { id: 'a', type: 'x', config: { body: { nodes: [3] } } },
        { id: 'b', type: 'y' },
      ],
      edges,
    });
    expect([...layOut(odd).keys()]).toEqual(['a', 'b']);
  });
});

it('steps of an execution lead to their place in the graph', () => {
  expect(['a', 'outer/inner:3/say', 'a:1/b:22/c'].map(toGraphPath)).toEqual(['a', 'outer/inner/say', 'a/b/c']);
});
