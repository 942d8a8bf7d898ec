import type { Scenario } from '../harness/scenario.ts';
import { scenario as badData } from './bad-data.ts';
import { scenario as burst } from './burst.ts';
import { scenario as clockSkew } from './clock-skew.ts';
import { scenario as databaseRestart } from './database-restart.ts';
import { scenario as diskFull } from './disk-full.ts';
import { scenario as leaseRace } from './lease-race.ts';
import { scenario as poison } from './poison.ts';
import { scenario as sigterm } from './sigterm.ts';
import { scenario as slowReader } from './slow-reader.ts';
import { scenario as thunderingRetry } from './thundering-retry.ts';
import { scenario as upgrade } from './upgrade.ts';
import { scenario as workerDeath } from './worker-death.ts';
import { scenario as zombie } from './zombie.ts';

/** All rows of the suite, in the order in which they run. */
export const scenarios: readonly Scenario[] = [
  workerDeath,
  zombie,
  leaseRace,
  databaseRestart,
  diskFull,
  clockSkew,
  slowReader,
  sigterm,
  burst,
  poison,
  badData,
  thunderingRetry,
  upgrade,
];
