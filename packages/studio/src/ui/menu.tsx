import { cloneElement, lazy, type MouseEventHandler, type ReactElement, Suspense, useState } from 'react';
import type { MenuProps } from './menu-items.ts';

// It is loaded behind what is seen first: nobody opens a menu before.
const Inside = lazy(async () => ({ default: (await import('./menu-inside.tsx')).MenuInside }));

/** A button with a menu of what it can do. Whoever is faster than the menu, on a slow line, finds it open when it is there. */
export function Menu(props: MenuProps) {
  const [isWanted, setWanted] = useState(false);
  const trigger = props.trigger as ReactElement<{ onClick?: MouseEventHandler }>;
  return (
    <Suspense fallback={cloneElement(trigger, { onClick: () => setWanted(true) })}>
      <Inside {...props} isOpenAtOnce={isWanted} />
    </Suspense>
  );
}
