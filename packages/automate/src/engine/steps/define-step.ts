import { type InputIssue, invalidInput, type Json } from '../../kernel/index.ts';
import { compileFields, type Render } from './fields/compile-fields.ts';
import { fieldIssues } from './fields/field-issues.ts';
import { type Fields, requireKinds } from './fields/fields.ts';
import type { Rendered } from './fields/rendered.ts';
import type { StepContext } from './step-context.ts';
import type { StepResult } from './step-result.ts';
import type { StepRunner } from './step-runner.ts';
import type { StepScope } from './step-scope.ts';
import type { StepTraits, StepType } from './step-type.ts';

/** A kind of step: what its configuration is, and what it does with it. */
export interface StepDeclaration<Config, Declared extends Fields, Input> extends StepTraits<Config> {
  readonly fields?: Declared & KnownNames<Declared, Config>;
  /** Routes that take only the edges named like them, and fail the step where there is none; the others take plain edges too. */
  readonly exclusiveRoutes?: readonly string[];
  /**
   * Whether it ends at once, with nothing but its output: run again after a crash it would do no harm, so its successors need not
   * wait until it is stored, unless they have effects themselves.
   */
  readonly isPure?: boolean;
  /** Whether a person decides it: templates of every step can name the link, `approvals.<node id>.url`. */
  readonly isApproval?: boolean;
  /** Whether it stands only in graphs that other steps make: nobody writes one. */
  readonly isInternal?: boolean;
  /** What is wrong with a configuration beyond what its schema and its fields say, each time it is compiled; pointers into it. */
  validate?(config: Config): readonly InputIssue[];
  /**
   * What the step works on, stored and shown as its input. Default: the configuration with its fields rendered. It is made once; every try
   * gets the same, as JSON.
   */
  input?(config: Rendered<Config, Declared>, scope: StepScope): Input;
  /**
   * Does the work.
   * @param config as it was written, for settings that are no part of the input
   * @throws StepError to say whether it is worth another try; whatever else it throws is not
   */
  run(input: Input, context: StepContext, config: Config): StepResult | Promise<StepResult>;
  /**
   * What becomes of a step that waited for a signal: `data` came, or, undefined, its time is over.
   * @param input as it was stored, with placeholders for secrets
   */
  resume?(input: Input, data: Json | undefined, config: Config): StepResult;
}

/** Refuses names that no configuration has. */
type KnownNames<Declared, Config> = { readonly [Name in Exclude<keyof Declared, NamesOf<Config>>]: never };
type NamesOf<Config> = Config extends unknown ? keyof Config : never;

/**
 * Declares a kind of step. The engine checks and renders the fields, hands them to `run`, and keeps secrets to those that take some.
 * @throws TypeError for a field of no known kind, and for one that is pure and has effects
 * @example
 * defineStep({
 *   type: 'tickets.create',
 *   description: 'Opens a ticket.',
 *   config: z.strictObject({ title: z.string(), token: z.string() }),
 *   fields: { title: 'text', token: 'secret-text' },
 *   effects: 'http',
 *   async run({ title, token }, { http }) {
 *     const headers = { authorization: `Bearer ${token}` };
 *     const reply = await http.post('https://api.example.com/tickets', { json: { title }, headers });
 *     return { output: reply.body };
 *   },
 * });
 */
export function defineStep<Config, const Declared extends Fields = Record<never, never>, Input = Rendered<Config, Declared>>(
  step: StepDeclaration<Config, Declared, Input>,
): StepType {
  const { type, description, config, fields = {}, effects = 'other', routes, urls, check } = step;
  requireKinds(type, fields);
  if (step.isPure && effects !== 'none') throw new TypeError(`${type}: what is pure has no effects, so say effects: 'none'.`);
  const inputKind = step.inputKind ?? (step.input ? 'computed' : 'rendered');
  const traits = { type, description, config, fields, effects, inputKind };
  const { isInternal } = step;
  const optional = {
    ...(routes && { routes }),
    ...(urls && { urls }),
    ...(check && { check }),
    ...(isInternal && { isInternal }),
  };
  return Object.freeze({ ...traits, ...optional, compile: (given: unknown) => compile(step, given as Config) }) as StepType;
}

function compile<Config, Declared extends Fields, Input>(
  step: StepDeclaration<Config, Declared, Input>,
  config: Config,
): StepRunner {
  requireFields(config, step.fields, step.validate?.(config));
  const render = compileFields(config, step.fields ?? {}) as Render;
  const { exclusiveRoutes, isPure = false, isApproval = false } = step;
  return {
    input: step.input ? (scope, secrets) => step.input?.(render(scope, secrets) as never, scope) : render,
    run: (input, context) => step.run(input as Input, context, config),
    ...(step.resume && { resume: (input: Json, data: Json | undefined) => resume(input, data) }),
    ...(exclusiveRoutes && { exclusiveRoutes }),
    isPure,
    isApproval,
  };

  function resume(input: Json, data: Json | undefined): StepResult {
    return step.resume?.(input as Input, data, config) as StepResult;
  }
}

/** Of the kinds of steps that repeat, or that show a rule as their input: they say themselves how they work. They are never given secrets. */
export interface CompiledDeclaration<Config> extends StepTraits<Config> {
  readonly bodyField?: string;
  readonly isBodyOnce?: boolean;
  readonly madeBody?: StepType['madeBody'];
  readonly isInternal?: boolean;
  /** @param config whose fields were checked @throws AppError `invalid_input` with pointers into the configuration */
  compile(config: Config): StepRunner;
}

/** Declares a kind of step whose runner is made by its own hand. Ours only. */
export function defineCompiledStep<Config>(step: CompiledDeclaration<Config>): StepType {
  const { fields = {}, effects = 'none', inputKind = 'computed' } = step;
  return Object.freeze({
    ...step,
    fields,
    effects,
    inputKind,
    compile(config: unknown) {
      requireFields(config, fields);
      const runner = step.compile(config as Config);
      return { ...runner, input: (scope: StepScope) => runner.input(scope) };
    },
  }) as StepType;
}

function requireFields(config: unknown, fields: Fields = {}, others: readonly InputIssue[] = []): void {
  const issues = [...fieldIssues(config, fields), ...others];
  if (issues.length > 0) throw invalidInput(issues);
}
