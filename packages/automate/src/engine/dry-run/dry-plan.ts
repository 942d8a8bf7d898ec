import { invalidInput, type Json, type JsonObject } from '../../kernel/index.ts';
import type { Plan, PlanNode } from '../graph/plan.ts';
import type { StepRunner } from '../steps/step-runner.ts';
import { TIMEOUT_ROUTE } from '../steps/waiting.ts';

/**
 * A plan whose pinned nodes give what was pinned, and that tries once.
 * @param step the node to run alone
 * @throws AppError `invalid_input` for a pin or step that is no node
 */
export function dryPlan(plan: Plan, { pins, step }: { pins: JsonObject; step: string | undefined }): Plan {
  const used = new Set<string>();
  const whole = dryNodes(plan, '', pins, used);
  const issues = Object.keys(pins)
    .filter((path) => !used.has(path))
    .map((path) => ({
      pointer: `/pins/${path.replaceAll('/', '~1')}`,
      code: 'unknown_node',
      message: `there is no node "${path}"`,
    }));
  const target = step === undefined ? undefined : whole.nodes.get(step);
  if (step !== undefined && !target)
    issues.push({ pointer: '/step', code: 'unknown_node', message: `there is no node "${step}" outside of loops` });
  if (issues.length > 0) throw invalidInput(issues);
  return target ? onlyStep(whole, target, pins) : whole;
}

function dryNodes(plan: Plan, prefix: string, pins: JsonObject, used: Set<string>): Plan {
  const nodes = new Map(
    [...plan.nodes].map(([id, node]): [string, PlanNode] => {
      const path = `${prefix}${id}`;
      const once = { ...node, retry: { ...node.retry, attempts: 1 }, loopRetry: undefined };
      const body = node.body && dryNodes(node.body, `${path}/`, pins, used);
      if (!Object.hasOwn(pins, path)) return [id, { ...once, body }];
      used.add(path);
      const runner = pinned(node.type, pins[path] ?? null);
      return [id, { ...once, runner, effects: 'none', secrets: [], body: undefined }];
    }),
  );
  return { ...plan, nodes };
}

function pinned(type: string, output: Json): StepRunner {
  const { route, isStop } = wayOf(type, output);
  return {
    input: () => null,
    run: () => ({ output, ...(route !== undefined && { route }), ...(isStop && { isStop }) }),
    exclusiveRoutes: [TIMEOUT_ROUTE],
  };
}

/** The way that a step took which had this output. */
function wayOf(type: string, output: Json): { route?: string; isStop?: boolean } {
  const { result, case: taken, passed, timed_out } = (typeof output === 'object' && output !== null ? output : {}) as JsonObject;
  if (type === 'logic.if') return { route: String(result === true) };
  if (type === 'logic.switch') return { route: typeof taken === 'string' ? taken : 'default' };
  if (type === 'core.filter') return { isStop: passed === false };
  return timed_out === true ? { route: TIMEOUT_ROUTE } : {};
}

const NO_RACE = { cancelsLosers: false, leadsTo: undefined, feeders: [] };

/** The step behind the pinned nodes, whose outputs it sees. */
function onlyStep(plan: Plan, target: PlanNode, pins: JsonObject): Plan {
  const others = [...plan.nodes.values()].filter(({ id }) => id !== target.id && Object.hasOwn(pins, id));
  const nodes = new Map<string, PlanNode>(
    others.map((node) => [
      node.id,
      {
        ...node,
        runner: { input: () => null, run: () => ({ output: pins[node.id] ?? null }) },
        incoming: 0,
        join: 'all',
        ...NO_RACE,
        outgoing: [{ target: target.id, condition: undefined }],
      },
    ]),
  );
  nodes.set(target.id, {
    ...target,
    outgoing: [],
    incoming: others.length,
    join: 'all',
    ...NO_RACE,
    onError: 'fail',
    compensate: undefined,
  });
  const starts = others.length > 0 ? others.map(({ id }) => id) : [target.id];
  const approvals = target.runner.isApproval ? [target.id] : [];
  const { isInterruptible } = plan;
  return { nodes, starts, ends: [target.id], hasCompensation: false, isRacing: false, isInterruptible, approvals };
}
