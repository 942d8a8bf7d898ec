import type { MigrationSource } from '../db/index.ts';
import type { Settings } from '../kernel/index.ts';
import type { FeatureSettings } from './settings.ts';

/** What checks of `automate doctor` look at. */
export interface DoctorContext {
  /** Settings of the installation as a whole. */
  readonly core: Settings;
  /** Those of features. */
  readonly settings: FeatureSettings;
  /** Those of all features, in their order. */
  readonly migrations: readonly MigrationSource[];
  /** Whether a server runs with these settings. */
  readonly isServed: boolean;
  /** Calls the API of the running server as the local operator. @throws AppError `request_failed`, also when none runs */
  call(path: string): Promise<unknown>;
}
