import type { EventIntake } from './ingest.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    readonly events: Pick<EventIntake, 'accept'>;
  }
}
