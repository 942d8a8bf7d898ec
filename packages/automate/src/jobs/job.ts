import type { Queryable } from '../db/index.ts';
import type { JsonObject, Logger } from '../kernel/index.ts';

export const jobStates = ['blocked', 'queued', 'scheduled', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type JobState = (typeof jobStates)[number];

/** Of jobs that are still to be done, or are being done. */
export const unfinishedStates = ['blocked', 'queued', 'scheduled', 'running'] as const satisfies readonly JobState[];
/** A job in one of these does not change any more, but for a dead letter that is tried again. */
export const endedStates = ['succeeded', 'failed', 'cancelled'] as const satisfies readonly JobState[];
export const ENDED_STATES: ReadonlySet<string> = new Set(endedStates);

/** A piece of work to do later. Inserted in the caller's transaction, so it exists if and only if that commits. */
export interface NewJob {
  /** Default: a new id. */
  readonly id?: string;
  readonly tenantId: string;
  readonly kind: string;
  /** Default: a new one. */
  readonly traceId?: string;
  readonly payload?: JsonObject;
  /** Work is claimed in turn from the lanes. Default: the tenant's own. */
  readonly lane?: string;
  /** Higher first, within a lane. Default 0. */
  readonly priority?: number;
  /** Default: as soon as a worker is free. */
  readonly runAt?: Date;
  /** Jobs that share it run at most so many at a time; it is held until the job ends, its pauses included. */
  readonly slot?: Slot;
  /** Whether it comes in backlogs of any length, so that who claims other kinds only does not look through them. */
  readonly isBulk?: boolean;
  /** Whether something of it is stored already, so that its first claim looks for that. */
  readonly hasHistory?: boolean;
  /** Claims without progress after which the job goes to the dead letters. Default 10. */
  readonly maxAttempts?: number;
}

export interface Slot {
  readonly name: string;
  /** Of those that share it, the smallest capacity holds. */
  readonly capacity: number;
  /** An id that follows the time: who has the lowest goes first. Default: that of the job. */
  readonly since?: string;
}

/** Proof that a worker holds a job: every write under it is refused once the job was claimed again. */
export interface Lease {
  readonly jobId: string;
  readonly owner: string;
  readonly epoch: number;
}

/** Names a lease in a set of them. */
export function leaseKey({ jobId, owner, epoch }: Lease): string {
  return `${jobId} ${epoch} ${owner}`;
}

export interface ClaimedJob<Payload extends JsonObject = JsonObject> {
  readonly id: string;
  readonly tenantId: string;
  readonly lane: string;
  readonly kind: string;
  readonly traceId: string;
  readonly payload: Payload;
  /** This claim included. */
  readonly attempts: number;
  readonly maxAttempts: number;
  /** Whether it was notified since it last read what it was sent. */
  readonly isNotified: boolean;
  /** Whether workers have ended again and again while they had it. */
  readonly isSuspect: boolean;
  /** Of the first claim. */
  readonly startedAt: Date;
  /** Name of the slot that it has. */
  readonly slot: string | null;
  readonly lease: Lease;
}

/** Why a job failed, as stored. */
export interface JobFailure {
  readonly code: string;
  readonly message: string;
}

export type JobOutcome =
  | { readonly type: 'succeeded' }
  /** Made progress and goes on at a time, or else when it is notified: claims are counted anew. */
  | { readonly type: 'scheduled'; readonly runAt: Date | undefined }
  /** Given back unfinished, for example at shutdown; another worker goes on at once. */
  | { readonly type: 'released' }
  /** Tried again later. */
  | { readonly type: 'retry'; readonly error: JobFailure; readonly delayMs: number }
  /** Not tried again: a dead letter. */
  | { readonly type: 'failed'; readonly error: JobFailure }
  | { readonly type: 'cancelled' };

export interface JobContext {
  /** Fires when the lease was lost, the job was cancelled or the worker must stop: whatever runs has to end. */
  readonly signal: AbortSignal;
  /** Whether the worker is going down: stop at the next safe point and return `released`. */
  isDraining(): boolean;
  /** Calls back when the job is notified while it is in flight; at the latest with a heartbeat. Returns how to stop. */
  onNotified(callback: () => void): () => void;
  /** Reports how far the job is: shown to whoever looks, at most twice a second, and never after the lease was lost. */
  progress(progress: JsonObject): void;
  /** The handler itself has stored a change of the job: whoever follows it is called. */
  publish(): void;
  readonly logger: Logger;
}

/**
 * What a feature, or a host, does with one kind of job.
 * @example
 * const invoices: JobHandler<{ order: string }> = {
 *   kind: 'shop.invoice',
 *   async run({ payload }, { signal }) {
 *     await sendInvoice(payload.order, { signal });
 *     return { type: 'succeeded' };
 *   },
 * };
 */
export interface JobHandler<Payload extends JsonObject = JsonObject> {
  /** One that no other handler has, such as `shop.invoice`. */
  readonly kind: string;
  /** Whether its jobs are made with `isBulk`. */
  readonly isBulk?: boolean;
  /**
   * Does the work. Returns its outcome, or `settled` when it has stored the outcome itself together with its own writes.
   * An error thrown here is retried with backoff until `maxAttempts`.
   */
  run(job: ClaimedJob<Payload>, context: JobContext): Promise<JobOutcome | 'settled'>;
  /** Records, in the same transaction, that these jobs became dead letters. */
  onDead?(transaction: Queryable, jobs: readonly DeadJob[]): Promise<void>;
  /** Called with these dead letters once that is committed. */
  afterDead?(jobIds: readonly string[]): void;
  /** Takes back, in the same transaction, what `onDead` recorded: these dead letters are tried again. */
  onRedrive?(transaction: Queryable, jobIds: readonly string[]): Promise<void>;
  /** Records, in the same transaction, that these jobs were cancelled; one that runs may not have ended yet. Not with a `cancel` of its own. */
  onCancelled?(transaction: Queryable, jobIds: readonly string[]): Promise<void>;
  /** Ends such a job in its own way. Default: it is cancelled where it stands, and its signal fires where it runs. */
  cancel?(actor: { readonly tenantId: string; readonly id: string }, jobId: string): Promise<void>;
  /** The same in a transaction, of which {@link JobHandler.cancel} would be one more: for batches. Who has it is notified behind it. */
  cancelWithin?(transaction: Queryable, jobId: string): Promise<void>;
  /**
   * How those of these jobs that it knows of stand, beside their state: a few characters that differ after every change, also once the
   * job itself is deleted. Asked every two seconds of all that is followed, of whatever kind.
   */
  versionsOf?(db: Queryable, jobIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

export interface DeadJob {
  readonly id: string;
  readonly error: JobFailure;
  /** Of its first claim. */
  readonly startedAt: Date;
}

export type KnownDeadJob = DeadJob & { readonly kind: string };

/** Exponential backoff with jitter: doubles from one second to five minutes, of which a random half is taken off. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(1_000 * 2 ** Math.max(attempt - 1, 0), 300_000);
  return Math.round(full * (0.5 + random() / 2));
}
