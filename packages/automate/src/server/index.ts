export type { HostTransaction } from '../db/index.ts';
export {
  type EmittedEvent,
  ExecutionFailed,
  type HookListeners,
  type HookName,
  type HookPayloads,
  type Hooks,
  type RunOptions,
} from '../engine/index.ts';
export { type ClaimedJob, enqueue, type JobContext, type JobHandler, type JobOutcome, type NewJob } from '../jobs/index.ts';
export { defineSettings, type HostSettings } from '../kernel/index.ts';
export { type Automate, type AutomateOptions, createAutomate } from './create-automate.ts';
export { builtInMigrations } from './migrations.ts';
export { builtInModels, builtInRouter } from './routes.ts';
export { sampleEventFile } from './sample/workflow.ts';
