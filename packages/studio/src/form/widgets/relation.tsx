import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type KeyboardEvent, useState } from 'react';
import { wordsOf } from '../../api.ts';
import { toStudio } from '../../data/pages.ts';
import { shortId } from '../../format.ts';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { hint } from '../fields.ts';
import { type RelationRow, type RelationSource, useFormState, type WidgetProps } from '../form-context.ts';
import { words } from '../words.ts';
import { asText, emptyOf } from './empty.ts';
import { Text } from './text.tsx';

/** Another object, found by its name. Without a place to look for it, its id is typed. */
export function Relation(props: WidgetProps) {
  const { sources } = useFormState();
  const name = String(hint(props.field.schema, 'relation'));
  const source = sources.relation?.(name);
  return source ? <Picker {...props} name={name} source={source} /> : <Text {...props} />;
}

interface PickerProps extends WidgetProps {
  readonly name: string;
  readonly source: RelationSource;
}

/** What was typed, what was found by it, and what is chosen. */
function usePicker({ field, value, onChange, isReadOnly, name, source }: PickerProps) {
  const [typed, setTyped] = useState<string>();
  const [at, setAt] = useState(0);
  const chosen = asText(value);
  const found = useQuery({
    queryKey: ['relation', name, typed],
    queryFn: ({ signal }) => source.search(typed ?? '', signal),
    enabled: typed !== undefined,
    placeholderData: (before) => before,
  });
  const known = useQuery({
    queryKey: ['relation', name, 'one', chosen],
    queryFn: async ({ signal }) => (await source.find?.(chosen, signal)) ?? null,
    enabled: chosen !== '',
  });
  const rows = found.data ?? [];
  const close = () => setTyped(undefined);
  const take = (row: RelationRow | undefined) => {
    if (!row) return;
    onChange(row.id);
    close();
  };
  const type = (text: string) => {
    setAt(0);
    setTyped(text);
  };
  const onKey = (event: KeyboardEvent) => {
    if (isReadOnly) return;
    if (event.key === 'Escape' && typed !== undefined) {
      event.stopPropagation();
      close();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (typed === undefined) type('');
      else setAt((at + (event.key === 'ArrowDown' ? 1 : rows.length - 1)) % Math.max(rows.length, 1));
    } else if (event.key === 'Enter' && typed !== undefined) {
      event.preventDefault();
      take(rows[at]);
    } else if (event.key === 'Backspace' && !typed && chosen !== '') {
      onChange(emptyOf(field));
    }
  };
  return { typed, type, close, at, rows, found, known, chosen, take, onKey };
}

/** A box in which one types to find; arrows and Enter choose. */
function Picker(props: PickerProps) {
  const { id, field, onChange, isReadOnly, isInvalid, describedBy, source } = props;
  const text = useTextOf(words);
  const { typed, type, close, at, rows, found, known, chosen, take, onKey } = usePicker(props);
  const isOpen = typed !== undefined;
  const label = known.data?.label ?? (chosen === '' ? '' : shortId(chosen));
  return (
    <div className="form-rel">
      <div className="box relbox" aria-invalid={isInvalid || undefined}>
        {chosen !== '' && (
          <span className="rel" title={chosen}>
            <span className="cut">{label}</span>
          </span>
        )}
        <input
          id={id}
          role="combobox"
          aria-expanded={isOpen}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={isOpen && rows[at] ? `${id}-o${at}` : undefined}
          aria-invalid={isInvalid || undefined}
          aria-describedby={describedBy}
          autoComplete="off"
          placeholder={chosen === '' ? text.search : undefined}
          value={typed ?? ''}
          readOnly={isReadOnly}
          onChange={({ target }) => type(target.value)}
          onClick={() => !isReadOnly && !isOpen && type('')}
          onKeyDown={onKey}
          onBlur={close}
        />
        {chosen !== '' && source.pathOf && <OpenLink path={source.pathOf(chosen)} label={text.open(label)} />}
        {chosen !== '' && !isReadOnly && (
          <button
            type="button"
            className="btn icon-only plain small"
            aria-label={text.clear(field.label)}
            title={text.clear(field.label)}
            onClick={() => onChange(emptyOf(field))}
          >
            <Icon name="x" size="s" />
          </button>
        )}
      </div>
      <Found
        id={id}
        label={field.label}
        isOpen={isOpen}
        rows={rows}
        at={at}
        isLoading={found.isFetching}
        error={found.error}
        onTake={take}
      />
      {known.data?.note && <p className="hint">{known.data.note}</p>}
    </div>
  );
}

function OpenLink({ path, label }: { path: string; label: string }) {
  return (
    <Link className="btn icon-only plain small" to={toStudio(path)} aria-label={label} title={label}>
      <Icon name="external" size="s" />
    </Link>
  );
}

interface FoundProps {
  readonly id: string;
  readonly label: string;
  readonly isOpen: boolean;
  readonly rows: readonly RelationRow[];
  readonly at: number;
  readonly isLoading: boolean;
  readonly error: unknown;
  onTake(row: RelationRow): void;
}

function Found({ id, label, isOpen, rows, at, isLoading, error, onTake }: FoundProps) {
  const text = useTextOf(words);
  const said = error ? wordsOf(error) : rows.length > 0 ? undefined : isLoading ? text.searching : text.nothingFound;
  return (
    <div className="menu form-found" hidden={!isOpen}>
      <ul role="listbox" id={`${id}-list`} aria-label={label}>
        {isOpen &&
          rows.map((row, index) => (
            <li
              key={row.id}
              id={`${id}-o${index}`}
              role="option"
              aria-selected={index === at}
              // The focus stays in the box, which would close the list.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => onTake(row)}
              onKeyDown={() => undefined}
            >
              <span className="cut">{row.label}</span>
              {row.note && <span className="soft small cut">{row.note}</span>}
            </li>
          ))}
      </ul>
      {isOpen && said && (
        <p className="hint" role="status">
          {said}
        </p>
      )}
    </div>
  );
}
