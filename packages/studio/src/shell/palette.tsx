import { useNavigate } from '@tanstack/react-router';
import type { Session } from 'automate-client';
import { useEffect, useId, useRef, useState } from 'react';
import { usePlaces } from '../data/pages.ts';
import { allows, useSession } from '../data/session.ts';
import type { Dictionary } from '../text/en.ts';
import { useText } from '../text/text.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';

interface Entry {
  readonly group: string;
  readonly icon: IconName;
  readonly label: string;
  run(): void;
}

/** Goes anywhere by a few letters, and to one thing by its id. */
export function Palette({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  const text = useText();
  return (
    <Dialog isOpen={isOpen} title={text.palette.label} className="palette" hasHead={false} onClose={onClose}>
      <Search onClose={onClose} />
    </Dialog>
  );
}

function Search({ onClose }: { onClose(): void }) {
  const text = useText();
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const entries = useEntries(typed.trim());
  const chosen = Math.min(at, entries.length - 1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the row that is chosen is another one
  useEffect(() => {
    // Newer browsers give a promise, which is no clean-up.
    void list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    entry.run();
  };
  return (
    <>
      <label className="box">
        <span className="sr">{text.palette.label}</span>
        <Icon name="search" />
        <input
          // biome-ignore lint/a11y/noAutofocus: a dialog for typing
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={entries.length > 0 ? `${id}-${chosen}` : undefined}
          autoComplete="off"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
            if (event.key === 'Enter') {
              // Else it would press the button that the focus goes back to, too.
              event.preventDefault();
              run(entries[chosen]);
            }
            if (!step || entries.length === 0) return;
            event.preventDefault();
            setAt((chosen + step + entries.length) % entries.length);
          }}
        />
        <kbd>Esc</kbd>
      </label>
      <ul ref={list} className="palette-list" role="listbox" id={`${id}-list`} aria-label={text.palette.results}>
        {entries.map((entry, index) => (
          <Row
            key={entry.group + entry.label}
            id={`${id}-${index}`}
            entry={entry}
            isFirst={entries[index - 1]?.group !== entry.group}
            isChosen={index === chosen}
            onRun={run}
          />
        ))}
      </ul>
      {entries.length === 0 && <p className="empty">{text.palette.nothing(typed)}</p>}
      <footer>
        <span>
          <kbd>↑</kbd> <kbd>↓</kbd> {text.palette.move}
        </span>
        <span>
          <kbd>↵</kbd> {text.palette.open}
        </span>
      </footer>
    </>
  );
}

interface RowProps {
  readonly id: string;
  readonly entry: Entry;
  readonly isFirst: boolean;
  readonly isChosen: boolean;
  onRun(entry: Entry): void;
}

function Row({ id, entry, isFirst, isChosen, onRun }: RowProps) {
  return (
    <>
      {isFirst && (
        <li className="group" role="presentation">
          {entry.group}
        </li>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the combobox */}
      <li id={id} role="option" aria-selected={isChosen} onClick={() => onRun(entry)}>
        <Icon name={entry.icon} />
        <span className="cut">{entry.label}</span>
      </li>
    </>
  );
}

function useEntries(typed: string): readonly Entry[] {
  const text = useText();
  const navigate = useNavigate();
  const session = useSession().data;
  const found = isId(typed) ? foundById(typed, text, session, navigate) : [];
  const go = usePlaces()
    .filter(({ label }) => matches(label, typed))
    .map(({ to, icon, label }) => ({ group: text.palette.go, icon, label, run: () => void navigate({ to }) }));
  return [...found, ...go];
}

function foundById(
  id: string,
  text: Dictionary,
  session: Session | undefined,
  navigate: ReturnType<typeof useNavigate>,
): readonly Entry[] {
  if (!allows(session, 'executions:read')) return [];
  const isTrace = /^[0-9a-f]{32}$/i.test(id);
  const entry = { group: text.palette.found, icon: 'executions' as const };
  return isTrace
    ? [
        {
          ...entry,
          label: text.palette.openTrace,
          run: () => void navigate({ to: '/studio/correlation/', search: { trace_id: id } }),
        },
      ]
    : [
        {
          ...entry,
          label: text.palette.openExecution,
          run: () => void navigate({ to: '/studio/executions/$id/', params: { id } }),
        },
      ];
}

function isId(text: string): boolean {
  return /^[0-9a-f]{32}$|^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

function matches(label: string, typed: string): boolean {
  const rest = label.toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => rest.includes(word));
}
