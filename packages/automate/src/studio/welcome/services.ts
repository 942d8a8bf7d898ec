import type { JsonObject } from '../../kernel/index.ts';

/** An automation to try, with an event that starts it. */
export interface SampleAutomation {
  /** As `POST /api/v1/workflows/` takes it. */
  readonly workflow: { readonly name: string; readonly slug: string } & Readonly<Record<string, unknown>>;
  readonly event: { readonly event_type: string; readonly payload: JsonObject };
}

declare module '../../api/index.ts' {
  interface AppServices {
    readonly sample: SampleAutomation;
  }
}
