import type { Queryable } from '../../db/index.ts';
import type { Json } from '../../kernel/index.ts';
import { compileFlow, type Flow } from '../flow/flow.ts';
import { refuseSecrets } from '../graph/secret-names.ts';
import { type CompiledRule, compileCondition } from '../rules/rules.ts';
import type { WorkflowSettings } from '../schemas.ts';
import { StepError } from '../steps/step-error.ts';
import { type LiveTrigger, liveTriggers, triggerVersions } from './trigger.store.ts';

export interface CompiledTrigger extends LiveTrigger {
  /** Undefined: every event of the type fits. */
  readonly rule: CompiledRule | undefined;
  /** When its executions may start. */
  readonly flow: Flow;
}

export interface TriggerCache {
  /** The live triggers of these tenants as this transaction sees them. Rules are compiled once per change. */
  get(transaction: Queryable, tenantIds: readonly string[]): Promise<ReadonlyMap<string, readonly CompiledTrigger[]>>;
}

/** Keeps compiled triggers per tenant, checked on every use against the tenant's counter of changes, so they are never stale. */
export function createTriggerCache(): TriggerCache {
  const known = new Map<string, { version: number; triggers: readonly CompiledTrigger[] }>();
  return {
    async get(transaction, tenantIds) {
      const result = new Map<string, readonly CompiledTrigger[]>();
      for (const [tenantId, version] of await triggerVersions(transaction, tenantIds)) {
        let entry = known.get(tenantId);
        if (entry?.version !== version) {
          entry = { version, triggers: distinct((await liveTriggers(transaction, tenantId)).map(compile)) };
          known.set(tenantId, entry);
        }
        result.set(tenantId, entry.triggers);
      }
      return result;
    },
  };
}

function compile(trigger: LiveTrigger): CompiledTrigger {
  return {
    ...trigger,
    rule: trigger.filter === null ? undefined : compileOrFail(trigger.filter),
    flow: flowOrFail(trigger.settings),
  };
}

/** Two triggers of one workflow that mean the same gather for themselves, as they start executions for themselves. */
function distinct(triggers: readonly CompiledTrigger[]): readonly CompiledTrigger[] {
  const seen = new Map<string, number>();
  return triggers.map((trigger) => {
    const key = `${trigger.workflowId} ${trigger.meaning}`;
    const before = seen.get(key) ?? 0;
    seen.set(key, before + 1);
    return before === 0 ? trigger : { ...trigger, meaning: `${trigger.meaning} ${before + 1}` };
  });
}

/** Settings are checked when saved too. */
function flowOrFail(settings: WorkflowSettings): Flow {
  try {
    return refuseSecrets(settings, '').length > 0 ? refuse() : compileFlow(settings);
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function refuse(): never {
  const detail = 'A filter or a setting of the workflow uses secrets, which it may not.';
  throw new StepError({ code: 'secret_refused', detail, isRetryable: false });
}

/** Rules are checked when saved; one that an older version let in must fail alone, not stop every event of the batch. */
function compileOrFail(filter: Json): CompiledRule {
  try {
    return refuseSecrets(filter, '').length > 0 ? refuse() : compileCondition(filter);
  } catch (error) {
    const fail = () => {
      throw error;
    };
    return { matches: fail, evaluate: fail };
  }
}
