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
export { AuditedMixin } from '../governance/index.ts';
export { type ClaimedJob, enqueue, type JobContext, type JobHandler, type JobOutcome, type NewJob } from '../jobs/index.ts';
export { defineSettings, type HostSettings } from '../kernel/index.ts';
// A star, since TypeScript merges augmentations of `FeatureParts` through a star only.
export * from '../platform/index.ts';
export type { DashboardTile, TileReading } from '../studio/index.ts';
export { builtInFeatures } from './built-in.ts';
export { type Automate, createAutomate } from './create-automate.ts';
export { builtInMigrations, migrationSourcesOf } from './migrations.ts';
export type { AutomateOptions } from './options.ts';
export { mountRoutes, routerOf } from './router.ts';
export { sampleEventFile } from './sample/workflow.ts';
