import { expect, it } from 'vitest';
import { builtInSteps, createStepRegistry } from '../steps/registry.ts';
import { type Plan, planGraph } from './plan.ts';
import { createProgress, type NodeEnd } from './progress.ts';
import { feedersOf, racesOf } from './races.ts';

const registry = createStepRegistry({ outbound: undefined as never, codePool: undefined, steps: builtInSteps });
const SEED = Number(process.env.AUTOMATE_TEST_SEED ?? Date.now() % 1_000_000);

/** Mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function randomPlan(random: () => number): Plan {
  const size = 3 + Math.floor(random() * 12);
  const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T;
  const nodes = Array.from({ length: size }, (_, index) => {
    const join = pick(['all', 'any', 'first_success', 'first_success'] as const);
    const cancels = join === 'all' || random() < 0.3 ? {} : { cancel_losers: random() < 0.7 };
    return { id: `n${index}`, type: 'core.log', config: { message: 'x' }, join, ...cancels };
  });
  const edges = nodes.flatMap(({ id }, index) =>
    nodes.slice(0, index).flatMap((before) => {
      if (random() > 2.2 / size) return [];
      return { source: before.id, target: id, ...(random() < 0.15 && { condition: 'error' }) };
    }),
  );
  return planGraph({ nodes, edges } as never, registry);
}

/** Steps and how they ended, in the order of that; those that were lost with it. */
interface Story {
  readonly ends: Map<string, NodeEnd>;
  readonly open: Set<string>;
  readonly passed: Set<string>;
}

/** Lets a graph run to its end in some order; returns how it stood at some moment before. */
function run(plan: Plan, random: () => number): { cut: Story; isWhole: boolean } {
  const progress = createProgress(plan);
  const open = new Set(plan.starts);
  const ends = new Map<string, NodeEnd>();
  const passed = new Set<string>();
  const copy = (): Story => ({ ends: new Map(ends), open: new Set(open), passed: new Set(passed) });
  const until = Math.floor(random() * plan.nodes.size);
  let cut = copy();
  while (open.size > 0) {
    const id = [...open][Math.floor(random() * open.size)] as string;
    const node = plan.nodes.get(id);
    if (!node) throw new Error(id);
    const hasFailed = random() < 0.3;
    const isForgiven = node.onError === 'lose_branch' || [...racesOf(plan.nodes, node)].some((join) => progress.isTaken(join.id));
    const end: NodeEnd = !hasFailed
      ? { route: undefined }
      : node.onError === 'route'
        ? 'failed'
        : isForgiven
          ? 'lost'
          : { route: undefined };
    open.delete(id);
    ends.set(id, end);
    const { ready, skipped, starved, lost } = progress.finish(id, end);
    for (const next of lost) expect(open.delete(next.id)).toBe(true);
    for (const next of [...skipped, ...lost]) {
      expect(passed.has(next.id) || ends.has(next.id) || open.has(next.id)).toBe(false);
      passed.add(next.id);
    }
    for (const next of ready) {
      expect(passed.has(next.id) || ends.has(next.id) || open.has(next.id)).toBe(false);
      open.add(next.id);
    }
    if (starved.length > 0) return { cut, isWhole: false }; // the graph fails, or its error edges are taken
    if (ends.size <= until) cut = copy();
  }
  expect([progress.remaining(), ends.size + passed.size]).toEqual([0, plan.nodes.size]);
  return { cut, isWhole: true };
}

/** Takes up what is stored, as after a crash. */
function takeUp(plan: Plan, { ends }: Story): { open: Set<string>; passed: Set<string> } {
  const progress = createProgress(plan);
  const order = new Map([...ends.keys()].map((id, index) => [id, index]));
  const queue = [...plan.starts];
  const [open, passed] = [new Set<string>(), new Set<string>()];
  while (queue.length > 0) {
    queue.sort((left, right) => (order.get(left) ?? 1e9) - (order.get(right) ?? 1e9));
    const id = queue.shift() as string;
    if (progress.isLost(id)) continue;
    const end = ends.get(id);
    if (end === undefined) {
      open.add(id);
      continue;
    }
    const { ready, skipped, lost } = progress.finish(id, end);
    for (const next of [...skipped, ...lost]) passed.add(next.id);
    queue.push(...ready.map((next) => next.id));
  }
  return { open, passed };
}

it(`decides each node once in whatever order ends come, and the same after a crash (AUTOMATE_TEST_SEED=${SEED})`, () => {
  const random = randomOf(SEED);
  let races = 0;
  for (let round = 0; round < 3_000; round += 1) {
    const plan = randomPlan(random);
    if (plan.isRacing) races += 1;
    const { cut } = run(plan, random);
    const again = takeUp(plan, cut);
    expect([[...again.open].toSorted(), [...again.passed].toSorted()]).toEqual([
      [...cut.open].toSorted(),
      [...cut.passed].toSorted(),
    ]);
  }
  expect(races).toBeGreaterThan(300);
});

it('knows what leads to a join and nowhere else, by any way but that of a failure', () => {
  const random = randomOf(SEED);
  for (let round = 0; round < 500; round += 1) {
    const plan = randomPlan(random);
    for (const join of plan.nodes.values()) {
      const known = new Set<string>();
      for (let grew = true; grew; ) {
        const found = [...plan.nodes.values()].filter(({ id, outgoing }) => {
          const ways = outgoing.filter(({ condition }) => condition !== 'error');
          return !known.has(id) && ways.length > 0 && ways.every(({ target }) => target === join.id || known.has(target));
        });
        for (const { id } of found) known.add(id);
        grew = found.length > 0;
      }
      expect([...feedersOf(plan.nodes, join)].map(({ id }) => id).toSorted()).toEqual([...known].toSorted());
    }
  }
});

it('plans a graph as large as graphs may be, of nothing but races, in little time', () => {
  const size = 2_000;
  const nodes = Array.from({ length: size }, (_, index) => ({
    id: `n${index}`,
    type: 'core.log',
    config: { message: 'x' },
    join: 'any',
    cancel_losers: true,
  }));
  const edges = nodes.flatMap(({ id }, index) =>
    [1, 2, 3, 4, 5].flatMap((step) => (index + step < size ? [{ source: id, target: `n${index + step}` }] : [])),
  );
  const plan = planGraph({ nodes, edges } as never, registry);
  const progress = createProgress(plan);
  let open = [...plan.starts];
  const started = performance.now();
  for (let id = open.shift(); id !== undefined; id = open.shift()) {
    const { ready, lost } = progress.finish(id, { route: undefined });
    const gone = new Set(lost.map((node) => node.id));
    open = [...open, ...ready.map((node) => node.id)].filter((other) => !gone.has(other));
  }
  expect(progress.remaining()).toBe(0);
  expect(performance.now() - started).toBeLessThan(10_000);
});
