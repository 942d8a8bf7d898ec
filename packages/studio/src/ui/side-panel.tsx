import { type ReactNode, useEffect } from 'react';
import { useTextOf } from '../text/text.tsx';
import { CloseButton } from './close-button.tsx';
import { Icon } from './icon.tsx';
import { words } from './list-words.ts';

interface SidePanelProps {
  readonly title: ReactNode;
  /** What it shows, for screen readers. Default: the title, where it is a text. */
  readonly label?: string;
  readonly note?: ReactNode;
  /** Beside the title. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  onClose(): void;
}

/** One row in detail, beside its list. Escape closes it. */
export function SidePanel({ title, label = String(title), note, actions, children, onClose }: SidePanelProps) {
  const text = useTextOf(words);
  useEscape(onClose);
  return (
    <aside className="pane drawer row-pane" aria-label={label}>
      <header>
        <div className="cut flex-1">
          <h2 className="cut" title={label}>
            {title}
          </h2>
          {note && <span className="soft small">{note}</span>}
        </div>
        {actions}
        <CloseButton label={text.closePanel} onClose={onClose} />
      </header>
      <section className="scroll" tabIndex={0} aria-label={label}>
        {children}
      </section>
    </aside>
  );
}

/** What Escape closes, unless something further in takes it. */
export function useEscape(onClose: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector('dialog[open]')) onClose();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [onClose]);
}

/** Names and values; what is not there is left out. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ReactNode] | undefined | false | null)[] }) {
  return (
    <dl className="facts fold-in pt-3">
      {facts.map(
        (fact) =>
          fact && (
            <div key={fact[0]} className="contents">
              <dt>{fact[0]}</dt>
              <dd>{fact[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

export function Fold({ title, isClosed = false, children }: { title: string; isClosed?: boolean; children: ReactNode }) {
  return (
    <details className="fold" open={!isClosed}>
      <summary>
        <h3>{title}</h3>
        <Icon name="down" size="s" />
      </summary>
      {children}
    </details>
  );
}
