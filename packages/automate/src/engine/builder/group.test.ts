import { expect, it } from 'vitest';
import { planGraph } from '../graph/plan.ts';
import { Graph } from '../schemas.ts';
import { builtInSteps, createStepRegistry } from '../steps/registry.ts';
import { ref } from './ref.ts';
import { workflow } from './workflow.ts';

it('writes groups, races and what becomes of other workflows as the API takes them', () => {
  const graph = workflow('races')
    .group(
      'pay',
      (flow) =>
        flow
          .step('charge', 'core.log', { message: 'charge' })
          .step('note', 'core.log', { message: ref('steps.charge.output.message') }),
      { timeout_seconds: 60, retry: { attempts: 2 } },
    )
    .catch((flow) => flow.step('sorry', 'core.log', { message: 'sorry' }).end())
    .parallel(
      (flow) => flow.step('wait', 'core.wait_for_signal', { name: 'paid' }),
      (flow) => flow.step('child', 'workflow.run', { workflow: 'reminder', on_parent_end: 'abandon' }, { timeout_seconds: 5 }),
    )
    .step('on', 'core.log', { message: 'on' }, { join: 'any', cancel_losers: true })
    .toJSON().graph;
  const nodes = Object.fromEntries(graph.nodes.map((node) => [node.id, node]));
  expect(nodes.pay).toMatchObject({
    type: 'flow.group',
    timeout_seconds: 60,
    retry: { attempts: 2 },
    config: { body: { nodes: [{ id: 'charge' }, { id: 'note' }] } },
  });
  expect(nodes.child?.config).toEqual({ workflow: 'reminder', on_parent_end: 'abandon' });
  expect(nodes.on).toMatchObject({ join: 'any', cancel_losers: true });
  expect(graph.edges).toContainEqual({ source: 'pay', target: 'sorry', condition: 'error' });
  const plan = planGraph(
    Graph.parse(graph),
    createStepRegistry({ outbound: undefined as never, codePool: undefined, steps: builtInSteps }),
  );
  expect(plan).toMatchObject({ isRacing: true, isInterruptible: true });
});
