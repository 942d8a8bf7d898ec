export { type BatchOptions, batchHandler } from './batch.ts';
export {
  backoffMs,
  type ClaimedJob,
  type DeadJob,
  type JobContext,
  type JobFailure,
  type JobHandler,
  type JobOutcome,
  type JobState,
  type Lease,
  leaseKey,
  type NewJob,
  type Slot,
} from './job.ts';
export { createJobs, type Jobs } from './jobs.ts';
export { createLiveUpdates, type LiveUpdates } from './live/live.ts';
export { createSharedReads, type SharedReads } from './live/shared-reads.ts';
export { BatchStarted, hasCriterion, JobModel, MAXIMUM_IDS, NO_CRITERION } from './schemas.ts';
export {
  enqueue,
  JOB_IS_TOLD,
  JOB_LISTENS,
  noteLook,
  noteProgress,
  type Settlement,
  settle,
  tell,
  unblock,
} from './store/job.store.ts';
export { fence, lockLeases } from './store/lease.store.ts';
export { changeCapacity, declareSlots, lockSlots, membersOf, usageOf } from './store/slots.store.ts';
export { JobViewSet } from './viewsets.ts';
export { readWake, WAKE_CHANNEL, wakePayload } from './wake.ts';
export { createPoller, type Poller } from './worker/poller.ts';
export { CANCEL_CHANNEL, CONTROL_CHANNEL, createWorker, type Worker } from './worker/worker.ts';
