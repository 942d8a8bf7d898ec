import type { AdminFilter, AdminModelDetail } from 'automate-client';
import { type ReactNode, useEffect, useState } from 'react';
import { useTextOf, useWords } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import { dateInWords } from './calendar.ts';
import { Facets } from './facets.tsx';
import { inLanguage } from './model.ts';
import { useName } from './names.ts';
import { filtersOf, type ListSearch } from './search.ts';
import { words } from './words.ts';

interface FiltersProps {
  readonly model: AdminModelDetail;
  readonly search: ListSearch;
  onChange(search: ListSearch): void;
  readonly children: ReactNode;
}

/** The search, and what the list is narrowed to, each to be taken away. */
export function Filters({ model, search, onChange, children }: FiltersProps) {
  const text = useTextOf(words);
  const { language } = useWords();
  const [isOpen, setOpen] = useState(false);
  const without = (name: string) => onChange(Object.fromEntries(Object.entries(search).filter(([other]) => other !== name)));
  const active = filtersOf(model, search);
  const date = model.date && search._date;
  return (
    <search className="filters" aria-label={text.filters}>
      {model.search && <Search model={model} search={search} onChange={onChange} />}
      {date && (
        <Chip label={columnLabel(model, model.date?.column ?? '')} onRemove={() => without('_date')}>
          {dateInWords(date, language)}
        </Chip>
      )}
      {model.filters
        .filter(({ parameter }) => active[parameter] !== undefined)
        .map((filter) => (
          <Chip key={filter.parameter} label={filter.label} onRemove={() => without(filter.parameter)}>
            <FilterValue filter={filter} value={active[filter.parameter] ?? ''} />
          </Chip>
        ))}
      <span className="push row">
        {model.filters.length > 0 && (
          <button type="button" className="btn small narrow" onClick={() => setOpen(true)}>
            <Icon name="filter" />
            {text.filters}
          </button>
        )}
        {children}
      </span>
      <Dialog isOpen={isOpen} title={text.filters} onClose={() => setOpen(false)}>
        <div className="in a-sheet">
          <Facets model={model} search={search} onChange={onChange} />
        </div>
      </Dialog>
    </search>
  );
}

function Search({ model, search, onChange }: Omit<FiltersProps, 'children'>) {
  const text = useTextOf(words);
  const { language } = useWords();
  const now = search.search === undefined ? '' : String(search.search);
  const [typed, setTyped] = useState(now);
  useEffect(() => setTyped(now), [now]);
  const hint = model.search?.hint ? inLanguage(model.search.hint, language) : text.search;
  return (
    <label className="box quiet">
      <span className="sr">{hint}</span>
      <Icon name="search" />
      <input
        type="search"
        placeholder={hint}
        maxLength={200}
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          if (target.value === '' && now !== '')
            onChange(Object.fromEntries(Object.entries(search).filter(([name]) => name !== 'search')));
        }}
        onKeyDown={({ key }) => {
          if (key === 'Enter' && typed.trim() !== '') onChange({ ...search, search: typed.trim() });
        }}
      />
      <kbd className="mid">/</kbd>
    </label>
  );
}

function Chip({ label, onRemove, children }: { label: string; onRemove(): void; children: ReactNode }) {
  const text = useTextOf(words);
  return (
    <span className="chip">
      <span className="cut">
        <span className="key">{label}</span> {children}
      </span>
      <button type="button" className="x" aria-label={text.remove(label)} onClick={onRemove}>
        <Icon name="x" size="s" />
      </button>
    </span>
  );
}

/** A value of a filter in words. */
export function FilterValue({ filter, value }: { filter: AdminFilter; value: string }) {
  const text = useTextOf(words);
  const before = {
    gte: text.from,
    lte: text.to,
    lt: text.before,
    contains: text.contains,
    exact: '',
    in: '',
    is_null: '',
    related: '',
  }[filter.operator];
  if (filter.operator === 'is_null') return <>{value === 'true' ? text.none : text.some}</>;
  if (filter.relation) return <Named relation={filter.relation} id={value} />;
  const shown = filter.type === 'boolean' ? (value === 'true' ? text.yes : text.no) : value.slice(0, 80);
  return (
    <>
      {before && <span className="soft">{before} </span>}
      {shown}
    </>
  );
}

export function Named({ relation, id }: { relation: string; id: string }) {
  return <>{useName(relation, id)}</>;
}

function columnLabel({ fields }: AdminModelDetail, column: string): string {
  return fields.find(({ name }) => name === column)?.verbose_name ?? column;
}
