import type { QueryErrorFields } from '../port/errors.ts';

/** What the main thread asks of the database thread. */
export type Request =
  | {
      readonly id: number;
      readonly kind: 'query';
      readonly text: string;
      readonly values: readonly unknown[];
      /** Prepares the statement under this name. */
      readonly name: string | undefined;
    }
  | { readonly id: number; readonly kind: 'script'; readonly text: string }
  | { readonly id: number; readonly kind: 'close' };

export type Reply =
  | { readonly id: number; readonly rows: Record<string, unknown>[]; readonly rowCount: number }
  | { readonly id: number; readonly error: QueryErrorFields };

export interface WorkerOptions {
  /** Directory of the database files; undefined keeps everything in memory. */
  readonly directory: string | undefined;
}
