import type { AdminFacets, AdminFilter, AdminModelDetail } from 'automate-client';
import { useEffect, useState } from 'react';
import { useTextOf, useWords } from '../../text/text.tsx';
import { useFacets } from './calendar.ts';
import { FilterValue } from './filter-value.tsx';
import type { ListSearch } from './search.ts';
import { words } from './words.ts';

interface FacetsProps {
  readonly model: AdminModelDetail;
  readonly search: ListSearch;
  onChange(search: ListSearch): void;
}

/** Each filter with its values and how many rows have them; what has no few values is written. */
export function Facets({ model, search, onChange }: FacetsProps) {
  const facets = useFacets(model, search);
  const counted = (parameter: string) => facets.data?.facets.find((facet) => facet.parameter === parameter);
  const set = (parameter: string, value: string | undefined) => {
    const rest = Object.fromEntries(Object.entries(search).filter(([name]) => name !== parameter));
    onChange(value === undefined ? rest : { ...rest, [parameter]: value });
  };
  return model.filters.map((filter) => {
    const value = search[filter.parameter] === undefined ? undefined : String(search[filter.parameter]);
    const props = { filter, value, onChoose: (next: string | undefined) => set(filter.parameter, next) };
    const values = valuesOf(filter, counted(filter.parameter), value);
    return values ? (
      <Choices key={filter.parameter} {...props} values={values} isComplete={counted(filter.parameter)?.is_complete ?? true} />
    ) : (
      <Written key={filter.parameter} {...props} />
    );
  });
}

interface Counted {
  readonly value: string;
  readonly count: number | undefined;
}

/** What can be chosen; undefined where it has to be written. */
function valuesOf(
  filter: AdminFilter,
  facet: AdminFacets['facets'][number] | undefined,
  chosen: string | undefined,
): readonly Counted[] | undefined {
  const countOf = (value: string | null) => facet?.values.find((one) => one.value === value)?.count;
  if (filter.operator === 'is_null') {
    if (!facet) return ['true', 'false'].map((value) => ({ value, count: undefined }));
    const nulls = countOf(null) ?? 0;
    const others = facet.values.reduce((sum, { value, count }) => (value === null ? sum : sum + count), 0);
    return [
      { value: 'true', count: nulls },
      { value: 'false', count: others },
    ];
  }
  if (filter.operator !== 'exact') return undefined;
  if (filter.choices)
    return filter.choices.map(String).map((value) => ({ value, count: facet ? (countOf(value) ?? 0) : undefined }));
  if (!facet) return undefined;
  const found = facet.values.flatMap(({ value, count }) => (value === null || value === '' ? [] : [{ value, count }]));
  const isThere = chosen === undefined || found.some(({ value }) => value === chosen);
  return isThere ? found : [...found, { value: chosen, count: undefined }];
}

interface FacetProps {
  readonly filter: AdminFilter;
  readonly value: string | undefined;
  onChoose(value: string | undefined): void;
}

/** Values that are shown before somebody asks for more. */
const FEW = 8;

function Choices({
  filter,
  value: chosen,
  values,
  isComplete,
  onChoose,
}: FacetProps & { values: readonly Counted[]; isComplete: boolean }) {
  const text = useTextOf(words);
  const { language, text: all } = useWords();
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? values : values.filter(({ value }, index) => index < FEW || value === chosen);
  const total = values.reduce<number | undefined>(
    (sum, { count }) => (sum === undefined || count === undefined ? undefined : sum + count),
    0,
  );
  const figure = (count: number | undefined) =>
    count === undefined ? null : <span className="soft">{`${count.toLocaleString(language)}${isComplete ? '' : '+'}`}</span>;
  return (
    <fieldset className="facet">
      <legend>{filter.label}</legend>
      <ul>
        <li>
          <button type="button" aria-pressed={chosen === undefined} onClick={() => onChoose(undefined)}>
            <span className="cut">{text.all}</span>
            {filter.relation || !isComplete ? null : figure(total)}
          </button>
        </li>
        {shown.map(({ value, count }) => (
          <li key={value}>
            <button
              type="button"
              aria-pressed={chosen === value}
              onClick={() => onChoose(chosen === value ? undefined : value)}
              title={value}
            >
              <span className="cut">
                <FilterValue filter={filter} value={value} />
              </span>
              {figure(count)}
            </button>
          </li>
        ))}
        {shown.length < values.length && (
          <li>
            <button type="button" onClick={() => setWhole(true)}>
              <span className="soft">{all.more}</span>
            </button>
          </li>
        )}
      </ul>
    </fieldset>
  );
}

/** A filter whose value is written; it holds once one leaves the field or presses Enter. */
function Written({ filter, value, onChoose }: FacetProps) {
  const text = useTextOf(words);
  const shown = value === undefined ? '' : filter.format === 'date-time' ? toLocal(value) : value;
  const [typed, setTyped] = useState(shown);
  useEffect(() => setTyped(shown), [shown]);
  const isMoment = filter.format === 'date-time';
  const take = () => {
    if (typed === shown) return;
    const moment = isMoment ? new Date(typed) : undefined;
    if (typed === '') onChoose(undefined);
    else if (!moment) onChoose(typed);
    else if (!Number.isNaN(moment.getTime())) onChoose(moment.toISOString());
  };
  const before = {
    gte: text.from,
    lte: text.to,
    lt: text.before,
    contains: text.contains,
    exact: text.is,
    member: text.is,
    in: text.is,
    is_null: '',
    related: '',
  }[filter.operator];
  return (
    <div className="facet a-written">
      <label>
        <span className="soft small">
          {filter.label} {before}
        </span>
        <input
          className="input small"
          type={isMoment ? 'datetime-local' : 'text'}
          maxLength={200}
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
          onBlur={take}
          onKeyDown={({ key }) => {
            if (key === 'Enter') take();
          }}
        />
      </label>
    </div>
  );
}

function toLocal(moment: string): string {
  const time = new Date(moment);
  if (Number.isNaN(time.getTime())) return '';
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
