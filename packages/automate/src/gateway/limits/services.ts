import type { Limits } from './limits.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    readonly modelLimits: Limits;
  }
}
