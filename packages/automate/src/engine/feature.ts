import { ApiRouter } from '../api/index.ts';
import { defineFeature } from '../platform/index.ts';
import { createApprovalLinks } from './approvals/approval-link.ts';
import { createApprovals } from './approvals/approvals.ts';
import { ApprovalModel, DecidedApprovalModel } from './approvals/schemas.ts';
import { ApprovalLinkView, ApprovalViewSet, DecidedApprovalViewSet } from './approvals/viewsets.ts';
import { engineCommands } from './commands/commands.ts';
import { createEngine, type Engine } from './engine.ts';
import { engineChecks, engineMetrics } from './engine-health.ts';
import { engineKinds } from './engine-jobs.ts';
import { enginePages } from './engine-pages.ts';
import { engineRoles } from './engine-roles.ts';
import { EventModel } from './events/schemas.ts';
import { EventIngestView } from './events/viewsets.ts';
import { ExecutionModel } from './executions/schemas.ts';
import { ExecutionViewSet } from './executions/viewsets.ts';
import { createHooks } from './hooks/hooks.ts';
import type { HookListeners } from './hooks/payloads.ts';
import type { InProcess } from './in-process.ts';
import { engineRules } from './policy/rules.ts';
import { createDefine } from './programmatic/define.ts';
import { emit } from './programmatic/emit.ts';
import { createRun } from './programmatic/run.ts';
import { engineSettings } from './settings.ts';
import { builtInSteps } from './steps/registry.ts';
import type { StepType } from './steps/step-type.ts';
import type { TriggerType } from './triggers/trigger-type.ts';
import type { Triggers } from './triggers/triggers.ts';
import { engineWizards } from './wizards/wizards.ts';
import { WorkflowModel } from './workflows/schemas.ts';
import { WorkflowViewSet } from './workflows/viewsets.ts';
import { WorkflowService } from './workflows/workflow-service.ts';

declare module '../platform/index.ts' {
  interface FeatureParts {
    /** Trigger types that workflows may have. */
    readonly triggers?: readonly TriggerType[];
    /** Step types that workflows may use. */
    readonly steps?: readonly StepType[];
    /** Called, in this process, after what they are about has been committed: at most once, and never by another process. */
    readonly hooks?: readonly Partial<HookListeners>[];
  }
}

declare module '../api/index.ts' {
  interface AppServices {
    readonly engine: Engine;
    /** For features with trigger types of their own. */
    readonly triggers: Triggers;
    /** What the code of a host does with events and workflows. */
    readonly inProcess: InProcess;
  }
}

/** Events in, durable executions out. */
export const engine = defineFeature({
  name: 'engine',
  needs: ['jobs', 'outbound', 'throttle', 'keyring', 'audit', 'policies', 'secrets', 'redactFor'],
  provides: ['engine', 'triggers', 'events', 'executions', 'workflows', 'dryRun', 'approvals', 'inProcess'],
  settings: engineSettings,
  models: [WorkflowModel, EventModel, ExecutionModel, ApprovalModel, DecidedApprovalModel],
  steps: builtInSteps,
  roles: engineRoles,
  policies: Object.values(engineRules),
  jobs: engineKinds.map((kind) => ({ kind, handler: ({ engine: made }) => made.handlers[kind] })),
  auditActions: [
    { name: 'approval.decide', when: 'somebody decided an approval' },
    { name: 'workflow.save_case', when: 'a case of a workflow’s rules was made, or changed under its name' },
    { name: 'workflow.delete_case', when: 'a case of a workflow’s rules was deleted' },
    { name: 'workflow.ignore_cases', when: 'a version was published although cases of its rules fail' },
  ],
  migrations: { directory: new URL('./migrations/', import.meta.url), schema: undefined },
  commands: engineCommands,
  pages: enginePages,
  wizards: engineWizards,
  checks: engineChecks,
  metrics: engineMetrics,
  routes: () =>
    new ApiRouter()
      .register('api/v1/events', EventIngestView, { basename: 'event' })
      .register('api/v1/workflows', WorkflowViewSet, { basename: 'workflow' })
      .register('api/v1/executions', ExecutionViewSet, { basename: 'execution' })
      .register('api/v1/approvals/decided', DecidedApprovalViewSet, { basename: 'decided-approval' })
      .register('api/v1/approvals', ApprovalViewSet, { basename: 'approval' })
      .view('api/approvals/{token}', ApprovalLinkView, { basename: 'approval-link' }),
  create({ db, logger, settings, core, services, registry, closing, publicUrl, allServices }) {
    const { jobs, keyring, audit, secrets, redactFor } = services;
    const hooks = createHooks({ logger, listeners: registry.all('hooks') });
    const triggerTypes = registry.named('triggers', ({ type }) => type);
    const approvalLinks = createApprovalLinks({ keyring, publicUrl });
    const made = createEngine({
      ...services,
      db,
      logger,
      hooks,
      approvalLinks,
      settings,
      processName: core.processName,
      steps: [...registry.named('steps', ({ type }) => type).values()].map((step) => step.bind?.(allServices) ?? step),
      triggerTypes,
    });
    const workflows = {
      db,
      registry: made.registry,
      policies: made.policy,
      runs: made.runs,
      triggerTypes,
      audit,
      onQueued: () => jobs.announce(),
      notify: jobs.notify,
    };
    const service = new WorkflowService(workflows);
    const { events, executions, dryRun, announce } = made;
    return {
      services: {
        engine: made,
        triggers: made.triggers,
        events,
        executions,
        dryRun,
        workflows,
        approvals: createApprovals({ db, links: approvalLinks, audit, redactFor, secrets, notify: jobs.notify }),
        inProcess: {
          emit: (transaction, event) => emit(events, transaction, event),
          define: createDefine({ db, service }),
          run: createRun({ db, executions: executions.reader, service, closing }),
          announce,
          triggers: made.triggers,
          hooks,
        },
      },
      start: async () => made.start(),
      stop: () => made.stop(),
      async close() {
        await made.close();
        await hooks.close();
      },
    };
  },
});
