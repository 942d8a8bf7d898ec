import type { JobUpdate } from 'automate-client';
import { useSyncExternalStore } from 'react';
import { api, isPassing } from '../api.ts';

/** Why it could not be done to one row. */
export interface BatchFailure {
  readonly id: string;
  readonly code: string;
  readonly message: string;
}

/** A job over many rows, as far as it is known here. */
export interface Batch {
  /** Of its job. */
  readonly id: string;
  readonly title: string;
  readonly state: JobUpdate['state'];
  readonly total: number | undefined;
  readonly done: number;
  readonly failed: number;
  readonly failures: readonly BatchFailure[];
  /** Whether it cannot be followed at the moment. */
  readonly isLost: boolean;
}

const AGAIN_MS = 3_000;
let batches: readonly Batch[] = [];
const listeners = new Set<() => void>();
const followers = new Map<string, AbortController>();

function change(next: readonly Batch[]): void {
  batches = next;
  for (const listener of listeners) listener();
}

function update(id: string, values: Partial<Batch>): void {
  change(batches.map((batch) => (batch.id === id ? { ...batch, ...values } : batch)));
}

/** Follows a job that was just started, on whatever page one is. @param title what it does */
export function followBatch(id: string, title: string): void {
  for (const { id: old } of batches.slice(0, -2)) forgetBatch(old);
  const stop = new AbortController();
  followers.set(id, stop);
  change([...batches, { id, title, state: 'queued', total: undefined, done: 0, failed: 0, failures: [], isLost: false }]);
  void follow(id, stop.signal).finally(() => followers.get(id) === stop && followers.delete(id));
}

export function forgetBatch(id: string): void {
  followers.get(id)?.abort();
  followers.delete(id);
  change(batches.filter((batch) => batch.id !== id));
}

export function useBatches(): readonly Batch[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => batches,
  );
}

/** Whether a job does not change any more. */
export function hasEnded({ state }: Pick<Batch, 'state'>): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled';
}

async function follow(id: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const { data } of api.jobs.events(id, {}, { signal })) {
        update(id, { state: data.state, isLost: false, ...progressOf(data.progress) });
        if (hasEnded(data)) return;
      }
    } catch (error) {
      if (signal.aborted) return;
      update(id, { isLost: true });
      if (!isPassing(error)) return;
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** How far a batch is, as its job says. @param progress of any job: what is no batch says nothing */
export function progressOf(progress: Readonly<Record<string, unknown>> | null): Partial<Batch> {
  if (!progress) return {};
  const { total, done, failed, failures } = progress;
  return {
    ...(typeof total === 'number' && { total }),
    ...(typeof done === 'number' && { done }),
    ...(typeof failed === 'number' && { failed }),
    ...(Array.isArray(failures) && { failures: failures as readonly BatchFailure[] }),
  };
}
