import type { Actor } from '../actor.ts';
import type { DryRun, DryRunReport } from './dry-run-schemas.ts';

/** Runs a graph with nothing stored and nothing sent. */
export type DryRunner = (
  actor: Actor,
  workflowId: string,
  request: DryRun & { readonly traceId: string },
) => Promise<DryRunReport>;
