import { AppError, type InputIssue, type Json, toPointer } from '../../kernel/index.ts';
import type { GraphNode } from '../schemas.ts';
import { urlIssues } from '../steps/fields/field-urls.ts';
import type { StepRegistry } from '../steps/registry.ts';
import { StepError } from '../steps/step-error.ts';
import type { StepRunner } from '../steps/step-runner.ts';
import type { StepType } from '../steps/step-type.ts';
import { urlsOf } from '../steps/step-urls.ts';
import { withoutBody } from './body.ts';
import { findSecrets, type SecretUse } from './secret-names.ts';
import { readsOf, type StepReads } from './step-reads.ts';

/** What a node, or the undoing of one, does. */
export interface PlanStep {
  readonly type: string;
  readonly runner: StepRunner;
  readonly effects: StepType['effects'];
  /** Where it goes, as far as its configuration tells. */
  readonly urls: readonly string[];
  /** Whether it undoes another one: whatever is no success is a failure then. */
  readonly isUndoing: boolean;
  /** Names of the secrets it uses. */
  readonly secrets: readonly string[];
  readonly reads: StepReads;
  /** Whether a step that the policy lets run has made it: it is a part of that. */
  readonly isInternal: boolean;
}

/** Where a graph is compiled. */
export interface Compiling {
  /** Where it stands in the input, for the issues' pointers. */
  readonly at: string;
  readonly registry: StepRegistry;
  readonly issues: InputIssue[];
  readonly depth: number;
  /** Whether a step made the graph, so that it may hold types that nobody writes. */
  readonly isMade: boolean;
  readonly isStored: boolean;
}

/** Compiles what undoes a step. */
export function compileUndoing(step: Pick<GraphNode, 'type' | 'config'>, id: string, compiling: Compiling): PlanStep | undefined {
  const compiled = compileStep(step, id, compiling);
  if (!compiled) return undefined;
  if (compiled.runner.loop || compiled.runner.resume || (compiled.routes ?? []).length > 0) {
    const message = `node "${id}": "${step.type}" cannot undo a step: it decides, repeats or waits`;
    compiling.issues.push(issue(`${compiling.at}/type`, 'invalid_compensation', message));
  }
  const { routes: _, ...undoing } = compiled;
  return { ...undoing, isUndoing: true };
}

/** A step that was compiled. */
export interface Compiled extends PlanStep {
  /** Every way it can leave by; undefined when that is not known. */
  readonly routes: readonly string[] | undefined;
}

/** Compiles what a step does; what is wrong is added to the issues. */
export function compileStep(
  { type, config }: Pick<GraphNode, 'type' | 'config'>,
  id: string,
  { at, registry, issues, isStored, isMade }: Compiling,
): Compiled | undefined {
  const step = registry.get(type);
  if (!step || (step.isInternal && !isMade)) {
    const known = [...registry.values()].flatMap((each) => (each.isInternal ? [] : each.type)).join(', ');
    issues.push(issue(`${at}/type`, 'unknown_node_type', `node "${id}" has the unknown type "${type}"; known are ${known}`));
    return undefined;
  }
  const use = findSecrets(withoutBody(config, step) as Json, step);
  const { compiled, faults } = compileConfig(step, use, registry);
  const [refused] = [...use.issues, ...faults.filter(({ code }) => code === 'secret_refused')];
  if (isStored && refused) return refusedStep(step, compiled, `${refused.pointer} ${refused.message}`);
  for (const { pointer, code, message } of [...use.issues, ...faults])
    issues.push(issue(`${at}/config${pointer}`, code, `node "${id}": ${message}`));
  return compiled;
}

/** @returns what is wrong, with pointers into the configuration */
function compileConfig(
  step: StepType,
  use: SecretUse,
  registry: StepRegistry,
): { compiled?: Compiled; faults: readonly InputIssue[] } {
  const parsed = step.config.safeParse(use.config);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) =>
      issue(toPointer(path), 'invalid_config', [...path, message].join(' ')),
    );
    return { faults };
  }
  try {
    const routes = step.routes?.(parsed.data) ?? [];
    const reads = readsOf(use.config, step.inputKind);
    const runner = step.compile(parsed.data);
    const faults = urlIssues(parsed.data, step.fields, registry.checkUrl);
    const { type, effects, isInternal = false } = step;
    const urls = urlsOf(step, parsed.data);
    return { compiled: { type, effects, urls, isUndoing: false, runner, secrets: use.names, reads, routes, isInternal }, faults };
  } catch (error) {
    if (!AppError.is(error) || !error.errors) throw error;
    return { faults: error.errors };
  }
}

/** A step that fails before it sees anything. What one like it has begun already ends as it would. */
function refusedStep({ type, effects }: StepType, compiled: Compiled | undefined, reason: string): Compiled {
  const refuse = () => {
    throw new StepError({ code: 'secret_refused', detail: `The step was not run: ${reason}.`, isRetryable: false });
  };
  return {
    type,
    effects,
    urls: [],
    isUndoing: false,
    runner: { ...compiled?.runner, isPure: false, input: refuse, run: refuse },
    secrets: [],
    reads: { isRepeatable: true, steps: new Set() },
    routes: compiled?.routes,
    isInternal: false,
  };
}

export function issue(pointer: string, code: string, message: string): InputIssue {
  return { pointer, code, message };
}
