import { useMemo, useState } from 'react';
import { labelOf as wordsOfName } from '../form/fields.ts';
import { partsOf, valueAt } from '../form/pointer.ts';
import { useTextOf } from '../text/text.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import type { Conflict } from './edit-state.ts';
import { type Clash, threeWay, withChoice } from './merge.ts';
import type { Edit } from './use-edit.ts';
import { words } from './words.ts';

interface ConflictDialogProps<T extends object> {
  readonly edit: Edit<T>;
  /** What a place is called. @param pointer such as `/carrier` */
  labelOf?(pointer: string): string;
  /** Whether what was chosen is saved at once. Default true. */
  readonly isSaved?: boolean;
}

/** Three versions of one object: what does not clash is joined, what does is chosen from. */
export function ConflictDialog<T extends object>({ edit, labelOf = readable, isSaved = true }: ConflictDialogProps<T>) {
  const text = useTextOf(words).conflict;
  const { conflict } = edit;
  return (
    <Dialog
      isOpen={conflict !== undefined}
      title={text.title}
      className="conflict"
      onClose={() => conflict && edit.resolve(undefined)}
    >
      {conflict && (
        <Choices key={JSON.stringify(conflict.theirs)} edit={edit} conflict={conflict} labelOf={labelOf} isSaved={isSaved} />
      )}
    </Dialog>
  );
}

interface ChoicesProps<T extends object> {
  readonly edit: Edit<T>;
  readonly conflict: Conflict<T>;
  labelOf(pointer: string): string;
  readonly isSaved: boolean;
}

function Choices<T extends object>({ edit, conflict, labelOf, isSaved }: ChoicesProps<T>) {
  const text = useTextOf(words).conflict;
  const { base, mine, theirs } = conflict;
  const merge = useMemo(() => threeWay(base, mine, theirs), [base, mine, theirs]);
  const [isTheirs, setTheirs] = useState<ReadonlySet<string>>(new Set());
  const choose = (pointer: string, theirsWins: boolean) =>
    setTheirs((before) => new Set([...[...before].filter((one) => one !== pointer), ...(theirsWins ? [pointer] : [])]));
  const finish = async () => {
    const value = merge.clashes.reduce(
      (all, clash) => (isTheirs.has(clash.pointer) ? withChoice(all, clash.pointer, clash.theirs) : all),
      merge.value,
    );
    edit.resolve(value);
    if (isSaved) await edit.save();
  };
  const all = (theirsWins: boolean) => setTheirs(new Set(theirsWins ? merge.clashes.map(({ pointer }) => pointer) : []));
  return (
    <>
      <div className="in stack">
        <p>{merge.clashes.length === 0 ? text.onlyJoined : text.joined(merge.joined.length)}</p>
        {merge.clashes.map((clash) => (
          <ClashChoice
            key={clash.pointer}
            clash={clash}
            label={labelOf(clash.pointer)}
            isTheirs={isTheirs.has(clash.pointer)}
            onChoose={(theirsWins) => choose(clash.pointer, theirsWins)}
          />
        ))}
        {merge.joined.length > 0 && (
          <section className="stack" aria-label={text.joinedHead}>
            <h3>{text.joinedHead}</h3>
            <dl className="facts">
              {merge.joined.map((pointer) => (
                <Joined key={pointer} label={labelOf(pointer)} value={valueAt(theirs, pointer)} />
              ))}
            </dl>
          </section>
        )}
      </div>
      <footer>
        {merge.clashes.length > 1 && (
          <span className="joined">
            <button type="button" className="btn small" onClick={() => all(false)}>
              {text.allMine}
            </button>
            <button type="button" className="btn small" onClick={() => all(true)}>
              {text.allTheirs}
            </button>
          </span>
        )}
        <button type="button" className="btn push" onClick={() => edit.resolve(undefined)}>
          {text.later}
        </button>
        <button type="button" className="btn primary" onClick={finish}>
          {text.save}
        </button>
      </footer>
    </>
  );
}

interface ClashChoiceProps {
  readonly clash: Clash;
  readonly label: string;
  readonly isTheirs: boolean;
  onChoose(theirs: boolean): void;
}

function ClashChoice({ clash, label, isTheirs, onChoose }: ClashChoiceProps) {
  const text = useTextOf(words).conflict;
  const choice = (theirs: boolean, name: string, title: string, value: unknown) => (
    <label className="choice">
      <input
        type="radio"
        name={`clash${clash.pointer}`}
        aria-label={name}
        checked={isTheirs === theirs}
        onChange={() => onChoose(theirs)}
      />
      <b>{title}</b>
      <Value value={value} />
    </label>
  );
  return (
    <fieldset className="clash">
      <legend className="label">{label}</legend>
      <div className="clash-base">
        <span className="soft small">{text.base}</span>
        <Value value={clash.base} />
      </div>
      {choice(false, text.takeMine(label), text.mine, clash.mine)}
      {choice(true, text.takeTheirs(label), text.theirs, clash.theirs)}
    </fieldset>
  );
}

function Joined({ label, value }: { label: string; value: unknown }) {
  return (
    <>
      <dt>
        <Icon name="check" size="s" /> {label}
      </dt>
      <dd>
        <Value value={value} />
      </dd>
    </>
  );
}

/** More of a value is not shown; it is kept whole. */
const SHOWN = 2_000;

function Value({ value }: { value: unknown }) {
  const text = useTextOf(words).conflict;
  if (value === undefined || value === null || value === '') return <span className="soft">{text.nothing}</span>;
  const written = typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
  return <pre className="clash-value">{written.length > SHOWN ? `${written.slice(0, SHOWN)}…` : written}</pre>;
}

function readable(pointer: string): string {
  return partsOf(pointer).map(wordsOfName).join(' › ');
}
