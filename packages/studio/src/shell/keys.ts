import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { usePlaces } from '../data/pages.ts';

/** How long a key after G is waited for. */
const PAIR_MS = 1_200;

/** Keys that hold everywhere but where one types. */
export function useKeys({ onPalette, onHelp }: { onPalette(): void; onHelp(): void }): void {
  const navigate = useNavigate();
  const places = usePlaces();
  useEffect(() => {
    let pairUntil = 0;
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        onPalette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const place = places.find(({ key }) => key === event.key.toLowerCase());
      if (place && performance.now() < pairUntil) {
        event.preventDefault();
        pairUntil = 0;
        void navigate({ to: place.to });
        return;
      }
      pairUntil = event.key.toLowerCase() === 'g' ? performance.now() + PAIR_MS : 0;
      if (event.key === '?') onHelp();
      if (event.key === '/') {
        const search = document.querySelector<HTMLInputElement>('main input[type="search"]');
        if (!search) return;
        event.preventDefault();
        search.focus();
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [navigate, places, onPalette, onHelp]);
}

/** Whether keys are letters where the focus is, and not commands. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input:not([type="checkbox"]), textarea, select'))
  );
}
