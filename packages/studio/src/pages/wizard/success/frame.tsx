import { Link } from '@tanstack/react-router';
import type { Wizard } from 'automate-client';
import { type ReactNode, useEffect, useRef } from 'react';
import { toStudio } from '../../../data/pages.ts';
import { useTextOf } from '../../../text/text.tsx';
import { CopyButton } from '../../../ui/copy.tsx';
import { Icon } from '../../../ui/icon.tsx';
import type { Made } from '../made.ts';
import { useSaid } from '../use-wizards.ts';
import { words } from '../words.ts';

export interface SuccessProps {
  readonly wizard: Wizard;
  readonly made: Made;
  onAnother(): void;
}

/** What has come of it: it takes the focus, shows its first success, and leads on. */
export function Frame({ wizard, made, onAnother, title, children }: SuccessProps & { title: string; children?: ReactNode }) {
  const text = useTextOf(words);
  const said = useSaid();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const path = wizard.next.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
    encodeURIComponent(String(made.reply[name] ?? '')),
  );
  return (
    <section className="card" aria-labelledby="make-done">
      <header data-s="succeeded" className="make-done">
        <Icon name="succeeded" size="l" />
        <h2 id="make-done" ref={heading} tabIndex={-1}>
          {title}
        </h2>
      </header>
      <div className="in stack">{children}</div>
      <footer className="make-foot">
        <button type="button" className="btn" onClick={onAnother}>
          <Icon name="plus" />
          {text.another}
        </button>
        <Link className="btn push" to={toStudio(path)}>
          {said(wizard.next.title)}
          <Icon name="right" />
        </Link>
      </footer>
    </section>
  );
}

/** Something to take along. */
export function Copyable({ label, children }: { label: string; children: string }) {
  return (
    <div className="code">
      <header>
        {label}
        <span className="push">
          <CopyButton what={children} label={label} />
        </span>
      </header>
      <pre tabIndex={0} role="group" aria-label={label} className="make-code">
        {children}
      </pre>
    </div>
  );
}
