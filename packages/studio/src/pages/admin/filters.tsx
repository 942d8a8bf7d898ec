import type { AdminModelDetail } from 'automate-client';
import { type ReactNode, useEffect, useState } from 'react';
import { useTextOf, useWords } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import { dateInWords } from './calendar.ts';
import { Facets } from './facets.tsx';
import { FilterValue } from './filter-value.tsx';
import { inLanguage } from './model.ts';
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

function columnLabel({ fields }: AdminModelDetail, column: string): string {
  return fields.find(({ name }) => name === column)?.verbose_name ?? column;
}
