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
export { JOB_BATCH } from './job-batch.ts';
export type { JobControl } from './job-control.ts';
export { createJobSystem, type JobSystem } from './job-system.ts';
export { createLiveUpdates, type LiveUpdates } from './live/live.ts';
export { createSharedReads, type SharedReads } from './live/shared-reads.ts';
export { allVersionsOf } from './live/versions.ts';
export { BatchStarted, ErrorCode, hasCriterion, JobModel, ListChanges, MAXIMUM_IDS, NO_CRITERION } from './schemas.ts';
export { isRunningJob, isUnfinishedJob, notifyJobsSql, progressOfJob, slotMembersSql } from './sql.ts';
export { countActiveJobs } from './store/active.store.ts';
export {
  clearNotified,
  deleteJobs,
  enqueue,
  lockJobs,
  noteProgress,
  notifyJobs,
  type RestatedJob,
  restateJobs,
  type Settlement,
  settle,
  unblock,
  vacuumJobs,
} from './store/job.store.ts';
export { fence, lockLeases } from './store/lease.store.ts';
export { blockedJobs, changeCapacity, declareSlots, holdersOf, lockSlots, membersOf, usageOf } from './store/slots.store.ts';
export { delayedUntil, type JobStanding, jobStanding, workersOf } from './store/standing.store.ts';
export { JobViewSet } from './viewsets.ts';
export { createPoller, type Poller } from './worker/poller.ts';
