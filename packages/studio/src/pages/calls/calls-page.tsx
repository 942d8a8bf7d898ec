import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ModelCall } from 'automate-client';
import { api } from '../../api.ts';
import { type LiveList, useLiveList } from '../../data/live-list.ts';
import { duration } from '../../format.ts';
import { useTitle } from '../../shell/trail.ts';
import { useText, useTextOf, useWords } from '../../text/text.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { dollars } from '../../ui/dollars.ts';
import { Empty } from '../../ui/empty.tsx';
import { ExportMenu } from '../../ui/export-menu.tsx';
import { ListPage } from '../../ui/list-page.tsx';
import { Ago } from '../../ui/time.tsx';
import { Views } from '../../ui/views.tsx';
import { CallPanel } from './call-panel.tsx';
import { CallStatus } from './call-status.tsx';
import { Filters } from './filters.tsx';
import { type CallFilters, type CallsSearch, toQuery } from './search.ts';
import { Summary } from './summary.tsx';
import { words } from './words.ts';

/** Every call of a model, newest first. */
export function CallsPage() {
  const text = useTextOf(words);
  const { executions } = useText();
  const search = useSearch({ from: '/studio/calls' });
  const navigate = useNavigate({ from: '/studio/calls' });
  const { open, ...filters } = search;
  const list = useLiveList<ModelCall>({
    queryKey: ['calls', filters],
    read: (page, signal) => api.modelCalls.list({ ...toQuery(filters, Date.now()), ...page }, { signal }),
  });
  useTitle(text.title);
  const go = (next: CallsSearch) => void navigate({ search: next, replace: true });
  const change = (next: CallFilters) => go(open ? { ...next, open } : next);
  return (
    <ListPage
      title={text.title}
      list={list}
      actions={<ExportMenu path="api/v1/gateway/calls/export/" query={toQuery(filters, Date.now())} />}
      above={
        <>
          <Views
            list="calls"
            search={filters}
            onChange={change}
            builtIn={[
              { label: text.all, search: {} },
              { label: `${text.statuses.failed}, ${executions.day}`, search: { status: 'failed', within: 'day' } },
              { label: text.statuses.blocked, search: { status: 'blocked' } },
            ]}
          />
          <Filters filters={filters} onChange={change} onOpen={(id) => go({ ...search, open: id })} />
          <Summary filters={filters} />
        </>
      }
      empty={<Empty icon="sparkle" title={text.empty} note={text.emptyNote} />}
      filters={Object.keys(filters).length}
      panel={open && <CallPanel key={open} id={open} onClose={() => go(filters)} />}
      onClear={() => change({})}
    >
      <Table list={list} search={search} onOpen={(id) => go({ ...search, open: id })} />
    </ListPage>
  );
}

/** All that went in and came out. */
export function tokensOf(call: ModelCall): number {
  const { input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, reasoning_tokens } = call;
  return input_tokens + cache_read_tokens + cache_write_tokens + output_tokens + reasoning_tokens;
}

function Table({ list, search, onOpen }: { list: LiveList<ModelCall>; search: CallsSearch; onOpen(id: string): void }) {
  const text = useTextOf(words);
  const { language } = useWords();
  const columns: readonly Column<ModelCall>[] = [
    {
      key: 'l-model',
      label: text.of.model,
      isName: true,
      title: ({ model }) => model,
      cell: ({ id, model }) => (
        <Link to="/studio/calls/" search={{ ...search, open: id }} replace>
          {model}
        </Link>
      ),
    },
    { key: 'l-status', className: 'c-status', label: text.status, cell: ({ status }) => <CallStatus status={status} /> },
    {
      key: 'l-by',
      className: 'grow c-more',
      label: text.answeredBy,
      title: ({ provider, provider_model }) => `${provider ?? '–'}/${provider_model ?? '–'}`,
      cell: ({ provider, provider_model: model, is_cached: isCached }) => (
        <>
          {provider ? `${provider}/${model ?? ''}` : '–'} {isCached && <span className="badge">{text.cached}</span>}
        </>
      ),
    },
    { key: 'l-task', className: 'late soft', label: text.task, cell: ({ task }) => task },
    {
      key: 'l-tokens',
      className: 'mid-col',
      label: text.tokens,
      isNumber: true,
      cell: (call) => tokensOf(call).toLocaleString(language),
    },
    { key: 'l-cost', className: 'mid-col', label: text.cost, isNumber: true, cell: ({ cost_nanos: nanos }) => dollars(nanos) },
    {
      key: 'l-first',
      className: 'late',
      label: text.firstByte,
      isNumber: true,
      cell: ({ first_byte_ms: ms }) => (ms === null ? '–' : duration(ms)),
    },
    { key: 'l-took', className: 'mid-col', label: text.took, isNumber: true, cell: ({ latency_ms: ms }) => duration(ms) },
    {
      key: 'l-time',
      className: 'soft c-time',
      label: text.when,
      isNumber: true,
      cell: ({ created_at: at }) => <Ago time={at} />,
    },
  ];
  return (
    <DataTable
      label={text.label}
      className="ops"
      hasEvenRows
      columns={search.open ? columns.filter(({ key }) => !['l-task', 'l-first', 'l-tokens', 'l-by'].includes(key)) : columns}
      list={list}
      openId={search.open}
      onOpen={({ id }) => onOpen(id)}
    />
  );
}
