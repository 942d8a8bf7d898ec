import { isAutomateError } from 'automate-client';
import type { ReactNode } from 'react';
import { wordsOf } from '../api.ts';
import type { Status } from '../status.ts';
import { useText } from '../text/text.tsx';
import { Icon, type IconName } from './icon.tsx';

interface EmptyProps {
  readonly icon: IconName;
  readonly title: string;
  readonly note?: ReactNode;
  readonly status?: Status | 'warning';
  /** What one can do about it. */
  readonly children?: ReactNode;
}

/** In place of what is not there: what it would be, and one thing to do. */
export function Empty({ icon, title, note, status, children }: EmptyProps) {
  return (
    <div className="empty" data-s={status}>
      <span className="mark">
        <Icon name={icon} />
      </span>
      <h2>{title}</h2>
      {note && <p>{note}</p>}
      {children && <div className="row">{children}</div>}
    </div>
  );
}

export function Failed({ words, onRetry }: { words: string; onRetry(): void }) {
  const text = useText();
  return (
    <Empty icon="warn" title={text.states.failed} note={words} status="failed">
      <button type="button" className="btn" onClick={onRetry}>
        <Icon name="replay" />
        {text.retry}
      </button>
    </Empty>
  );
}

export function NotFound() {
  const text = useText();
  return <Empty icon="search" title={text.states.notFound} note={text.states.notFoundNote} />;
}

/** What stands in place of what could not be read: not there, not allowed, or a failure with a way to ask again. */
export function Unread({ error, onRetry }: { error: unknown; onRetry(): void }) {
  const text = useText();
  const status = isAutomateError(error) ? error.status : 0;
  if (status === 404) return <NotFound />;
  if (status === 403)
    return (
      <Empty
        icon="lock"
        title={text.states.forbidden}
        note={
          <>
            {wordsOf(error)} {text.states.forbiddenNote}
          </>
        }
      />
    );
  return <Failed words={wordsOf(error)} onRetry={onRetry} />;
}
