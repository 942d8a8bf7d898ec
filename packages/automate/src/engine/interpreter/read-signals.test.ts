import { expect, it } from 'vitest';
import { z } from 'zod';
import { createLogger, newId, systemClock } from '../../kernel/index.ts';
import { planGraph } from '../graph/plan.ts';
import type { JournalEntry } from '../journal/journal.ts';
import type { Signal } from '../records/execution.ts';
import { defineStep } from '../steps/define-step.ts';
import { builtInSteps, createStepRegistry } from '../steps/registry.ts';
import { interpret } from './interpret.ts';

/** Runs a step that waits for a signal beside one that ends when it is told to; every moment is the test's. */
function start() {
  const executionId = newId();
  const slow = Promise.withResolvers<void>();
  const stored = Promise.withResolvers<void>();
  const entries: JournalEntry[] = [];
  const looks: ((signals: readonly Signal[]) => void)[] = [];
  let tell: () => void = () => undefined;
  const slowStep = defineStep({
    type: 'test.slow',
    description: '',
    config: z.strictObject({}),
    async run() {
      await slow.promise;
      return { output: null };
    },
  });
  const registry = createStepRegistry({ outbound: undefined as never, codePool: undefined, steps: [...builtInSteps, slowStep] });
  const graph = {
    nodes: [
      { id: 'wait', type: 'core.wait_for_signal', config: { name: 'go' } },
      { id: 'slow', type: 'test.slow', config: {} },
    ],
    edges: [],
  };
  const running = interpret({
    job: { lease: { jobId: executionId, owner: 'test', epoch: 1 }, attempts: 1 },
    context: {
      signal: new AbortController().signal,
      isDraining: () => false,
      onNotified(callback) {
        tell = callback;
        return () => undefined;
      },
      progress: () => undefined,
      publish: () => undefined,
      logger: createLogger({ level: 'silent' }),
    },
    execution: {
      id: executionId,
      tenantId: newId(),
      versionId: newId(),
      traceId: 'test',
      event: {},
      parentId: null,
      ending: undefined,
      error: null,
      startedAt: new Date(),
      depth: 0,
      hops: 0,
      isErrorWorkflow: false,
      rootId: executionId,
      statusSeq: 0,
    },
    plan: planGraph(graph as never, registry),
    settings: {},
    limits: { stepBytes: 1_000, executionBytes: 10_000 },
    storedBytes: 0,
    journal: {
      async append(entry) {
        entries.push(entry);
        if (entry.job) await stored.promise;
        return true;
      },
    },
    secrets: {} as never,
    policies: { requireStep: () => undefined } as never,
    effects: {} as never,
    clock: systemClock,
    children: {} as never,
    history: async () => [],
    emitter: {} as never,
    linkOf: () => '',
    onStep: () => undefined,
    onParked: () => undefined,
    stored: [],
    signals: [],
    news: () => new Promise((resolve) => looks.push((signals) => resolve({ signals, ending: undefined }))),
  });
  const outcomes = () => entries.flatMap(({ job }) => job?.type ?? []);
  const signal: Signal = { id: newId(), executionId, name: 'go', data: 'heard' };
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { running, slow, stored, looks, outcomes, signal, turn, tell: () => tell() };
}

it('an execution is not left while somebody looks at what was said to it', async () => {
  const { running, slow, stored, looks, outcomes, signal, turn, tell } = start();
  await turn();
  tell();
  slow.resolve();
  await turn();
  expect(outcomes()).toEqual([]);
  looks[0]?.([signal]);
  await turn();
  stored.resolve();
  await running;
  expect(outcomes()).toEqual(['succeeded']);
});

it('it is left when nothing was said', async () => {
  const { running, slow, stored, looks, outcomes, turn, tell } = start();
  await turn();
  tell();
  slow.resolve();
  await turn();
  looks[0]?.([]);
  stored.resolve();
  await running;
  expect(outcomes()).toEqual(['scheduled']);
});

it('once it is being left, nobody looks: what is said stays for the next claim', async () => {
  const { running, slow, stored, looks, outcomes, turn, tell } = start();
  await turn();
  slow.resolve();
  await turn();
  expect(outcomes()).toEqual(['scheduled']);
  tell();
  stored.resolve();
  await running;
  expect(looks).toEqual([]);
});
