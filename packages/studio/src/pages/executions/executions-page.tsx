import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTitle } from '../../shell/trail.ts';
import { useText } from '../../text/text.tsx';
import { Empty, Unread } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { LiveState } from '../../ui/live-state.tsx';
import { ExecutionTable } from './execution-table.tsx';
import { Filters } from './filters.tsx';
import { useExecutions } from './rows.ts';
import type { ExecutionsSearch } from './search.ts';

/** What has run, runs and waits, newest first. */
export function ExecutionsPage() {
  const text = useText();
  const search = useSearch({ from: '/studio/executions' });
  const navigate = useNavigate({ from: '/studio/executions' });
  const list = useExecutions(search);
  useTitle(text.executions.title);
  const change = (next: ExecutionsSearch) => void navigate({ search: next, replace: true });
  const filters = Object.keys(search).length;
  return (
    <>
      <div className="head">
        <div className="row">
          <h1>{text.executions.title}</h1>
          {list.newer > 0 && (
            <button type="button" className="btn small newer" onClick={list.renew}>
              <Icon name="up" size="s" />
              {text.table.newer(list.newer)}
            </button>
          )}
        </div>
        <LiveState isOffline={list.isOffline} readAt={list.readAt} />
      </div>
      <Views search={search} onChange={change} />
      <Filters search={search} onChange={change} />
      {list.error && list.rows.length === 0 ? (
        <Unread error={list.error} isPage={false} onRetry={list.retry} />
      ) : !list.isLoading && list.rows.length === 0 ? (
        <Nothing filters={filters} onClear={() => change({})} />
      ) : (
        <ExecutionTable list={list} />
      )}
    </>
  );
}

/** What one looks for most often. */
function Views({ search, onChange }: { search: ExecutionsSearch; onChange(search: ExecutionsSearch): void }) {
  const text = useText();
  const views: readonly (readonly [label: string, search: ExecutionsSearch])[] = [
    [text.executions.all, {}],
    [text.statuses.running, { status: 'running' }],
    [text.statuses.waiting, { status: 'waiting' }],
    [`${text.statuses.failed}, ${text.executions.day}`, { status: 'failed', within: 'day' }],
  ];
  const here = JSON.stringify(search);
  return (
    <nav className="tabs" aria-label={text.executions.views}>
      {views.map(([label, view]) => (
        <button
          key={label}
          type="button"
          aria-current={JSON.stringify(view) === here ? 'page' : undefined}
          onClick={() => onChange(view)}
        >
          {label}
        </button>
      ))}
    </nav>
  );
}

function Nothing({ filters, onClear }: { filters: number; onClear(): void }) {
  const text = useText();
  if (filters === 0) return <Empty icon="executions" title={text.executions.empty} note={text.executions.emptyNote} />;
  return (
    <Empty icon="search" title={text.executions.nothing} note={text.executions.nothingNote(filters)}>
      <button type="button" className="btn" onClick={onClear}>
        {text.executions.clear}
      </button>
    </Empty>
  );
}
