import type { Usage } from '../usage/usage.ts';

/** How a call ended. */
export type CallStatus = 'succeeded' | 'failed' | 'cancelled' | 'blocked';

/** One try of one target. */
export interface AttemptRow {
  readonly provider: string;
  readonly model: string;
  readonly ms: number;
  /** `ok`, or why it failed. */
  readonly outcome: string;
  readonly status?: number;
}

/** A call as the log keeps it. */
export interface CallRow {
  readonly id: string;
  readonly tenantId: string;
  readonly createdAt: number;
  readonly task: string;
  readonly model: string;
  readonly endpointId: string | null;
  readonly endpoint: string | null;
  readonly providerId: string | null;
  readonly provider: string | null;
  readonly providerModel: string | null;
  readonly protocol: string;
  readonly isStreamed: boolean;
  readonly isCached: boolean;
  readonly caller: string;
  readonly apiKeyId: string | null;
  readonly executionId: string | null;
  readonly step: string | null;
  readonly traceId: string;
  readonly promptId: string | null;
  readonly promptVersion: number | null;
  readonly status: CallStatus;
  readonly httpStatus: number | null;
  readonly errorCode: string | null;
  readonly errorDetail: string | null;
  readonly attempts: readonly AttemptRow[];
  readonly findings: readonly object[];
  readonly usage: Usage;
  readonly costNanos: number | null;
  readonly latencyMs: number;
  readonly firstByteMs: number | null;
  /** As it came, not yet redacted; undefined where the endpoint keeps none. */
  readonly request: unknown;
  readonly response: unknown;
}
