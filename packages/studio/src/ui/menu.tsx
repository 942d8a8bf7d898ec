import { lazy, Suspense } from 'react';
import type { MenuProps } from './menu-items.ts';

// It is loaded behind what is seen first: nobody opens a menu before.
const Inside = lazy(async () => ({ default: (await import('./menu-inside.tsx')).MenuInside }));

/** A button with a menu of what it can do. */
export function Menu(props: MenuProps) {
  return (
    <Suspense fallback={props.trigger}>
      <Inside {...props} />
    </Suspense>
  );
}
