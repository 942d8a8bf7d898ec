/** An execution that is about to be stored. */
export interface NewExecution {
  readonly id: string;
  readonly tenantId: string;
  readonly workflowId: string;
  readonly workflowVersion: number;
  readonly versionId: string;
  readonly eventId: string;
  readonly triggerId: string | null;
  readonly traceId: string;
  /** The execution that has started it, and the step that waits for it. */
  readonly parentExecutionId?: string | null;
  readonly parentStep?: string | null;
  /** Whether it goes on when that one ends. */
  readonly outlivesParent?: boolean;
  readonly depth?: number;
  readonly replayOf?: string;
  /** The execution at the top of those that started each other; missing: this one. */
  readonly rootId?: string;
  /** What the client calls it. */
  readonly key?: string | undefined;
}
