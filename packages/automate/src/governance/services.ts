import type { Db } from '../db/index.ts';
import type { ModelStore } from '../kernel/index.ts';

declare module '../api/index.ts' {
  interface AppServices {
    readonly database: Db;
    /** Models that belong to the installation and to no tenant; for staff. */
    readonly operatorModels: ModelStore;
  }
}
