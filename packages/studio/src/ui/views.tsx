import type { SavedView } from 'automate-client';
import { useId, useState } from 'react';
import { wordsOf } from '../api.ts';
import { type SavedViews, useSavedViews, type ViewSearch } from '../data/saved-views.ts';
import { useAllowed } from '../data/session.ts';
import { useText, useTextOf } from '../text/text.tsx';
import { Dialog } from './dialog.tsx';
import { Icon } from './icon.tsx';
import { words } from './list-words.ts';
import { Menu } from './menu.tsx';
import { say } from './toast.tsx';

interface ViewsProps {
  /** Path of the page of the list, such as `executions`. */
  readonly list: string;
  /** What everybody looks for; they cannot be changed. */
  readonly builtIn: readonly { readonly label: string; readonly search: object }[];
  /** The filters that are on: flat, without what is open beside the list. */
  readonly search: object;
  onChange(search: object): void;
}

/** Views of a list as tabs: those that everybody has, then those that somebody has saved or that others share. */
export function Views({ list, builtIn, search, onChange }: ViewsProps) {
  const text = useTextOf(words);
  const saved = useSavedViews(list);
  const maySave = useAllowed('saved_views:write');
  const [isSaving, setSaving] = useState(false);
  const here = keyOf(search);
  const isKnown = [...builtIn, ...saved.views].some((view) => keyOf(view.search) === here);
  // Of two with the same filters, one is where one is.
  const current = saved.views.find((view) => keyOf(view.search) === here);
  return (
    <>
      <nav className="tabs views" aria-label={text.views.label}>
        {builtIn.map((view) => (
          <button
            key={view.label}
            type="button"
            aria-current={keyOf(view.search) === here ? 'page' : undefined}
            onClick={() => onChange(view.search)}
          >
            {view.label}
          </button>
        ))}
        {saved.views.map((view) => (
          <span key={view.id} className="view">
            <button
              type="button"
              className="view-tab"
              aria-current={view === current ? 'page' : undefined}
              onClick={() => onChange(view.search as ViewSearch)}
            >
              <span className="cut">{view.name}</span>
              {view.is_shared && <Icon name="people" size="s" />}
              {view.is_shared && <span className="sr">{text.views.shared}</span>}
            </button>
            {view.is_own && maySave && <ViewMenu view={view} saved={saved} search={search as ViewSearch} />}
          </span>
        ))}
        {maySave && !isKnown && (
          <button type="button" className="save" onClick={() => setSaving(true)}>
            <Icon name="plus" size="s" />
            {text.views.save}
          </button>
        )}
      </nav>
      <NameDialog
        title={text.views.title}
        note={text.views.note}
        isOpen={isSaving}
        mayShare={useAllowed('saved_views:share')}
        onClose={() => setSaving(false)}
        onSubmit={async (name, is_shared) => {
          await saved.save({ name, is_shared, search: search as ViewSearch });
          say(text.views.saved(name));
        }}
      />
    </>
  );
}

function ViewMenu({ view, saved, search }: { view: SavedView; saved: SavedViews; search: ViewSearch }) {
  const { undo } = useText();
  const text = useTextOf(words);
  const mayShare = useAllowed('saved_views:share');
  const [isNaming, setNaming] = useState(false);
  const own = saved.views.filter(({ is_own }) => is_own);
  const at = own.findIndex(({ id }) => id === view.id);
  const attempt = (work: () => Promise<unknown>, done?: string) => async () => {
    try {
      await work();
      if (done) say(done);
    } catch (error) {
      say(wordsOf(error), { status: 'failed' });
    }
  };
  const remove = async () => {
    await saved.remove(view);
    const { name, is_shared, position } = view;
    const back = attempt(() => saved.save({ name, is_shared, position, search: view.search as ViewSearch }));
    say(text.views.removed(name), { link: { label: undo, onSelect: () => void back() } });
  };
  const share = attempt(
    () => saved.change(view, { is_shared: !view.is_shared }),
    view.is_shared ? text.views.isPrivate(view.name) : text.views.isShared(view.name),
  );
  return (
    <>
      <Menu
        trigger={
          <button type="button" className="btn icon-only plain small" aria-label={text.views.actions(view.name)}>
            <Icon name="more" size="s" />
          </button>
        }
        groups={[
          [
            { label: text.views.rename, icon: 'edit', onSelect: () => setNaming(true) },
            ...(keyOf(view.search) === keyOf(search)
              ? []
              : [
                  {
                    label: text.views.update,
                    icon: 'check' as const,
                    onSelect: attempt(() => saved.change(view, { search }), text.views.updated(view.name)),
                  },
                ]),
            ...(mayShare || view.is_shared
              ? [{ label: view.is_shared ? text.views.unshare : text.views.doShare, icon: 'people' as const, onSelect: share }]
              : []),
          ],
          [
            ...(at > 0
              ? [{ label: text.views.before, icon: 'left' as const, onSelect: attempt(() => saved.move(view, -1)) }]
              : []),
            ...(at < own.length - 1
              ? [{ label: text.views.after, icon: 'right' as const, onSelect: attempt(() => saved.move(view, 1)) }]
              : []),
            { label: text.views.remove, icon: 'trash' as const, onSelect: attempt(remove) },
          ],
        ]}
      />
      <NameDialog
        title={text.views.renameTitle(view.name)}
        name={view.name}
        isOpen={isNaming}
        mayShare={false}
        onClose={() => setNaming(false)}
        onSubmit={async (name) => void (await saved.change(view, { name }))}
      />
    </>
  );
}

interface NameDialogProps {
  readonly title: string;
  readonly note?: string;
  readonly name?: string;
  readonly isOpen: boolean;
  readonly mayShare: boolean;
  onClose(): void;
  onSubmit(name: string, isShared: boolean): Promise<void>;
}

function NameDialog({ title, isOpen, onClose, ...form }: NameDialogProps) {
  return (
    <Dialog isOpen={isOpen} title={title} onClose={onClose}>
      <NameForm {...form} onClose={onClose} />
    </Dialog>
  );
}

function NameForm({ note, name: given = '', mayShare, onClose, onSubmit }: Omit<NameDialogProps, 'isOpen' | 'title'>) {
  const text = useText();
  const { views } = useTextOf(words);
  const id = useId();
  const [name, setName] = useState(given);
  const [isShared, setShared] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    try {
      await onSubmit(name.trim(), isShared);
      onClose();
    } catch (error) {
      setProblem(wordsOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="contents"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div className="in stack">
        {note && <p className="soft">{note}</p>}
        <div className="field">
          <label htmlFor={id}>{views.name}</label>
          <input
            id={id}
            className="input"
            value={name}
            maxLength={60}
            required
            // biome-ignore lint/a11y/noAutofocus: it is what the dialog is there for
            autoFocus
            onChange={({ target }) => setName(target.value)}
          />
        </div>
        {mayShare && (
          <label className="choice">
            <input type="checkbox" checked={isShared} onChange={({ target }) => setShared(target.checked)} />
            <b>{views.share}</b>
            <span className="soft small">{views.shareNote}</span>
          </label>
        )}
        {problem && (
          <p className="call" data-s="failed" role="alert">
            <Icon name="failed" />
            {problem}
          </p>
        )}
      </div>
      <footer>
        <button type="button" className="btn" onClick={onClose}>
          {text.cancel}
        </button>
        <button type="submit" className="btn primary" disabled={isBusy || name.trim() === ''} aria-busy={isBusy}>
          {views.submit}
        </button>
      </footer>
    </form>
  );
}

/** The same for the same filters, in whatever order they stand. */
function keyOf(search: object): string {
  return JSON.stringify(Object.entries(search).sort(([left], [right]) => (left < right ? -1 : 1)));
}
