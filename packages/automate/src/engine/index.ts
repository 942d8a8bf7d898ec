export type { Actor } from './actor.ts';
export { ApprovalModel } from './approvals/schemas.ts';
export { ApprovalLinkView, ApprovalViewSet } from './approvals/viewsets.ts';
export { BudgetExceeded, WorkBudget, withBudget } from './budget.ts';
export { Flow, type Piece, type StepOptions, step } from './builder/flow.ts';
export { Ref, ref, type Value } from './builder/ref.ts';
export type { StepConfigs } from './builder/step-configs.ts';
export { type WorkflowBuilder, workflow } from './builder/workflow.ts';
export { type Explanation, renderExplanation, short } from './commands/render-explanation.ts';
export { dataSchemaIssues, valueIssues } from './data-schema/data-schema.ts';
export type { Engine, EngineProgress } from './engine.ts';
export type { Receipt } from './events/event.ts';
export { toRuleInput } from './events/event.ts';
export { EventModel } from './events/schemas.ts';
export { EventIngestView } from './events/viewsets.ts';
export { ExecutionDetail, ExecutionModel, ListedExecution } from './executions/schemas.ts';
export { ExecutionViewSet } from './executions/viewsets.ts';
export { engine } from './feature.ts';
export { withBodies } from './graph/with-bodies.ts';
export { createHooks, type Hooks } from './hooks/hooks.ts';
export type { HookExecution, HookListeners, HookName, HookPayloads, HookStep, HookTimes } from './hooks/payloads.ts';
export type { InProcess } from './in-process.ts';
export { createDefine, type Define, type DefinedWorkflow, type Definition } from './programmatic/define.ts';
export { type EmittedEvent, emit } from './programmatic/emit.ts';
export { ExecutionFailed } from './programmatic/execution-failed.ts';
export { createRun, type Run, type RunningExecution, type RunOptions } from './programmatic/run.ts';
export { Step } from './records/schemas.ts';
export { executionStatuses, stepStatuses } from './records/status.ts';
export { explainRule } from './rules/explain.ts';
export { compileRule } from './rules/rules.ts';
export { AnyJson, AnyObject, type Graph, RetryPolicy, type Trigger, VersionNumber, type WorkflowSettings } from './schemas.ts';
export { type CompiledDeclaration, defineCompiledStep, defineStep, type StepDeclaration } from './steps/define-step.ts';
export type { Field, FieldKind, Fields, TemplateKind } from './steps/fields/fields.ts';
export type { Rendered } from './steps/fields/rendered.ts';
export type { HttpMethod, HttpOptions, HttpReply, StepHttp } from './steps/http/step-http.ts';
export type { MadeGraph } from './steps/made-body.ts';
export type { StepContext, StepSecretsUse } from './steps/step-context.ts';
export { StepError } from './steps/step-error.ts';
export type { ChildRequest, EmitRequest, StepResult } from './steps/step-result.ts';
export type { StepScope } from './steps/step-scope.ts';
export type { StepTraits, StepType } from './steps/step-type.ts';
export { withServices } from './steps/with-services.ts';
export { endOfChild } from './steps/workflow-run/workflow-run.ts';
export { probeTemplate } from './templates/probe.ts';
export { compileTemplate, validateTemplate } from './templates/templates.ts';
export { templateVariables } from './templates/variables.ts';
export { explainFilter } from './triggers/explain-filter.ts';
export { type VerdictNote, verdictNotes } from './triggers/trigger.store.ts';
export {
  defineTrigger,
  type Subscription,
  type SubscriptionContext,
  type TriggerType,
} from './triggers/trigger-type.ts';
export type { AimedEvent, SubscriptionStatus, Triggers } from './triggers/triggers.ts';
export {
  WorkflowCreate,
  WorkflowCreated,
  WorkflowDetail as WorkflowDetailSchema,
  WorkflowModel,
  WorkflowUpdate,
} from './workflows/schemas.ts';
export { WorkflowViewSet } from './workflows/viewsets.ts';
export { hasWorkflows } from './workflows/workflow.store.ts';
export { WorkflowService } from './workflows/workflow-service.ts';
export type { WorkflowDetail, WorkflowInput } from './workflows/workflow-types.ts';
