import { useSyncExternalStore } from 'react';
import { keep, kept } from './kept.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export const densities = ['normal', 'compact', 'roomy'] as const;
export type Density = (typeof densities)[number];

/** What a person chose about how it looks; the tokens do the rest. */
interface Look {
  readonly theme: Theme;
  readonly isContrast: boolean;
  readonly density: Density;
}

let look: Look = {
  theme: themes.find((theme) => theme === kept('theme')) ?? 'system',
  isContrast: kept('contrast') === 'more',
  density: densities.find((density) => density === kept('density')) ?? 'normal',
};
const listeners = new Set<() => void>();

/** Called before anything is drawn, so that nothing flashes. */
export function applyLook(): void {
  const { dataset } = document.documentElement;
  if (look.theme === 'system') delete dataset.theme;
  else dataset.theme = look.theme;
  if (look.isContrast) dataset.contrast = 'more';
  else delete dataset.contrast;
  if (look.density === 'normal') delete dataset.density;
  else dataset.density = look.density;
}

export function setLook(change: Partial<Look>): void {
  look = { ...look, ...change };
  keep('theme', look.theme === 'system' ? undefined : look.theme);
  keep('contrast', look.isContrast ? 'more' : undefined);
  keep('density', look.density === 'normal' ? undefined : look.density);
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
