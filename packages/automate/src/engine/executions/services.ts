import type { ExecutionControl } from './execution-control.ts';
import type { ExecutionReader } from './execution-reader.ts';
import type { Replays } from './replay.ts';

/** What is done with executions that are there. */
export interface Executions {
  readonly reader: ExecutionReader;
  readonly control: ExecutionControl;
  readonly replays: Replays;
}

declare module '../../api/index.ts' {
  interface AppServices {
    readonly executions: Executions;
  }
}
