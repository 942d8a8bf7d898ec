import type { Snapshots } from './snapshots.ts';
import type { Tiles } from './tiles.ts';
import type { Wellbeing } from './wellbeing.ts';

/** What the dashboard is made from. */
export interface DashboardService {
  readonly version: string;
  readonly snapshots: Snapshots;
  readonly tiles: Tiles;
  wellbeing(): Promise<Wellbeing>;
}

declare module '../../api/index.ts' {
  interface AppServices {
    readonly dashboard: DashboardService;
  }
}
