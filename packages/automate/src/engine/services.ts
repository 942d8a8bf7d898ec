import type { Engine } from './engine.ts';
import type { WorkflowServiceOptions } from './workflows/workflow-service.ts';

declare module '../api/index.ts' {
  interface AppServices {
    readonly engine: Engine;
    /** What a `WorkflowService` is built with. */
    readonly workflows: WorkflowServiceOptions;
  }
}
