import type { Db } from '../../db/index.ts';
import type { ClaimedJob } from '../job.ts';
import { type ClaimOptions, claim } from '../store/claim.store.ts';
import { createBacklogWindow } from './backlog-window.ts';
import type { InFlightJobs } from './in-flight.ts';

export interface ClaimsOptions extends Pick<ClaimOptions, 'kinds' | 'wanted'> {
  readonly db: Db;
  /** The name that claims are made under. */
  owner(): string;
  readonly inFlight: InFlightJobs;
  /** Most jobs in flight at once. */
  readonly concurrency: number;
}

/** The claims of one worker, and how many jobs they may bring. */
export interface Claims {
  /** Whether the last claim left something. Who claims says it. */
  hasBacklog: boolean;
  /** How many jobs a backlog may bring now. */
  capacity(): number;
  /** With less capacity, a claim waits: the end of a job asks again. */
  minimumBatch(): number;
  /** How many jobs may be brought past a backlog. */
  places(): number;
  /** A lane has come that has little in flight. */
  contend(): void;
  take(
    of: Pick<ClaimOptions, 'limit' | 'lanes' | 'takesSuspect' | 'afterLane'>,
  ): Promise<{ readonly jobs: readonly ClaimedJob[]; readonly nextLane: string }>;
}

export const CLAIM_LIMIT = 250;
/** Part of the concurrency that is kept for lanes with little in flight. */
const RESERVE = 0.05;

export function createClaims({ db, owner, inFlight, concurrency, kinds, wanted }: ClaimsOptions): Claims {
  const window = createBacklogWindow(concurrency - Math.floor(concurrency * RESERVE));
  /** Most jobs that claims under way may bring. */
  let underway = 0;
  /** Jobs in flight, or about to be. */
  const taken = (): number => inFlight.size + underway;
  const claims: Claims = {
    hasBacklog: false,
    capacity: () => Math.floor(window.limit()) - taken(),
    minimumBatch: () => Math.min(CLAIM_LIMIT, window.limit()) / 4,
    places: () => concurrency - taken(),
    contend: window.contend,
    async take(of) {
      const began = performance.now();
      underway += of.limit;
      try {
        return await claim(db, { kinds, wanted, owner: owner(), ...of });
      } finally {
        underway -= of.limit;
        window.observe(performance.now() - began, claims.hasBacklog);
      }
    },
  };
  return claims;
}
