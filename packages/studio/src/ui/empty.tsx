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
  /** Whether it is all that the page shows, and so its heading. */
  readonly isPage?: boolean | undefined;
  /** What one can do about it. */
  readonly children?: ReactNode;
}

/** In place of what is not there: what it would be, and one thing to do. */
export function Empty({ icon, title, note, status, isPage, children }: EmptyProps) {
  const Heading = isPage ? 'h1' : 'h2';
  return (
    <div className="empty" data-s={status}>
      <span className="mark">
        <Icon name={icon} />
      </span>
      <Heading>{title}</Heading>
      {note && <p>{note}</p>}
      {children && <div className="row">{children}</div>}
    </div>
  );
}

export function Failed({ words, isPage = true, onRetry }: { words: string; isPage?: boolean; onRetry(): void }) {
  const text = useText();
  return (
    <Empty icon="warn" title={text.states.failed} note={words} status="failed" isPage={isPage}>
      <button type="button" className="btn" onClick={onRetry}>
        <Icon name="replay" />
        {text.retry}
      </button>
    </Empty>
  );
}

export function NotFound({ isPage = true }: { isPage?: boolean }) {
  const text = useText();
  return <Empty icon="search" title={text.states.notFound} note={text.states.notFoundNote} isPage={isPage} />;
}

/** What stands in place of what could not be read: not there, not allowed, or a failure with a way to ask again. */
export function Unread({ error, isPage = true, onRetry }: { error: unknown; isPage?: boolean; onRetry(): void }) {
  const text = useText();
  const status = isAutomateError(error) ? error.status : 0;
  if (status === 404) return <NotFound isPage={isPage} />;
  if (status === 403)
    return (
      <Empty
        icon="lock"
        isPage={isPage}
        title={text.states.forbidden}
        note={
          <>
            {wordsOf(error)} {text.states.forbiddenNote}
          </>
        }
      />
    );
  return <Failed words={wordsOf(error)} isPage={isPage} onRetry={onRetry} />;
}
