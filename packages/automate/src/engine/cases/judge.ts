import { AppError, type Json, turns } from '../../kernel/index.ts';
import { decisionLimits, WorkBudget, withBudget } from '../budget.ts';
import { matchesPattern } from '../events/pattern.ts';
import { bodyOf } from '../graph/body.ts';
import { type CompiledRule, compileCondition } from '../rules/rules.ts';
import type { Graph, GraphNode, Trigger } from '../schemas.ts';
import type { StepRegistry } from '../steps/registry.ts';
import type { CaseRow } from './case.store.ts';

/** What a version says about a case. */
export interface Outcome {
  readonly passed: boolean;
  /** Null when it could not be decided. */
  readonly matched: boolean | null;
  /** Why it could not. */
  readonly error: string | null;
}

/** What of a version decides. */
export interface Judged {
  readonly graph: Graph;
  readonly triggers: readonly Trigger[];
}

/** Of the processor, for all cases of a version. */
const LONGEST_MS = 1_000;

/** Asks the rules of a version about each case, in their order. Others go on in between; what is left when the time is over has failed. */
export async function judgeCases(
  cases: readonly Pick<CaseRow, 'step' | 'event' | 'matches'>[],
  version: Judged,
  registry: StepRegistry,
): Promise<Outcome[]> {
  const rules = new Map<unknown, CompiledRule>();
  const outcomes: Outcome[] = [];
  let spentMs = 0;
  for (const one of cases) {
    await turns.wait();
    const startedAt = performance.now();
    outcomes.push(
      spentMs > LONGEST_MS
        ? { passed: false, matched: null, error: `The cases before it took longer than ${LONGEST_MS} ms.` }
        : judge(one, version, registry, rules),
    );
    spentMs += performance.now() - startedAt;
  }
  return outcomes;
}

function judge(
  { step, event, matches }: Pick<CaseRow, 'step' | 'event' | 'matches'>,
  version: Judged,
  registry: StepRegistry,
  rules: Map<unknown, CompiledRule>,
): Outcome {
  // A filter is compiled once for all cases.
  const holds = (rule: Json) => {
    const compiled = rules.get(rule) ?? compileCondition(rule);
    rules.set(rule, compiled);
    return withBudget(new WorkBudget(decisionLimits), () => compiled.matches(event));
  };
  try {
    const matched =
      step === null
        ? version.triggers.some((trigger) => fits(trigger, event) && (trigger.filter == null || holds(trigger.filter)))
        : holds(conditionOf(step, version.graph, registry));
    return { passed: matched === matches, matched, error: null };
  } catch (error) {
    if (!AppError.is(error)) throw error;
    return { passed: false, matched: null, error: error.message };
  }
}

/** Events of a feature's own types have them as their type. */
function fits({ type, event_type: pattern, is_active }: Trigger, event: Json): boolean {
  const given = (event as { readonly type?: unknown } | null)?.type;
  if (!is_active || typeof given !== 'string') return false;
  return type.includes('.') ? type === given : type !== 'manual' && pattern !== undefined && matchesPattern(pattern, given);
}

/** @param path ids of nodes, those of loops and groups before those within */
function conditionOf(path: string, graph: Graph, registry: StepRegistry): Json {
  let nodes: readonly GraphNode[] = graph.nodes;
  let found: GraphNode | undefined;
  for (const id of path.split('/')) {
    found = nodes.find((node) => node.id === id);
    nodes = (found && bodyOf(found, registry)?.graph?.nodes) ?? [];
  }
  const fields = (found && registry.get(found.type)?.fields) ?? {};
  const field = Object.keys(fields).find((name) => fields[name] === 'condition');
  if (!found || field === undefined) throw noCondition(path);
  return (found.config[field] ?? null) as Json;
}

function noCondition(path: string): AppError {
  const detail = `There is no step "${path}" that decides by a condition.`;
  return new AppError({ status: 422, code: 'no_condition', title: 'No condition', detail });
}
