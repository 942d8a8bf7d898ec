import type { Queryable } from '../../db/index.ts';
import type { Json } from '../../kernel/index.ts';
import { compileFlow, type Flow } from '../flow/flow.ts';
import { refuseSecrets } from '../graph/secret-names.ts';
import { type CompiledRule, compileRule } from '../rules/rules.ts';
import { StepError } from '../steps/step-type.ts';
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
          entry = { version, triggers: (await liveTriggers(transaction, tenantId)).map(compile) };
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
    flow: refuseSecrets(trigger.settings, '').length > 0 ? refuse : compileFlow(trigger.settings),
  };
}

function refuse(): never {
  const detail = 'A filter or a setting of the workflow uses secrets, which it may not.';
  throw new StepError({ code: 'secret_refused', detail, isRetryable: false });
}

/** Rules are checked when saved; one that an older version let in must fail alone, not stop every event of the batch. */
function compileOrFail(filter: Json): CompiledRule {
  try {
    return refuseSecrets(filter, '').length > 0 ? refuse() : compileRule(filter);
  } catch (error) {
    const fail = () => {
      throw error;
    };
    return { matches: fail, evaluate: fail };
  }
}
