import type { Prompts } from './prompts.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    /** What models are told: versions, labels, test runs. */
    readonly prompts: Prompts;
  }
}
