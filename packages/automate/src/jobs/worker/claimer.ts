import { errorMessage, type Logger } from '../../kernel/index.ts';
import type { ClaimedJob } from '../job.ts';
import type { ClaimOptions } from '../store/claim.store.ts';
import { type AnnouncedLanes, createAnnouncedLanes } from './announced-lanes.ts';
import { CLAIM_LIMIT, type Claims, type ClaimsOptions, createClaims } from './claims.ts';
import { createPoller } from './poller.ts';
import { createPromoter } from './promoter.ts';

export interface ClaimerOptions extends ClaimsOptions, Pick<ClaimOptions, 'lanes'> {
  readonly logger: Logger;
  onClaimed(jobs: readonly ClaimedJob[]): void;
}

/** Claims jobs as they come, as many as there is room for. */
export interface Claimer {
  start(): void;
  /** There is work now. @param lanes where, as far as it is known: those with little in flight come first */
  wake(lanes?: readonly string[]): void;
  /** A job becomes due in so many milliseconds. */
  dueIn(milliseconds: number): void;
  /** A job has left what is in flight. */
  released(job: ClaimedJob): void;
  /** Whether the last claim could be made. */
  isHealthy(): boolean;
  /** Claims nothing more. */
  stop(): Promise<void>;
}

const BACKLOG_PAUSES = { minimumMs: 5, maximumMs: 1_000 };
const ANNOUNCED_PAUSES = { minimumMs: 1_000, maximumMs: 1_000 };

export function createClaimer(options: ClaimerOptions): Claimer {
  const { onClaimed } = options;
  const health = createHealth(options.logger);
  const claims = createClaims(options);
  const announced = createAnnouncedLanes(options.lanes);
  const backlog = createBacklog(options, claims);
  let isStopping = false;
  const backlogPoller = createPoller({
    ...BACKLOG_PAUSES,
    async poll() {
      if (isStopping) return 'idle';
      const promoted = await promoter.promote();
      const found = await backlog.claim();
      if (!found) return 'idle';
      health.succeeded();
      // Without a backlog, everybody's turn is now.
      if (claims.hasBacklog) announcedPoller.wake();
      else announced.forget();
      onClaimed(found.jobs);
      return found.jobs.length > 0 || promoted > 0 || found.isWrapping ? 'busy' : 'idle';
    },
    onError: health.failed,
  });
  /** Announced lanes do not wait for the claim that is under way either. */
  const announcedPoller = createPoller({
    ...ANNOUNCED_PAUSES,
    async poll() {
      if (claims.hasBacklog && !isStopping) onClaimed(await claimAnnounced(options, claims, announced));
      return 'idle';
    },
    onError: health.failed,
  });
  const promoter = createPromoter(options.db, (milliseconds) => backlogPoller.wakeIn(milliseconds));

  return {
    start() {
      backlogPoller.start();
      announcedPoller.start();
    },
    wake(lanes = []) {
      announced.announce(lanes);
      if (announced.has()) announcedPoller.wake();
      backlogPoller.wake();
    },
    dueIn: (milliseconds) => promoter.dueIn(Math.max(milliseconds, 0)),
    released({ isSuspect }) {
      if (isSuspect || backlog.canGoOn()) backlogPoller.wake();
      if (announced.has()) announcedPoller.wake();
    },
    isHealthy: health.isHealthy,
    async stop() {
      isStopping = true;
      await Promise.all([backlogPoller.stop(), announcedPoller.stop()]);
    },
  };
}

/** How the last claim went. */
function createHealth(logger: Logger) {
  let isHealthy = true;
  return {
    isHealthy: () => isHealthy,
    succeeded(): void {
      isHealthy = true;
    },
    failed(error: unknown): void {
      isHealthy = false;
      logger.warn({ reason: errorMessage(error) }, 'cannot claim jobs, trying again');
    },
  };
}

/** Walks through the lanes, from claim to claim. */
function createBacklog({ inFlight, lanes }: ClaimerOptions, claims: Claims) {
  let isFull = false;
  let afterLane = '';
  return {
    /** Undefined while there is no room for a batch that is worth a claim. */
    async claim(): Promise<{ readonly jobs: readonly ClaimedJob[]; readonly isWrapping: boolean } | undefined> {
      isFull = claims.capacity() < claims.minimumBatch();
      if (isFull) {
        claims.hasBacklog = true;
        return undefined;
      }
      const limit = Math.min(claims.capacity(), CLAIM_LIMIT);
      const { jobs, nextLane } = await claims.take({ limit, lanes, takesSuspect: !inFlight.hasSuspect, afterLane });
      claims.hasBacklog = nextLane !== '' || jobs.length >= limit;
      const isWrapping = afterLane !== '' && nextLane === '';
      afterLane = nextLane;
      return { jobs, isWrapping };
    },
    /** Whether the last claim waited for room that there is now. */
    canGoOn: () => isFull && claims.capacity() >= claims.minimumBatch(),
  };
}

/** Who has little in flight here does not wait until the walk through the lanes comes by. */
async function claimAnnounced(
  { inFlight }: ClaimerOptions,
  claims: Claims,
  announced: AnnouncedLanes,
): Promise<readonly ClaimedJob[]> {
  const chosen = announced.choose(claims.places(), inFlight.ofLane);
  if (!chosen) return [];
  claims.contend();
  if (chosen.limit === 0) return [];
  return (await claims.take({ ...chosen, takesSuspect: false, afterLane: '' })).jobs;
}
