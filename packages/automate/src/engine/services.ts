import type { Approvals } from './approvals/approvals.ts';
import type { Engine } from './engine.ts';
import type { WorkflowServiceOptions } from './workflows/workflow-service.ts';

declare module '../api/index.ts' {
  interface AppServices {
    readonly engine: Engine;
    readonly approvals: Approvals;
    /** What a `WorkflowService` is built with. */
    readonly workflows: WorkflowServiceOptions;
  }
}
