import type { z } from 'zod';
import type { Db } from '../../../db/index.ts';
import type { Audit, AuditActor } from '../../../governance/index.ts';
import { enqueue } from '../../../jobs/index.ts';
import { invalidInput, newId, type Row } from '../../../kernel/index.ts';
import type { KnownPrompt } from '../known.store.ts';
import type { ResolvePrompt } from '../resolve.ts';
import { resolveAsked } from '../resolve-asked.ts';
import { insertRun } from './run.store.ts';
import { PROMPT_RUN } from './run-handler.ts';
import type { PromptRunCreate, PromptTestSetModel } from './schemas.ts';

export interface StartOptions {
  readonly db: Pick<Db, 'asTenant'>;
  readonly audit: Pick<Audit, 'record'>;
  readonly resolve: ResolvePrompt;
  /** After the commit. */
  onQueued(): void;
}

export interface RunToStart {
  readonly actor: AuditActor;
  readonly apiKeyId: string | null;
  readonly testSet: Row<typeof PromptTestSetModel>;
  readonly latestVersion: KnownPrompt['latestVersion'];
  readonly wanted: z.output<typeof PromptRunCreate>;
}

/**
 * Queues a run of the cases as they are now; returns its id, which is that of its job too.
 * @throws AppError `invalid_input`
 */
export async function startRun(
  options: StartOptions,
  { actor, apiKeyId, testSet, latestVersion, wanted }: RunToStart,
): Promise<string> {
  const { tenantId } = actor;
  if (testSet.cases.length === 0) throw invalidInput([{ pointer: '/test_set_id', code: 'no_cases', message: 'has no cases' }]);
  const { version, label } = wanted;
  const asked = { tenantId, promptId: testSet.prompt_id, version, label, latestVersion };
  const prompt = await resolveAsked(options.resolve, asked);
  const model = wanted.model ?? prompt.model;
  if (model === null)
    throw invalidInput([{ pointer: '/model', code: 'required', message: 'is needed: the version names no model' }]);
  const id = newId();
  await options.db.asTenant(tenantId, async (transaction) => {
    await insertRun(transaction, {
      id,
      tenant_id: tenantId,
      prompt_id: prompt.id,
      test_set_id: testSet.id,
      version: prompt.version,
      model,
      cases: testSet.cases,
      trace_id: actor.traceId,
      started_by: actor.actor,
      api_key_id: apiKeyId,
    });
    await enqueue(transaction, [{ id, tenantId, kind: PROMPT_RUN, traceId: actor.traceId }]);
    await options.audit.record(transaction, {
      ...actor,
      action: 'prompt.start_run',
      target: { type: 'prompt', id: prompt.id },
      diff: { run_id: id, version: prompt.version, model, test_set_id: testSet.id, cases: testSet.cases.length },
    });
  });
  options.onQueued();
  return id;
}
