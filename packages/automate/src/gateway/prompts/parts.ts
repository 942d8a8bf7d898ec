import type { ApiRouter } from '../../api/index.ts';
import type { AuditAction, RoleDeclaration } from '../../governance/index.ts';
import type { Model } from '../../kernel/index.ts';
import type { JobDeclaration, Platform, StudioPage } from '../../platform/index.ts';
import { PromptEvalViewSet } from './eval.viewsets.ts';
import { createPrompts, type Prompts } from './prompts.ts';
import { PROMPT_RUN } from './runs/run-handler.ts';
import { PromptRunModel, PromptTestSetModel } from './runs/schemas.ts';
import { PromptTestSetViewSet } from './runs/set.viewsets.ts';
import { PromptRunViewSet } from './runs/viewsets.ts';
import { PromptModel } from './schemas.ts';
import { PromptSummaryView } from './summary.views.ts';
import './services.ts';

export const promptModels: readonly Model[] = [PromptModel, PromptTestSetModel, PromptRunModel];

/** What roles may do with prompts. */
export const promptRoles: readonly RoleDeclaration[] = [
  {
    resource: 'prompts',
    actions: ['read', 'write', 'publish', 'run'],
    editor: ['*'],
    operator: ['read', 'run'],
    viewer: ['read'],
    permissions: { publish_prompt: 'publish' },
  },
];

export const promptActions: readonly AuditAction[] = [
  { name: 'prompt.create', when: 'a prompt was made' },
  { name: 'prompt.update', when: 'its name or description changed' },
  { name: 'prompt.delete', when: 'it was removed, with its versions, labels, test sets and runs' },
  { name: 'prompt.save_version', when: 'a version was stored' },
  { name: 'prompt.move_label', when: 'a label was made or moved; the versions before and after' },
  { name: 'prompt.remove_label', when: 'a label was removed' },
  { name: 'prompt.start_run', when: 'a version was put to a test set' },
];

export const promptPages: readonly StudioPage[] = [
  {
    path: 'prompts',
    title: { en: 'Prompts', it: 'Prompt' },
    icon: 'prompt',
    group: 'ai',
    order: 30,
    scope: 'prompts:read',
    key: 'y',
  },
];

export const promptJobs: readonly JobDeclaration[] = [{ kind: PROMPT_RUN, handler: ({ prompts }) => prompts.runHandler }];

export function promptRoutes(router: ApiRouter): ApiRouter {
  return router
    .register('api/v1/prompts', PromptEvalViewSet, { basename: 'prompt' })
    .register('api/v1/prompt-test-sets', PromptTestSetViewSet, { basename: 'prompt-test-set' })
    .register('api/v1/prompt-runs', PromptRunViewSet, { basename: 'prompt-run' })
    .view('api/studio/prompts', PromptSummaryView, { basename: 'prompt-summary' });
}

/** Prompts of a running product. */
export function createPromptParts(
  platform: Pick<Platform<'audit'>, 'db' | 'logger' | 'services' | 'registry' | 'allServices'>,
): Promise<{ readonly prompts: Prompts; close(): Promise<void> }> {
  const { db, logger, services, registry, allServices } = platform;
  return createPrompts({
    db,
    logger,
    audit: services.audit,
    assertionTypes: [...registry.named('promptAssertions', ({ type }) => type).values()],
    models: () => allServices().modelCalls,
  });
}
