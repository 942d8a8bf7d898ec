import { invalidInput, type Json, type JsonObject } from '../../kernel/index.ts';
import type { Plan, PlanNode } from '../graph/plan.ts';
import { StepError, type StepResult, type StepRunner } from '../steps/step-type.ts';
import { TIMEOUT_ROUTE } from '../steps/waiting.ts';

export interface DryPlanOptions {
  readonly pins: JsonObject;
  readonly step: string | undefined;
  /** Whether a step of this type does nothing outside of the execution. */
  isHarmless(type: string): boolean;
  /** Runs a step as the one of this path. */
  within<T>(path: string, work: () => T): T;
}

/**
 * A plan whose pinned nodes give what was pinned, that sleeps for no time, tries once, and does nothing outside.
 * @throws AppError `invalid_input` for a pin or step that is no node
 */
export function dryPlan(plan: Plan, options: DryPlanOptions): Plan {
  const used = new Set<string>();
  const whole = dryNodes(plan, '', options, used);
  const issues = Object.keys(options.pins)
    .filter((path) => !used.has(path))
    .map((path) => ({
      pointer: `/pins/${path.replaceAll('/', '~1')}`,
      code: 'unknown_node',
      message: `there is no node "${path}"`,
    }));
  const { step } = options;
  const target = step === undefined ? undefined : whole.nodes.get(step);
  if (step !== undefined && !target)
    issues.push({ pointer: '/step', code: 'unknown_node', message: `there is no node "${step}" outside of loops` });
  if (issues.length > 0) throw invalidInput(issues);
  return target ? onlyStep(whole, target, options.pins) : whole;
}

function dryNodes(plan: Plan, prefix: string, options: DryPlanOptions, used: Set<string>): Plan {
  const nodes = new Map(
    [...plan.nodes].map(([id, node]): [string, PlanNode] => {
      const path = `${prefix}${id}`;
      const once = { ...node, retry: { ...node.retry, attempts: 1 }, loopRetry: undefined };
      const body = node.body && dryNodes(node.body, `${path}/`, options, used);
      if (Object.hasOwn(options.pins, path)) {
        used.add(path);
        return [id, { ...once, runner: pinned(node.type, options.pins[path] ?? null), secrets: [], body: undefined }];
      }
      const compensate = node.compensate && {
        ...node.compensate,
        runner: dryRunner(`${path}#undo`, node.compensate.type, node.compensate.runner, options),
      };
      return [id, { ...once, runner: dryRunner(path, node.type, node.runner, options), body, compensate }];
    }),
  );
  return { ...plan, nodes };
}

function dryRunner(path: string, type: string, runner: StepRunner, options: DryPlanOptions): StepRunner {
  return {
    ...runner,
    input: (scope) => runner.input(scope),
    run(input, context) {
      if (!options.isHarmless(type)) throw needsPin(path, `A dry run does not run steps of the type "${type}"`);
      const result = options.within(path, () =>
        // Placeholders stand for the secrets, and may go anywhere; that the step asks is for a real run to see.
        runner.run(input, {
          ...context,
          signal: context.signal,
          logger: context.logger,
          secretHosts: context.secretHosts.slice(0, 0),
        }),
      );
      return result instanceof Promise ? result.then((done) => atOnce(path, done)) : atOnce(path, result);
    },
  };
}

function atOnce(path: string, { resumeAt, ...result }: StepResult): StepResult {
  if (result.starts) throw needsPin(path, 'A dry run starts no other workflow');
  if (result.emits) throw needsPin(path, 'A dry run sends no events');
  return result;
}

function needsPin(path: string, reason: string): StepError {
  const detail = `${reason}: pin an output for "${path}".`;
  return new StepError({ code: 'pin_required', detail, isRetryable: false });
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
