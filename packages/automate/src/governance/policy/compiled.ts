import type { AppError } from '../../kernel/index.ts';
import { isHostAllowed, isHostNamed } from '../../outbound/index.ts';
import { type Held, type Layers, list, numberOf } from './effective.ts';
import { policyErrors } from './errors.ts';
import type { LimitRule, ListRule, PolicyRules, RuleName, SecretBackendName } from './schemas.ts';
import { matchesStepType } from './step-patterns.ts';

/** A policy ready to be asked. */
export interface CompiledPolicy {
  readonly layers: Layers;
  readonly limits: Readonly<Record<LimitRule, Held<number>>>;
  /** Whether anything is asked of events. */
  readonly hasEventRules: boolean;
  /** Why a step of this type may not run in a workflow of this size; undefined when it may. */
  refuseStep(type: string, stepsInWorkflow: number): AppError | undefined;
  refuseHost(url: URL): AppError | undefined;
  refuseBackend(backend: SecretBackendName): AppError | undefined;
  refusePayload(bytes: number, which: string): AppError | undefined;
}

const NONE = 'none';

export function compilePolicy(layers: Layers): CompiledPolicy {
  const limit = (rule: LimitRule) => numberOf(rule, layers);
  const limits = {
    max_workflows: limit('max_workflows'),
    max_steps_per_workflow: limit('max_steps_per_workflow'),
    max_active_executions: limit('max_active_executions'),
    max_descendants: limit('max_descendants'),
    max_event_payload_bytes: limit('max_event_payload_bytes'),
    max_events_per_minute: limit('max_events_per_minute'),
    max_event_hops: limit('max_event_hops'),
    max_api_keys: limit('max_api_keys'),
    max_secrets: limit('max_secrets'),
    max_members: limit('max_members'),
  };
  const maximumSteps = limits.max_steps_per_workflow.value ?? Number.POSITIVE_INFINITY;
  /** What was found out about step types: there are few, and each step asks. */
  const stepTypes = new Map<string, AppError | typeof NONE>();

  return {
    layers,
    limits,
    hasEventRules: [limits.max_active_executions, limits.max_event_payload_bytes, limits.max_events_per_minute].some(
      ({ value }) => value !== null,
    ),
    refuseStep(type, stepsInWorkflow) {
      if (stepsInWorkflow > maximumSteps) {
        return policyErrors.policy_workflow_too_large(
          `The workflow has ${stepsInWorkflow} steps and may have ${maximumSteps}: ${setBy('max_steps_per_workflow', limits.max_steps_per_workflow.source)}. Split it, ${orChange(limits.max_steps_per_workflow.source)}`,
        );
      }
      let known = stepTypes.get(type);
      if (known === undefined) {
        known = refuseType(type) ?? NONE;
        if (stepTypes.size < 1_000) stepTypes.set(type, known);
      }
      return known === NONE ? undefined : known;
    },
    refuseHost(url) {
      return refuse({
        allowed: ['allowed_hosts', (patterns) => isHostAllowed(url, patterns)],
        denied: ['denied_hosts', (patterns) => isHostNamed(url, patterns)],
        error: policyErrors.policy_host_denied,
        what: `The host ${url.host} may not be called`,
        instead: 'Call another host',
      });
    },
    refuseBackend(backend) {
      return refuse({
        allowed: ['allowed_secret_backends', (names) => names.includes(backend)],
        error: policyErrors.policy_secret_backend_denied,
        what: `Secrets that are kept in "${backend}" may not be used`,
        instead: 'Keep it elsewhere',
      });
    },
    refusePayload(bytes, which) {
      const { value, source } = limits.max_event_payload_bytes;
      if (value === null || bytes <= value) return undefined;
      return policyErrors.policy_payload_too_large(
        `${which} has ${bytes} bytes and may have ${value}: ${setBy('max_event_payload_bytes', source)}. Send less, ${orChange(source)}`,
      );
    },
  };

  function refuseType(type: string): AppError | undefined {
    const matches = (patterns: readonly string[]) => patterns.some((pattern) => matchesStepType(pattern, type));
    return refuse({
      allowed: ['allowed_step_types', matches],
      denied: ['denied_step_types', matches],
      error: policyErrors.policy_step_type_denied,
      what: `Steps of the type "${type}" may not be used`,
      instead: 'Use another type',
    });
  }

  function refuse(rule: {
    allowed: readonly [ListRule, Test];
    denied?: readonly [ListRule, Test];
    error: (detail: string) => AppError;
    what: string;
    instead: string;
  }): AppError | undefined {
    const { allowed, denied, error, what, instead } = rule;
    for (const layer of ['operator', 'tenant'] as const) {
      const open = read(layers[layer], allowed[0]);
      const closed = denied && read(layers[layer], denied[0]);
      if (denied && closed && denied[1](closed)) {
        return error(`${what}: ${setBy(denied[0], layer)}, names ${list(closed)}. ${instead}, ${orChange(layer)}`);
      }
      if (open && !allowed[1](open)) {
        return error(`${what}: ${setBy(allowed[0], layer)}, allows ${list(open)}. ${instead}, ${orChange(layer)}`);
      }
    }
    return undefined;
  }
}

type Test = (patterns: readonly string[]) => boolean;

function read(rules: PolicyRules, rule: ListRule): readonly string[] | null {
  return rules[rule];
}

/** Which rule refuses, and whose it is. */
export function setBy(rule: RuleName, source: string): string {
  if (source === 'default') return `the rule "${rule}", as it is where nobody set it`;
  return `the rule "${rule}", set by ${source === 'operator' ? 'the operator' : 'your tenant'}`;
}

/** Who can change that. */
export function orChange(source: string): string {
  return source !== 'tenant'
    ? 'or ask the operator of this installation to change the policy.'
    : 'or have the policy changed at /api/v1/policy/ by somebody with the scope policy:write.';
}
