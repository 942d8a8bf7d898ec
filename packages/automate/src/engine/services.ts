import type { Json } from '../kernel/index.ts';
import type { Engine } from './engine.ts';
import type { WorkflowServiceOptions } from './workflows/workflow-service.ts';

declare module '../api/index.ts' {
  interface AppServices {
    readonly engine: Engine;
    /** Takes secrets out of what is shown. */
    readonly redact: (value: unknown) => Json;
    /** What a `WorkflowService` is built with. */
    readonly workflows: WorkflowServiceOptions;
  }
}
