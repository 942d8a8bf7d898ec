import { Link } from '@tanstack/react-router';
import { useText } from '../text/text.tsx';
import { setLook, themes, useLook } from '../theme.ts';
import { Icon } from '../ui/icon.tsx';
import { useTrail } from './trail.ts';

interface TopProps {
  readonly isSideOpen: boolean;
  onSide(): void;
  onPalette(): void;
  onHelp(): void;
}

/** Where one is, the search of everything, help and theme. */
export function Top({ isSideOpen, onSide, onPalette, onHelp }: TopProps) {
  const text = useText();
  const { theme } = useLook();
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system';
  return (
    <header className="top">
      <button
        type="button"
        className="btn icon-only plain burger"
        aria-label={text.nav.menu}
        aria-controls="side"
        aria-expanded={isSideOpen}
        onClick={onSide}
      >
        <Icon name="menu" />
      </button>
      <Trail />
      <button type="button" className="find" aria-keyshortcuts="Control+K" title={text.palette.label} onClick={onPalette}>
        <Icon name="search" />
        <span>{text.palette.label}</span>
        <kbd aria-hidden="true">Ctrl K</kbd>
      </button>
      <button
        type="button"
        className="btn icon-only plain wide"
        aria-label={text.help.button}
        title={text.help.button}
        onClick={onHelp}
      >
        <Icon name="help" />
      </button>
      <button
        type="button"
        className="btn icon-only plain"
        aria-label={`${text.theme.label}: ${text.theme[theme]}`}
        title={`${text.theme.label}: ${text.theme[theme]}`}
        onClick={() => setLook({ theme: next })}
      >
        <Icon name="theme" />
      </button>
    </header>
  );
}

function Trail() {
  const text = useText();
  const trail = useTrail();
  return (
    <nav className="crumbs" aria-label={text.nav.breadcrumb}>
      <ol>
        {trail.map(({ label, to }) =>
          to ? (
            <li key={to}>
              <Link to={to}>{label}</Link>
            </li>
          ) : (
            <li key={label} aria-current="page">
              {label}
            </li>
          ),
        )}
      </ol>
    </nav>
  );
}
