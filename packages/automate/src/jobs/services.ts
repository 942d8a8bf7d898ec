import type { JobSystem } from './job-system.ts';

declare module '../api/index.ts' {
  interface AppServices {
    readonly jobs: JobSystem;
  }
}
