import { type Period, periodNames } from '../../data/periods.ts';
import { changed } from '../../data/search.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { Chip, namedBy, SearchFilter, SelectFilter, TextFilter } from '../../ui/filters.tsx';
import { type CallFilters, callStatuses, callTasks } from './search.ts';
import { words } from './words.ts';

interface FiltersProps {
  readonly filters: CallFilters;
  onChange(filters: CallFilters): void;
  onOpen(id: string): void;
}

export function Filters({ filters, onChange, onOpen }: FiltersProps) {
  const text = useTextOf(words);
  const { executions } = useText();
  const set = <Name extends keyof CallFilters>(name: Name, value: CallFilters[Name] | undefined) =>
    onChange(changed(filters, { [name]: value }));
  return (
    <search className="filters" aria-label={text.filter}>
      <SearchFilter
        label={text.searchHint}
        onSearch={(typed) => {
          const { id, trace } = namedBy(typed);
          if (trace) set('trace', trace);
          else if (id) onOpen(id);
          return (id ?? trace) !== undefined;
        }}
      />
      <SelectFilter
        label={text.status}
        value={filters.status}
        options={callStatuses.map((status) => [status, text.statuses[status]])}
        onChange={(status) => set('status', status)}
      />
      <SelectFilter<Period>
        label={executions.anyTime}
        value={filters.within}
        options={periodNames.map((period) => [period, `${executions.within} ${executions[period]}`])}
        onChange={(within) => set('within', within)}
      />
      <SelectFilter
        label={text.task}
        value={filters.task}
        options={callTasks.map((task) => [task, task])}
        onChange={(task) => set('task', task)}
      />
      {(['endpoint', 'provider', 'model', 'error'] as const).map((name) => (
        <TextFilter key={name} label={text.of[name]} value={filters[name]} onChange={(value) => set(name, value)} />
      ))}
      {(['key', 'prompt', 'provider_model', 'trace'] as const).map(
        (name) =>
          filters[name] && <Chip key={name} label={text.of[name]} value={filters[name]} onRemove={() => set(name, undefined)} />,
      )}
    </search>
  );
}
