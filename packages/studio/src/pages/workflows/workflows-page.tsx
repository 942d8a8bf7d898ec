import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { changed } from '../../data/search.ts';
import { useSelection } from '../../data/selection.ts';
import { useAllowed } from '../../data/session.ts';
import { type SetLive, useSetLive } from '../../data/set-live.ts';
import { useTitle } from '../../shell/trail.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { BulkBar } from '../../ui/bulk-bar.tsx';
import { Empty, Unread } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { LiveState } from '../../ui/live-state.tsx';
import { SearchBox } from '../../ui/search-box.tsx';
import { say } from '../../ui/toast.tsx';
import { useWorkflows } from './rows.ts';
import { states, type WorkflowsSearch } from './search.ts';
import { words } from './words.ts';
import { WorkflowTable } from './workflow-table.tsx';

/** What there is to run: what starts each, how it stands and how it has gone. */
export function WorkflowsPage() {
  const common = useText();
  const text = useTextOf(words);
  const search = useSearch({ from: '/studio/workflows' });
  const navigate = useNavigate({ from: '/studio/workflows' });
  const list = useWorkflows(search);
  const selection = useSelection();
  const mayWrite = useAllowed('workflows:write') && search.state !== 'archived';
  useTitle(text.title);
  const change = (next: WorkflowsSearch) => {
    selection.clear();
    void navigate({ search: next, replace: true });
  };
  const isNarrowed = search.q !== undefined || search.state !== undefined;
  return (
    <>
      <div className="head">
        <div className="row">
          <h1>{text.title}</h1>
          {list.newer > 0 && (
            <button type="button" className="btn small newer" onClick={list.renew}>
              <Icon name="up" size="s" />
              {common.table.newer(list.newer)}
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
        isNarrowed ? (
          <Empty icon="search" title={text.nothing} note={text.nothingNote}>
            <button type="button" className="btn" onClick={() => change({})}>
              {text.clear}
            </button>
          </Empty>
        ) : (
          <Empty icon="workflow" title={text.empty} note={text.emptyNote} />
        )
      ) : (
        <WorkflowTable
          list={list}
          selection={mayWrite ? selection : undefined}
          order={search.order}
          onOrder={(order) => change({ ...search, order: order as NonNullable<WorkflowsSearch['order']> })}
        />
      )}
      <BulkBar selection={selection}>
        <Bulk ids={[...selection.ids]} onDone={selection.clear} />
      </BulkBar>
    </>
  );
}

interface PartProps {
  readonly search: WorkflowsSearch;
  onChange(search: WorkflowsSearch): void;
}

function Views({ search, onChange }: PartProps) {
  const text = useTextOf(words);
  return (
    <nav className="tabs" aria-label={text.views}>
      {([undefined, ...states] as const).map((state) => (
        <button
          key={state ?? 'all'}
          type="button"
          aria-current={search.state === state ? 'page' : undefined}
          onClick={() => {
            const { state: _, ...rest } = search;
            onChange(state ? { ...rest, state } : rest);
          }}
        >
          {state ? text[state] : text.all}
        </button>
      ))}
    </nav>
  );
}

function Filters({ search, onChange }: PartProps) {
  const text = useTextOf(words);
  return (
    <search className="filters" aria-label={text.filter}>
      <SearchBox
        label={text.search}
        value={search.q ?? ''}
        onChange={(typed) => onChange(changed(search, { q: typed || undefined }))}
      />
    </search>
  );
}

/** Pauses or resumes all that are chosen, and says how far it is. */
function Bulk({ ids, onDone }: { ids: readonly string[]; onDone(): void }) {
  const text = useTextOf(words);
  const setLive = useSetLive();
  const mayPublish = useAllowed('workflows:publish');
  const [done, setDone] = useState<number>();
  const run = async (isLive: boolean) => {
    setDone(0);
    const outcome = await setLive(ids, isLive, setDone);
    setDone(undefined);
    onDone();
    tell(outcome, isLive);
  };
  const tell = ({ done: changed, failed, reason }: SetLive, isLive: boolean) => {
    const undo = { label: text.undo, onSelect: () => void setLive(changed, !isLive) };
    if (changed.length > 0) say((isLive ? text.resumedMany : text.pausedMany)(changed.length), { link: undo });
    if (failed.length > 0) say(text.someFailed(failed.length, reason), { status: 'failed' });
  };
  return (
    <>
      {done !== undefined && <span role="status">{text.working(done, ids.length)}</span>}
      <button type="button" className="btn" disabled={done !== undefined} onClick={() => run(false)}>
        <Icon name="pause" />
        {text.pause}
      </button>
      {mayPublish && (
        <button type="button" className="btn" disabled={done !== undefined} onClick={() => run(true)}>
          <Icon name="play" />
          {text.resume}
        </button>
      )}
    </>
  );
}
