import type { TaskServices } from './task-type.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    /** What tasks of endpoints are done with. */
    readonly taskServices: TaskServices;
  }
}
