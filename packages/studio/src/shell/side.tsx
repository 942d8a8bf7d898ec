import { Link } from '@tanstack/react-router';
import type { Session } from 'automate-client';
import { useEffect, useRef } from 'react';
import { MOST_COUNTED, type Place, useCounts, usePlaces } from '../data/pages.ts';
import { useText } from '../text/text.tsx';
import { Icon } from '../ui/icon.tsx';
import { PersonMenu } from './person-menu.tsx';
import { TenantMenu } from './tenant-menu.tsx';

interface SideProps {
  readonly isOpen: boolean;
  readonly session: Session | undefined;
  onClose(): void;
  /** Past all of it, to the page itself. */
  onSkip(): void;
}

/** Where one can go: a column, a rail on narrower windows, a drawer on phones. */
export function Side({ isOpen, session, onClose, onSkip }: SideProps) {
  const text = useText();
  const counts = useCounts();
  const groups = [...Map.groupBy(usePlaces(), ({ group }) => group)];
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    nav.current?.querySelector<HTMLElement>('a')?.focus();
    const closes = (event: Event) => {
      const isOutside = event instanceof PointerEvent && !nav.current?.contains(event.target as Node);
      const isEscape = event instanceof KeyboardEvent && event.key === 'Escape';
      if (isOutside || isEscape) onClose();
    };
    document.addEventListener('pointerdown', closes);
    document.addEventListener('keydown', closes);
    return () => {
      document.removeEventListener('pointerdown', closes);
      document.removeEventListener('keydown', closes);
    };
  }, [isOpen, onClose]);
  return (
    <nav ref={nav} id="side" className={isOpen ? 'side open' : 'side'} aria-label={text.nav.label}>
      <button type="button" className="skip" onClick={onSkip}>
        {text.skip}
      </button>
      <TenantMenu session={session} />
      <div className="side-scroll">
        {groups.map(([group, places]) => (
          <div key={group}>
            {group !== 'home' && <h2>{text.nav.groups[group]}</h2>}
            <ul>
              {places.map((place) => (
                <Line key={place.path} place={place} count={counts[place.path] ?? 0} />
              ))}
            </ul>
          </div>
        ))}
      </div>
      <PersonMenu session={session} />
    </nav>
  );
}

function Line({ place: { to, label, icon }, count }: { place: Place; count: number }) {
  return (
    <li>
      <Link to={to} activeProps={{ 'aria-current': 'page' }} title={label}>
        <Icon name={icon} />
        <span>{label}</span>
        {count > 0 && <span className="count">{count < MOST_COUNTED ? count : `${MOST_COUNTED - 1}+`}</span>}
      </Link>
    </li>
  );
}
