export type { Actor } from './actor.ts';
export { createApprovalLinks } from './approvals/approval-link.ts';
export { createApprovals } from './approvals/approvals.ts';
export { ApprovalModel } from './approvals/schemas.ts';
export { ApprovalLinkView, ApprovalViewSet } from './approvals/viewsets.ts';
export type { EngineCounters } from './counters.ts';
export { ruleInput } from './dispatch/dispatcher.ts';
export { createEngine, type Engine, type EngineOptions } from './engine.ts';
export { EventModel } from './events/schemas.ts';
export { EventIngestView } from './events/viewsets.ts';
export { ExecutionDetail, ExecutionModel, Step } from './executions/schemas.ts';
export { ExecutionViewSet } from './executions/viewsets.ts';
export { createRetention, type Retention } from './retention/retention.ts';
export { explainRule } from './rules/explain.ts';
export { compileRule } from './rules/rules.ts';
export { AnyJson, type Graph, type Trigger, type WorkflowSettings } from './schemas.ts';
export {
  type ChildRequest,
  defineStep,
  type LoopRunner,
  type StepContext,
  StepError,
  type StepResult,
  type StepRunner,
  type StepScope,
  type StepType,
} from './steps/step-type.ts';
export { probeTemplate } from './templates/probe.ts';
export {
  WorkflowCreate,
  WorkflowCreated,
  WorkflowDetail as WorkflowDetailSchema,
  WorkflowModel,
  WorkflowUpdate,
} from './workflows/schemas.ts';
export { WorkflowViewSet } from './workflows/viewsets.ts';
export { hasWorkflows } from './workflows/workflow.store.ts';
export { type WorkflowDetail, type WorkflowInput, WorkflowService } from './workflows/workflow-service.ts';
