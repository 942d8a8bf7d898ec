import { AppError } from '../../kernel/index.ts';
import { gatewayErrors } from '../errors.ts';
import type { KindRegistry } from '../providers/kinds-registry.ts';
import type { Task } from '../tasks.ts';
import type { Call, CallFacts } from './call.ts';
import type { CallServices } from './call-services.ts';
import { type Estimate, openCall } from './open-call.ts';
import type { ReadyTarget } from './try-targets.ts';

/**
 * Lets in a call for a task that not every provider can do.
 * @throws AppError as {@link openCall}; `no_provider` in place of `model_not_found` where none of the tenant's providers could
 */
export async function openTaskCall(services: CallServices, facts: CallFacts, estimate: Estimate): Promise<Call> {
  try {
    return await openCall(services, facts, estimate);
  } catch (error) {
    if (!AppError.is(error) || error.code !== 'model_not_found') throw error;
    const { providers } = await services.directory.of(facts.caller.tenantId);
    const isAble = [...providers.values()].some(
      ({ kind, is_enabled: isOn }) => isOn && services.kinds.get(kind)?.tasks.includes(facts.task),
    );
    if (isAble) throw error;
    throw gatewayErrors.no_provider(`No provider of yours can do ${facts.task}. ${await ableKinds(services.kinds, facts.task)}`);
  }
}

/** What of a target does the task. @throws AppError `no_provider` where nothing does, which says who could */
export async function requireModelFor<Model>(
  { kinds }: CallServices,
  { provider }: ReadyTarget,
  task: Task,
  model: Model | undefined,
): Promise<Model> {
  if (model !== undefined) return model;
  const able = await ableKinds(kinds, task);
  throw gatewayErrors.no_provider(`The provider "${provider.slug}" (${provider.kind}) cannot do ${task}. ${able}`);
}

/** @returns `Kinds that can: openai, flite (missing: flite (apt install flite)).` */
async function ableKinds(kinds: KindRegistry, task: Task): Promise<string> {
  const able = kinds.all.filter(({ tasks }) => tasks.includes(task));
  if (able.length === 0) return 'No kind of provider can.';
  const shown = await Promise.all(
    able.map(async ({ kind }) => {
      const missing = await kinds.look(kind);
      return missing === null ? kind : `${kind} (${missing})`;
    }),
  );
  return `Kinds that can: ${shown.join(', ')}.`;
}
