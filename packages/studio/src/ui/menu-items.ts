import type { ReactElement } from 'react';
import type { IconName } from './icon.tsx';

export interface MenuItem {
  readonly label: string;
  readonly icon?: IconName;
  /** Whether it is the one that holds, where one of several does. */
  readonly isChosen?: boolean;
  onSelect(): void;
}

export interface MenuProps {
  readonly trigger: ReactElement;
  /** A line stands between two groups. */
  readonly groups: readonly (readonly MenuItem[])[];
  readonly align?: 'start' | 'end';
}
