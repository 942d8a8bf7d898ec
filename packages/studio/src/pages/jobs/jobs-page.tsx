import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { type Period, periodNames } from '../../data/periods.ts';
import { changed } from '../../data/search.ts';
import { useSelection } from '../../data/selection.ts';
import { useTitle } from '../../shell/trail.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Chip, namedBy, SearchFilter, SelectFilter, TextFilter } from '../../ui/filters.tsx';
import { ListPage } from '../../ui/list-page.tsx';
import { Views } from '../../ui/views.tsx';
import { JobsBulk } from './bulk.tsx';
import { JobPanel } from './job-panel.tsx';
import { JobTable } from './job-table.tsx';
import { useJobs, useTotal } from './rows.ts';
import { type JobFilters, type JobsSearch, states, toBatchFilter } from './search.ts';
import { words } from './words.ts';

/** All work in the background, newest first. */
export function JobsPage() {
  const text = useTextOf(words);
  const search = useSearch({ from: '/studio/jobs' });
  const navigate = useNavigate({ from: '/studio/jobs' });
  const { open, ...filters } = search;
  const list = useJobs(filters);
  const selection = useSelection();
  const batchFilter = toBatchFilter(filters);
  const total = useTotal(filters, batchFilter !== undefined && selection.ids.size > 0);
  useTitle(text.title);
  const go = (next: JobsSearch) => void navigate({ search: next, replace: true });
  const change = (next: JobFilters) => go(open ? { ...next, open } : next);
  const { clear } = selection;
  const asked = JSON.stringify(filters);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is chosen is chosen among what is shown
  useEffect(clear, [asked]);
  return (
    <ListPage
      title={text.title}
      list={list}
      above={
        <>
          <Views
            list="jobs"
            search={filters}
            onChange={change}
            builtIn={[
              { label: text.all, search: {} },
              { label: text.states.running, search: { state: 'running' } },
              { label: text.states.scheduled, search: { state: 'scheduled' } },
              { label: text.states.failed, search: { state: 'failed' } },
            ]}
          />
          <Filters filters={filters} onChange={change} onOpen={(id) => go({ ...search, open: id })} />
        </>
      }
      empty={<Empty icon="job" title={text.empty} note={text.emptyNote} />}
      filters={Object.keys(filters).length}
      panel={open && <JobPanel key={open} id={open} onClose={() => go(filters)} />}
      onClear={() => change({})}
    >
      <JobTable list={list} search={search} selection={selection} isNarrow={open !== undefined} />
      <JobsBulk selection={selection} total={total} filter={batchFilter} />
    </ListPage>
  );
}

interface FiltersProps {
  readonly filters: JobFilters;
  onChange(filters: JobFilters): void;
  onOpen(id: string): void;
}

function Filters({ filters, onChange, onOpen }: FiltersProps) {
  const text = useTextOf(words);
  const { executions, execution } = useText();
  const set = <Name extends keyof JobFilters>(name: Name, value: JobFilters[Name] | undefined) =>
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
        label={text.state}
        value={filters.state}
        options={states.map((state) => [state, text.states[state]])}
        onChange={(state) => set('state', state)}
      />
      <SelectFilter<Period>
        label={executions.anyTime}
        value={filters.within}
        options={periodNames.map((period) => [period, `${executions.within} ${executions[period]}`])}
        onChange={(within) => set('within', within)}
      />
      <TextFilter label={text.kind} value={filters.kind} onChange={(kind) => set('kind', kind)} />
      <TextFilter label={text.errorCode} value={filters.error} onChange={(error) => set('error', error)} />
      {filters.trace && <Chip label={execution.trace} value={filters.trace} onRemove={() => set('trace', undefined)} />}
    </search>
  );
}
