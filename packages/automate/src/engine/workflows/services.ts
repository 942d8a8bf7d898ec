import type { DryRunner } from './dry-runner.ts';
import type { WorkflowServiceOptions } from './workflow-types.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    /** What a `WorkflowService` is built with. */
    readonly workflows: WorkflowServiceOptions;
    /** Runs a graph with nothing stored and nothing sent. */
    readonly dryRun: DryRunner;
  }
}
