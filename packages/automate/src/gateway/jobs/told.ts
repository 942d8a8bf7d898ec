import type { JobEvent } from './job-event.store.ts';

/**
 * What a job has told, and tells again when it is begun once more: what is the same is not told twice. Where a model says something else the
 * second time, a `progress` event with `restarted` says that what came before holds no longer.
 */
export interface Told {
  token(text: string): JobEvent[];
  event(event: JobEvent): JobEvent[];
  /** The work is done. */
  end(): JobEvent[];
}

export const RESTARTED: JobEvent = { event: 'progress', data: { restarted: true } };

/** @param before the events of earlier tries, in their order */
export function tellOn(before: readonly JobEvent[]): Told {
  const begun = before.findLastIndex(({ event, data }) => event === 'error' || (event === 'progress' && data.restarted === true));
  const standing = before.slice(begun + 1);
  const words = standing.map(({ event, data }) => (event === 'token' ? String(data.text) : '')).join('');
  const known = new Set(standing.flatMap((one) => (one.event === 'progress' ? [JSON.stringify(one.data)] : [])));
  // Files are made anew.
  let isAnew = standing.some(({ event }) => event === 'artifact');
  let matched = 0;

  const restart = (): JobEvent[] => {
    isAnew = false;
    known.clear();
    const again = words.slice(0, matched);
    matched = words.length;
    return again === '' ? [RESTARTED] : [RESTARTED, { event: 'token', data: { text: again } }];
  };
  const token = (text: string): JobEvent => ({ event: 'token', data: { text } });

  return {
    token(text) {
      const first = isAnew ? restart() : [];
      const left = words.slice(matched);
      if (left === '') return [...first, token(text)];
      if (left.startsWith(text)) {
        matched += text.length;
        return first;
      }
      if (!text.startsWith(left)) return [...first, ...restart(), token(text)];
      matched = words.length;
      return [...first, token(text.slice(left.length))];
    },
    event(event) {
      const first = isAnew ? restart() : [];
      if (event.event === 'progress' && known.delete(JSON.stringify(event.data))) return first;
      return [...first, event];
    },
    end: () => (isAnew || matched < words.length ? restart() : []),
  };
}
