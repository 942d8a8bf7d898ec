import type { Jobs } from './jobs.ts';

declare module '../api/index.ts' {
  interface AppServices {
    readonly jobs: Jobs;
  }
}
