import { accounts } from '../accounts/index.ts';
import { engine } from '../engine/index.ts';
import { gateway } from '../gateway/index.ts';
import { governance } from '../governance/index.ts';
import type { Feature } from '../platform/index.ts';
import { studio } from '../studio/index.ts';
import { db } from './features/db.ts';
import { jobs } from './features/jobs.ts';
import { outbound } from './features/outbound.ts';
import { sample } from './features/sample.ts';
import { web } from './features/web.ts';

/** Every feature of the product. Nothing of it is wired in another way. */
export const builtInFeatures: readonly Feature[] = [
  web,
  db,
  outbound,
  studio,
  jobs,
  governance,
  accounts,
  gateway,
  engine,
  sample,
];
