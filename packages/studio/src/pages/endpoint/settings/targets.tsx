import type { EndpointTarget, ShownProvider } from 'automate-client';
import { createContext, type KeyboardEvent, useContext, useId, useRef, useState } from 'react';
import { FieldView } from '../../../form/field-view.tsx';
import { fieldOf } from '../../../form/fields.ts';
import { useFormState, type WidgetProps } from '../../../form/form-context.ts';
import { below } from '../../../form/pointer.ts';
import { movedIn, useRowKeys } from '../../../form/widgets/rows.ts';
import { useTextOf } from '../../../text/text.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { words } from '../words.ts';
import { numbered, sharedOf } from './value.ts';

/** Providers that there are to choose from. */
export const ProviderChoices = createContext<readonly ShownProvider[]>([]);

/** What changes the list of targets, and what is said of it. */
function useTargets({ value, onChange }: Pick<WidgetProps, 'value' | 'onChange'>, providers: readonly ShownProvider[]) {
  const text = useTextOf(words);
  const targets = Array.isArray(value) ? (value as readonly EndpointTarget[]) : [];
  const rows = useRowKeys(targets.length);
  const shared = sharedOf(targets);
  const box = useRef<HTMLDivElement>(null);
  const [said, setSaid] = useState('');
  const focus = (index: number) =>
    setTimeout(() => box.current?.querySelectorAll<HTMLElement>(':scope > ol > li')[index]?.querySelector('select')?.focus());
  const add = () => {
    const last = targets.at(-1);
    const target = { provider: last?.provider ?? providers[0]?.slug ?? '', model: '', priority: 0, weight: 1 };
    onChange(numbered([...targets, target], (_, index) => shared[index] ?? false));
    focus(targets.length);
  };
  const remove = (index: number) => {
    rows.removed(index);
    const left = shared.filter((_, at) => at !== index);
    onChange(
      numbered(
        targets.filter((_, at) => at !== index),
        (_, at) => left[at] ?? false,
      ),
    );
    focus(Math.min(index, targets.length - 2));
  };
  const move = (from: number, to: number) => {
    if (to < 0 || to >= targets.length || from === to) return;
    rows.moved(from, to);
    // Places keep what they are: the second of two that share calls stays one that shares.
    onChange(numbered(movedIn(targets, from, to), (_, index) => shared[index] ?? false));
    setSaid(text.targetMoved(to + 1, targets.length));
  };
  const share = (index: number, isShared: boolean) =>
    onChange(numbered(targets, (_, at) => (at === index ? isShared : (shared[at] ?? false))));
  const set = (index: number, target: EndpointTarget) => onChange(targets.map((old, at) => (at === index ? target : old)));
  return { targets, rows, shared, box, said, add, remove, move, share, set };
}

/** Who is asked, in turn. */
export function Targets({ id, pointer, value, onChange, isReadOnly }: WidgetProps) {
  const text = useTextOf(words);
  const providers = useContext(ProviderChoices);
  const { targets, rows, shared, box, said, add, remove, move, share, set } = useTargets({ value, onChange }, providers);
  const [dragged, setDragged] = useState<number>();
  return (
    <div ref={box} className="targets">
      <ol>
        {targets.map((target, index) => (
          <li
            key={rows.keys[index]}
            className="target"
            data-over={dragged !== undefined && dragged !== index ? '' : undefined}
            onDragOver={(event) => dragged !== undefined && event.preventDefault()}
            onDrop={(event) => {
              event.preventDefault();
              if (dragged !== undefined) move(dragged, index);
              setDragged(undefined);
            }}
            onKeyDown={(event: KeyboardEvent) => {
              const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
              if (!event.altKey || step === undefined || isReadOnly) return;
              event.preventDefault();
              move(index, index + step);
            }}
          >
            {!isReadOnly && targets.length > 1 && (
              <span
                className="grip"
                aria-hidden="true"
                draggable
                onDragStart={() => setDragged(index)}
                onDragEnd={() => setDragged(undefined)}
              >
                <Icon name="grip" />
              </span>
            )}
            <Target
              target={target}
              index={index}
              pointer={below(pointer, index)}
              providers={providers}
              isShared={shared[index] ?? false}
              isSharing={(shared[index] ?? false) || (shared[index + 1] ?? false)}
              onShare={(isShared) => share(index, isShared)}
              onChange={(next) => set(index, next)}
            />
            {!isReadOnly && <Buttons index={index} count={targets.length} onMove={move} onRemove={() => remove(index)} />}
          </li>
        ))}
      </ol>
      {!isReadOnly && targets.length < 20 && (
        <p className="row wrap">
          <button type="button" id={id} className="btn small" onClick={add}>
            <Icon name="plus" size="s" />
            {text.addTarget}
          </button>
          {targets.length > 1 && <span className="hint mid">{text.targetKeys}</span>}
        </p>
      )}
      <span className="sr" role="status">
        {said}
      </span>
    </div>
  );
}

interface TargetProps {
  readonly target: EndpointTarget;
  readonly index: number;
  readonly pointer: string;
  readonly providers: readonly ShownProvider[];
  readonly isShared: boolean;
  /** Whether there is another one of its priority, so that its weight says something. */
  readonly isSharing: boolean;
  onShare(isShared: boolean): void;
  onChange(target: EndpointTarget): void;
}

function Target({ target, index, pointer, providers, isShared, isSharing, onShare, onChange }: TargetProps) {
  const text = useTextOf(words);
  const { resolver, isReadOnly } = useFormState();
  const own = useId();
  const slugs = providers.map(({ slug }) => slug);
  const known = slugs.includes(target.provider) || target.provider === '' ? slugs : [...slugs, target.provider];
  const provider = providers.length > 0 ? { type: 'string', enum: known } : { type: 'string', minLength: 1 };
  const field = (name: string, title: string, schema: object) => fieldOf(resolver, name, { title, ...schema }, true);
  const set = (name: 'provider' | 'model' | 'weight', value: unknown) =>
    onChange({ ...target, [name]: value ?? (name === 'weight' ? 1 : '') });
  return (
    <fieldset className="target-fields">
      <legend className="sr">{text.targetAt(index + 1)}</legend>
      {index > 0 && (
        <div className="field target-when">
          <label htmlFor={own}>{text.when}</label>
          <select
            id={own}
            className="select"
            disabled={isReadOnly}
            value={isShared ? 'shared' : 'next'}
            onChange={(event) => onShare(event.target.value === 'shared')}
          >
            <option value="next">{text.whenNext}</option>
            <option value="shared">{text.whenShared}</option>
          </select>
        </div>
      )}
      <FieldView
        field={field('provider', text.provider, provider)}
        pointer={below(pointer, 'provider')}
        value={target.provider || undefined}
        onChange={(next) => set('provider', next)}
      />
      <FieldView
        field={field('model', text.model, { type: 'string', minLength: 1, maxLength: 200 })}
        pointer={below(pointer, 'model')}
        value={target.model}
        onChange={(next) => set('model', next)}
      />
      {isSharing && (
        <FieldView
          field={field('weight', text.weight, { type: 'integer', minimum: 1, maximum: 1_000 })}
          pointer={below(pointer, 'weight')}
          value={target.weight}
          onChange={(next) => set('weight', next)}
        />
      )}
    </fieldset>
  );
}

interface ButtonsProps {
  readonly index: number;
  readonly count: number;
  onMove(from: number, to: number): void;
  onRemove(): void;
}

function Buttons({ index, count, onMove, onRemove }: ButtonsProps) {
  const text = useTextOf(words);
  const button = (name: string, icon: 'up' | 'fall' | 'trash', isOff: boolean, act: () => void) => (
    <button
      type="button"
      className="btn icon-only plain small"
      aria-label={name}
      title={name}
      aria-disabled={isOff || undefined}
      onClick={() => !isOff && act()}
    >
      <Icon name={icon} size="s" />
    </button>
  );
  return (
    <span className="form-row-buttons">
      {count > 1 && button(text.earlier(index + 1), 'up', index === 0, () => onMove(index, index - 1))}
      {count > 1 && button(text.later(index + 1), 'fall', index === count - 1, () => onMove(index, index + 1))}
      {count > 1 && button(text.removeTarget(index + 1), 'trash', false, onRemove)}
    </span>
  );
}
