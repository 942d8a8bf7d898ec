import { useQueryClient } from '@tanstack/react-query';
import { api, wordsOf } from '../api.ts';

/** How many are asked at a time. */
const AT_ONCE = 4;

/** What came of pausing or resuming some workflows. */
export interface SetLive {
  readonly done: readonly string[];
  readonly failed: readonly string[];
  /** Why the first of those that failed did. */
  readonly reason: string;
}

/** Pauses or resumes workflows, a few at a time, and lets all lists of them be read again. */
export function useSetLive(): (ids: readonly string[], isLive: boolean, onProgress?: (done: number) => void) => Promise<SetLive> {
  const client = useQueryClient();
  return async (ids, isLive, onProgress) => {
    const left = [...ids];
    const done: string[] = [];
    const failed: string[] = [];
    let reason = '';
    const work = async () => {
      for (let id = left.shift(); id !== undefined; id = left.shift()) {
        try {
          await api.workflows.partialUpdate(id, { is_live: isLive });
          done.push(id);
        } catch (error) {
          failed.push(id);
          reason ||= wordsOf(error);
        }
        onProgress?.(done.length + failed.length);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    await client.invalidateQueries({ queryKey: ['workflows'] });
    await client.invalidateQueries({ queryKey: ['workflow'] });
    return { done, failed, reason };
  };
}
