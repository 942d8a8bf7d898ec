import { Outlet, useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useBatches } from '../data/batches.ts';
import { useSession } from '../data/session.ts';
import { Toasts } from '../ui/toast.tsx';
import { Help } from './help.tsx';
import { useKeys } from './keys.ts';
import { Palette } from './palette.tsx';
import { SessionGate } from './session-gate.tsx';
import { Side } from './side.tsx';
import { Top } from './top.tsx';

const BatchProgress = lazy(() => import('../ui/batch-progress.tsx'));

/** The frame of every page. Nothing in it is drawn before it is known who asks. */
export function Shell() {
  const session = useSession();
  const hasBatches = useBatches().length > 0;
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const [isSideOpen, setSideOpen] = useState(false);
  const [open, setOpen] = useState<'palette' | 'help' | undefined>();
  // A dialog tells a moment later that it was closed; by then another one may be open.
  const close = (which: typeof open) => setOpen((now) => (now === which ? undefined : now));
  useKeys({ onPalette: () => setOpen('palette'), onHelp: () => setOpen('help') });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the menu closes with each change of place
  useEffect(() => setSideOpen(false), [pathname]);

  return (
    <SessionGate>
      <div className="app fit">
        <Side
          isOpen={isSideOpen}
          session={session.data}
          onClose={() => setSideOpen(false)}
          onSkip={() => main.current?.focus()}
        />
        <Top
          isSideOpen={isSideOpen}
          onSide={() => setSideOpen((is) => !is)}
          onPalette={() => setOpen('palette')}
          onHelp={() => setOpen('help')}
        />
        <main id="main" ref={main} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <Palette isOpen={open === 'palette'} onClose={() => close('palette')} />
      <Help isOpen={open === 'help'} onClose={() => close('help')} />
      {hasBatches && (
        <Suspense fallback={null}>
          <BatchProgress />
        </Suspense>
      )}
      <Toasts />
    </SessionGate>
  );
}
