import { useBlocker } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import { wordsOf } from '../api.ts';
import { distance } from '../format.ts';
import { useText, useTextOf } from '../text/text.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { useNow } from '../ui/time.tsx';
import type { Edit } from './use-edit.ts';
import { words } from './words.ts';

interface EditBarProps<T extends object> {
  readonly edit: Edit<T>;
  /** Asked before it saves; false: something is to be mended first, and the form has said it. */
  onSave?(): boolean;
  /** Once it is saved. */
  onSaved?(): void;
  /** More buttons, to the left of its own. */
  readonly children?: ReactNode;
}

/** At the foot of what is edited: what is not saved, and saving it. `Ctrl S` does too. Who leaves with changes is asked. */
export function EditBar<T extends object>({ edit, onSave, onSaved, children }: EditBarProps<T>) {
  const text = useTextOf(words);
  const { changed, isChanged, isSaving } = edit;
  const save = async () => {
    if (isSaving || !isChanged || onSave?.() === false) return;
    if (await edit.save()) onSaved?.();
  };
  const latest = useRef(save);
  latest.current = save;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's' || event.altKey || event.shiftKey) return;
      event.preventDefault();
      void latest.current();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <>
      <div className="savebar">
        <span className="soft" role="status">
          <Standing edit={edit} />
        </span>
        <span className="row push">
          {children}
          <button type="button" className="btn" disabled={!isChanged || isSaving} onClick={edit.discard}>
            {text.discard}
          </button>
          <button
            type="button"
            className="btn primary"
            disabled={!isChanged}
            aria-busy={isSaving}
            aria-keyshortcuts="Control+S"
            onClick={save}
          >
            {isSaving && <Icon name="running" />}
            {isSaving ? text.saving : text.save}
          </button>
          <span className="mid">
            <kbd>Ctrl S</kbd>
          </span>
        </span>
      </div>
      <LeaveDialog isChanged={changed.size > 0} isKept={edit.isKept} />
    </>
  );
}

function Standing<T extends object>({ edit }: { edit: Edit<T> }) {
  const text = useTextOf(words);
  if (edit.isChanged)
    return (
      <>
        <Icon name={edit.isKept ? 'draft' : 'warn'} size="s" />
        <span>
          {text.unsaved(edit.changed.size)}
          {!edit.isKept && <b className="bad"> {text.notKept}</b>}
        </span>
      </>
    );
  return edit.savedAt === undefined ? <span>{text.nothing}</span> : <SavedAgo at={edit.savedAt} />;
}

function SavedAgo({ at }: { at: number }) {
  const text = useTextOf(words);
  const all = useText();
  const now = useNow();
  return (
    <>
      <Icon name="check" size="s" />
      {/* Told once; the seconds are not. */}
      <span>{text.saved('')}</span>
      <span aria-hidden="true">{distance(at, now, all)}</span>
    </>
  );
}

/** Asks who leaves with changes. */
export function LeaveDialog({ isChanged, isKept }: { isChanged: boolean; isKept: boolean }) {
  const text = useTextOf(words);
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isChanged && current.pathname !== next.pathname,
    enableBeforeUnload: () => isChanged,
    withResolver: true,
  });
  const isOpen = blocker.status === 'blocked';
  return (
    <Dialog isOpen={isOpen} title={text.leaveTitle} onClose={() => blocker.reset?.()}>
      <div className="in">
        <p>{isKept ? text.leaveNote : text.leaveNotKept}</p>
      </div>
      <footer>
        <button type="button" className="btn" onClick={() => blocker.proceed?.()}>
          {text.leave}
        </button>
        <button type="button" className="btn primary" onClick={() => blocker.reset?.()}>
          {text.stay}
        </button>
      </footer>
    </Dialog>
  );
}

/** Above the form: what one has to know of it before one goes on. */
export function EditNotices<T extends object>({ edit }: { edit: Edit<T> }) {
  const text = useTextOf(words);
  return (
    <div className="stack edit-notices" role="status">
      {edit.isElsewhere && (
        <div className="call" data-s="warning">
          <Icon name="warn" />
          <div>
            <strong>{text.elsewhere}</strong> {text.elsewhereNote}
          </div>
          <button type="button" className="btn small" onClick={edit.compare}>
            <Icon name="diff" />
            {text.compare}
          </button>
        </div>
      )}
      {edit.draft && <DraftNotice draft={edit.draft} />}
      {edit.error !== undefined && edit.issues.length === 0 && (
        <div className="call" data-s="failed">
          <Icon name="failed" />
          <div>
            <strong>{text.failed}</strong> {wordsOf(edit.error)}
          </div>
        </div>
      )}
    </div>
  );
}

function DraftNotice({ draft }: { draft: NonNullable<Edit<object>['draft']> }) {
  const text = useTextOf(words);
  const all = useText();
  const now = useNow();
  return (
    <div className="call" data-s="running">
      <Icon name="draft" />
      <div>{text.draft(distance(draft.keptAt, now, all))}</div>
      <button type="button" className="btn small" onClick={draft.remove}>
        {text.forget}
      </button>
      <button type="button" className="btn small" onClick={draft.restore}>
        <Icon name="undo" />
        {text.restore}
      </button>
    </div>
  );
}
