import type { Directory } from './directory.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    readonly directory: Directory;
  }
}
