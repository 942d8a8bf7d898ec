import { type ReactNode, useEffect } from 'react';
import { useText } from '../text/text.tsx';
import { Icon } from './icon.tsx';

interface SidePanelProps {
  readonly title: string;
  readonly note?: ReactNode;
  readonly children: ReactNode;
  onClose(): void;
}

/** One row in detail, beside its list. Escape closes it. */
export function SidePanel({ title, note, children, onClose }: SidePanelProps) {
  const text = useText();
  useEffect(() => {
    const onKey = ({ key }: KeyboardEvent) => {
      if (key === 'Escape') onClose();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [onClose]);
  return (
    <aside className="pane drawer side-panel" aria-label={title}>
      <header>
        <div className="cut flex-1">
          <h2 className="cut" title={title}>
            {title}
          </h2>
          {note && <span className="soft small">{note}</span>}
        </div>
        <button type="button" className="btn icon-only plain small" aria-label={text.close} title={text.close} onClick={onClose}>
          <Icon name="x" />
        </button>
      </header>
      <section className="scroll" tabIndex={0} aria-label={title}>
        {children}
      </section>
    </aside>
  );
}

/** Names and values, one a line; what is missing is left out. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ReactNode] | undefined)[] }) {
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
