import type { CallServices } from './call-services.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    /** What calls of models are made with. */
    readonly calls: CallServices;
  }
}
