import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { Event } from 'automate-client';
import { useState } from 'react';
import { api } from '../../api.ts';
import { type LiveList, useLiveList } from '../../data/live-list.ts';
import { type Period, periodNames } from '../../data/periods.ts';
import { changed } from '../../data/search.ts';
import { useAllowed } from '../../data/session.ts';
import { shortId } from '../../format.ts';
import { useTitle } from '../../shell/trail.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { Id } from '../../ui/copy.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Chip, namedBy, SearchFilter, SelectFilter, TextFilter } from '../../ui/filters.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ListPage } from '../../ui/list-page.tsx';
import { Ago } from '../../ui/time.tsx';
import { Views } from '../../ui/views.tsx';
import { EventPanel } from './event-panel.tsx';
import { type EventFilters, type EventsSearch, toQuery } from './search.ts';
import { SendDialog } from './send-dialog.tsx';
import { words } from './words.ts';

/** What happened, as others tell it, newest first. */
export function EventsPage() {
  const text = useTextOf(words);
  const search = useSearch({ from: '/studio/events' });
  const navigate = useNavigate({ from: '/studio/events' });
  const { open, ...filters } = search;
  const list = useEvents(filters);
  const maySend = useAllowed('events:write');
  const [isSending, setSending] = useState(false);
  useTitle(text.title);
  const go = (next: EventsSearch) => void navigate({ search: next, replace: true });
  const change = (next: EventFilters) => go(open ? { ...next, open } : next);
  const send = maySend && (
    <button type="button" className="btn small primary" onClick={() => setSending(true)}>
      <Icon name="send" />
      {text.send}
    </button>
  );
  return (
    <>
      <ListPage
        title={text.title}
        list={list}
        actions={send}
        above={
          <>
            <Views
              list="events"
              search={filters}
              onChange={change}
              builtIn={[
                { label: text.all, search: {} },
                { label: text.hour, search: { within: 'hour' } },
                { label: text.own, search: { source: 'studio' } },
              ]}
            />
            <Filters filters={filters} onChange={change} onOpen={(id) => go({ ...search, open: id })} />
          </>
        }
        empty={
          <Empty icon="event" title={text.empty} note={text.emptyNote}>
            {send}
          </Empty>
        }
        filters={Object.keys(filters).length}
        panel={open && <EventPanel key={open} id={open} onClose={() => go(filters)} />}
        onClear={() => change({})}
      >
        <Table list={list} search={search} onOpen={(id) => go({ ...search, open: id })} />
      </ListPage>
      <SendDialog isOpen={isSending} onClose={() => setSending(false)} onSent={(id) => go({ ...search, open: id })} />
    </>
  );
}

function useEvents(filters: EventFilters): LiveList<Event> {
  const mayFollow = useAllowed('executions:read');
  return useLiveList<Event>({
    queryKey: ['events', filters],
    read: (page, signal) => api.events.list({ ...toQuery(filters, Date.now()), ...page }, { signal }),
    // Most events start something, which is told at once; the others are seen a moment later.
    isLive: true,
    ...(mayFollow && { follow: (signal: AbortSignal) => api.executions.changes({}, { signal }), pollMs: 2_000 }),
  });
}

function Table({ list, search, onOpen }: { list: LiveList<Event>; search: EventsSearch; onOpen(id: string): void }) {
  const text = useTextOf(words);
  const columns: readonly Column<Event>[] = [
    {
      key: 'e-type',
      label: text.type,
      isName: true,
      title: ({ event_type }) => event_type,
      cell: ({ id, event_type }) => (
        <Link to="/studio/events/" search={{ ...search, open: id }} replace>
          {event_type}
        </Link>
      ),
    },
    {
      key: 'e-source',
      className: 'grow c-more',
      label: text.source,
      title: ({ source }) => source,
      cell: ({ source }) => source,
    },
    { key: 'e-id', className: 'late', label: text.id, cell: ({ id }) => <Id id={id} /> },
    {
      key: 'e-trace',
      className: 'late id',
      label: text.trace,
      title: ({ trace_id }) => trace_id,
      cell: ({ trace_id }) => shortId(trace_id),
    },
    {
      key: 'e-time',
      className: 'soft c-status',
      label: text.received,
      isNumber: true,
      cell: ({ received_at }) => <Ago time={received_at} />,
    },
  ];
  return (
    <DataTable
      label={text.label}
      className="ops"
      hasEvenRows
      columns={search.open ? columns.filter(({ key }) => !['e-id', 'e-trace'].includes(key)) : columns}
      list={list}
      openId={search.open}
      onOpen={({ id }) => onOpen(id)}
    />
  );
}

interface FiltersProps {
  readonly filters: EventFilters;
  onChange(filters: EventFilters): void;
  onOpen(id: string): void;
}

function Filters({ filters, onChange, onOpen }: FiltersProps) {
  const text = useTextOf(words);
  const { executions } = useText();
  const set = <Name extends keyof EventFilters>(name: Name, value: EventFilters[Name] | undefined) =>
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
      <TextFilter label={text.type} value={filters.type} onChange={(type) => set('type', type)} />
      <TextFilter label={text.source} value={filters.source} onChange={(source) => set('source', source)} />
      <SelectFilter<Period>
        label={executions.anyTime}
        value={filters.within}
        options={periodNames.map((period) => [period, `${executions.within} ${executions[period]}`])}
        onChange={(within) => set('within', within)}
      />
      {filters.trace && <Chip label={text.trace} value={filters.trace} onRemove={() => set('trace', undefined)} />}
    </search>
  );
}
