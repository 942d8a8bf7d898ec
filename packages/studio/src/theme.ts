import { useSyncExternalStore } from 'react';
import { keep, kept } from './kept.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** What a person chose about how it looks; the tokens do the rest. */
interface Look {
  readonly theme: Theme;
  readonly isContrast: boolean;
}

let look: Look = {
  theme: themes.find((theme) => theme === kept('theme')) ?? 'system',
  isContrast: kept('contrast') === 'more',
};
const listeners = new Set<() => void>();

/** Called before anything is drawn, so that nothing flashes. */
export function applyLook(): void {
  const { dataset } = document.documentElement;
  if (look.theme === 'system') delete dataset.theme;
  else dataset.theme = look.theme;
  if (look.isContrast) dataset.contrast = 'more';
  else delete dataset.contrast;
}

export function setLook(change: Partial<Look>): void {
  look = { ...look, ...change };
  keep('theme', look.theme === 'system' ? undefined : look.theme);
  keep('contrast', look.isContrast ? 'more' : undefined);
  applyLook();
  for (const listener of listeners) listener();
}

export function useLook(): Look {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => look,
  );
}
