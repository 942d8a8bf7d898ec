import type { AppServices } from '../../api/index.ts';
import { type Db, withSessions } from '../../db/index.ts';
import { type Logger, packageVersion } from '../../kernel/index.ts';
import type { DashboardService } from './services.ts';
import { createSnapshots } from './snapshots.ts';
import { createTiles, type DashboardTile } from './tiles.ts';
import { createWellbeing } from './wellbeing.ts';

export interface DashboardOptions {
  readonly db: Db;
  readonly logger: Logger;
  readonly services: () => AppServices;
  readonly tiles: readonly DashboardTile[];
  /** Where the embedded database is. */
  readonly directory: string | undefined;
}

/** @throws TypeError as `createTiles` */
export function createDashboard({ db, logger, services, tiles, directory }: DashboardOptions): DashboardService {
  return {
    version: packageVersion(),
    snapshots: createSnapshots(withSessions(db, { byIndex: true })),
    tiles: createTiles(tiles, services, logger),
    wellbeing: createWellbeing({ db, services, directory }),
  };
}
