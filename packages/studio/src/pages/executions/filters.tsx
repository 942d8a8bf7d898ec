import { useNavigate } from '@tanstack/react-router';
import type { WorkflowName } from 'automate-client';
import { type Period, periodNames } from '../../data/periods.ts';
import { changed } from '../../data/search.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { Chip, namedBy, SearchFilter, SelectFilter, TextFilter } from '../../ui/filters.tsx';
import { type ExecutionsSearch, statuses } from './search.ts';
import { words } from './words.ts';

interface FiltersProps {
  readonly search: ExecutionsSearch;
  readonly workflows: readonly WorkflowName[];
  onChange(search: ExecutionsSearch): void;
}

/** One's own words beside the views: an id or a trace, a state, a time, a workflow, an error. */
export function Filters({ search, workflows, onChange }: FiltersProps) {
  const text = useText();
  const own = useTextOf(words);
  const navigate = useNavigate();
  const set = <Name extends keyof ExecutionsSearch>(name: Name, value: ExecutionsSearch[Name] | undefined) =>
    onChange(changed(search, { [name]: value }));
  const workflow = workflows.find(({ id, slug }) => search.workflow === id || search.workflow === slug);
  const chips = (
    [
      ['trace', text.execution.trace],
      ['replay_of', text.execution.replayOf],
      ['trigger', own.trigger],
      ['event', own.event],
    ] as const
  ).filter(([name]) => search[name] !== undefined);
  return (
    <search className="filters" aria-label={text.executions.filter}>
      <SearchFilter
        label={text.executions.searchHint}
        onSearch={(typed) => {
          const { id, trace } = namedBy(typed);
          if (trace) set('trace', trace);
          else if (id) void navigate({ to: '/studio/executions/$id/', params: { id } });
          return (id ?? trace) !== undefined;
        }}
      />
      <SelectFilter
        label={text.executions.status}
        value={search.status}
        options={statuses.map((status) => [status, text.statuses[status]])}
        onChange={(status) => set('status', status)}
      />
      <SelectFilter<Period>
        label={text.executions.anyTime}
        value={search.within}
        options={periodNames.map((period) => [period, `${text.executions.within} ${text.executions[period]}`])}
        onChange={(within) => set('within', within)}
      />
      <SelectFilter
        label={own.anyWorkflow}
        value={workflow?.id ?? search.workflow}
        options={[
          ...(search.workflow && !workflow ? [[search.workflow, search.workflow] as const] : []),
          ...workflows.map(({ id, name }) => [id, name] as const),
        ]}
        onChange={(id) => set('workflow', id)}
      />
      <TextFilter label={own.errorCode} value={search.error} onChange={(error) => set('error', error)} />
      {chips.map(([name, label]) => (
        <Chip key={name} label={label} value={search[name] ?? ''} onRemove={() => set(name, undefined)} />
      ))}
    </search>
  );
}
