import type { Approvals } from './approvals.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    readonly approvals: Approvals;
  }
}
