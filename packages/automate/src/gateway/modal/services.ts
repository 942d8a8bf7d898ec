import type { EndpointJobs } from './endpoint-jobs.ts';
import type { TaskServices } from './task-type.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    /** What tasks of endpoints are done with. */
    readonly taskServices: TaskServices;
    /** What endpoints do in the background. */
    readonly endpointJobs: EndpointJobs;
  }
}
