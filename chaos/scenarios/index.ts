import type { Scenario } from '../harness/scenario.ts';
import { scenario as leaseRace } from './lease-race.ts';
import { scenario as poison } from './poison.ts';
import { scenario as sigterm } from './sigterm.ts';
import { scenario as workerDeath } from './worker-death.ts';
import { scenario as zombie } from './zombie.ts';

/** All rows of the suite, in the order in which they run. */
export const scenarios: readonly Scenario[] = [workerDeath, zombie, leaseRace, sigterm, poison];
