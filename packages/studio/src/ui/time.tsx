import { useSyncExternalStore } from 'react';
import { distance, exactTime } from '../format.ts';
import { useWords } from '../text/text.tsx';

const TICK_MS = 1_000;
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

/** The time, told once a second to whoever shows it; one timer for all. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) now = Date.now();
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** How long ago; the exact time is in its tooltip, which is written when it is wanted: the first date of a page is dear to format. */
export function Ago({ time }: { time: string }) {
  const { text, language } = useWords();
  const at = useNow();
  return (
    <time
      dateTime={time}
      onPointerEnter={({ currentTarget }) => {
        currentTarget.title = exactTime(time, language);
      }}
    >
      {distance(Date.parse(time), at, text)}
    </time>
  );
}
