import type { Step } from 'automate-client';
import { describe, expect, it } from 'vitest';
import { loopsToRepair, planOf } from './replay-plan.ts';

const graph = {
  nodes: ['load', 'check', 'book', 'tell', 'aside'].map((id) => ({ id, type: 'core.log' })),
  edges: [
    { source: 'load', target: 'check' },
    { source: 'check', target: 'book' },
    { source: 'book', target: 'tell' },
    { source: 'load', target: 'aside' },
  ],
};
const step = (node: string, status: Step['status'], route: string | null = null) =>
  ({ node, status, route, iteration: 0 }) as Step;
const steps = [
  step('load', 'succeeded'),
  step('check', 'succeeded'),
  step('book', 'failed'),
  step('tell', 'skipped'),
  step('aside', 'succeeded'),
];
const again = (from: Parameters<typeof planOf>[1]) =>
  planOf({ graph, steps }, from)
    .filter(({ isKept }) => !isKept)
    .map(({ node }) => node)
    .toSorted();

describe('the plan of a replay', () => {
  it('runs everything from the start', () => {
    expect(again({ kind: 'start' })).toHaveLength(5);
  });

  it('runs the step and what is behind it', () => {
    expect(again({ kind: 'step', node: 'book' })).toEqual(['book', 'tell']);
    expect(again({ kind: 'step', node: 'check' })).toEqual(['book', 'check', 'tell']);
  });

  it('runs what has failed, although it is not behind the step', () => {
    expect(again({ kind: 'step', node: 'aside' })).toEqual(['aside', 'book', 'tell']);
  });

  it('offers the loops of which items have failed', () => {
    const node = (path: string, type: string, failed: number) => ({ path, type, counts: { failed } }) as never;
    const nodes = [
      node('each', 'flow.foreach', 1),
      node('each/call', 'http.request', 2),
      node('group', 'flow.group', 1),
      node('group/x', 'core.log', 1),
    ];
    expect(loopsToRepair({ nodes })).toEqual(['each']);
  });
});
