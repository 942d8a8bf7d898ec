import { Link, useNavigate } from '@tanstack/react-router';
import type { Approval } from 'automate-client';
import { useState } from 'react';
import { useSelection } from '../../data/selection.ts';
import { useAllowed } from '../../data/session.ts';
import { shortId } from '../../format.ts';
import { useTextOf } from '../../text/text.tsx';
import { BulkBar } from '../../ui/bulk-bar.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ListPage } from '../../ui/list-page.tsx';
import { Ago } from '../../ui/time.tsx';
import { ApprovalPanel } from './approval-panel.tsx';
import { DecideMany, needsNothing } from './decide-many.tsx';
import type { ListProps } from './list-props.ts';
import { MOST, usePending } from './rows.ts';
import type { ApprovalFilters } from './search.ts';
import { words } from './words.ts';

/** What waits for somebody, the oldest first. */
export function PendingList({ filters, open, above, onClear }: ListProps) {
  const text = useTextOf(words);
  const navigate = useNavigate({ from: '/studio/approvals' });
  const list = usePending(filters);
  const selection = useSelection();
  const mayDecide = useAllowed('executions:write');
  const [action, setAction] = useState<'approved' | 'rejected'>();
  const chosen = list.rows.filter(({ id }) => selection.ids.has(id));
  const close = () => void navigate({ search: filters, replace: true });
  const columns = useColumns(filters);
  return (
    <ListPage
      title={text.title}
      list={list}
      above={above}
      actions={list.rows.length === MOST && <span className="soft small">{text.most}</span>}
      empty={<Empty icon="approval" title={text.empty} note={text.emptyNote} status="succeeded" />}
      filters={Object.keys(filters).length}
      panel={open && <ApprovalPanel key={open} id={open} onClose={close} />}
      onClear={onClear}
    >
      <DataTable
        label={text.label}
        className="ops"
        hasEvenRows
        columns={open ? columns.filter(({ key }) => !['a-step', 'a-until'].includes(key)) : columns}
        list={list}
        openId={open}
        {...(mayDecide && { selection, nameOf: ({ title }: Approval) => title })}
        onOpen={({ id }) => void navigate({ search: { ...filters, open: id }, replace: true })}
      />
      {mayDecide && (
        <BulkBar selection={selection}>
          {chosen.some(needsNothing) && (
            <button type="button" className="btn small" onClick={() => setAction('approved')}>
              <Icon name="check" />
              {text.approve}
            </button>
          )}
          <button type="button" className="btn small" onClick={() => setAction('rejected')}>
            <Icon name="x" />
            {text.reject}
          </button>
        </BulkBar>
      )}
      {(['approved', 'rejected'] as const).map((decision) => (
        <DecideMany
          key={decision}
          isOpen={action === decision}
          decision={decision}
          approvals={chosen}
          onClose={() => setAction((now) => (now === decision ? undefined : now))}
          onDone={selection.clear}
        />
      ))}
    </ListPage>
  );
}

function useColumns(filters: ApprovalFilters): readonly Column<Approval>[] {
  const text = useTextOf(words);
  return [
    {
      key: 'a-title',
      label: text.what,
      isName: true,
      className: 'grow',
      title: ({ title }) => title,
      cell: ({ id, title }) => (
        <Link to="/studio/approvals/" search={{ ...filters, open: id }} replace>
          {title}
        </Link>
      ),
    },
    {
      key: 'a-execution',
      className: 'mid-col',
      label: text.execution,
      cell: ({ execution_id }) => (
        <Link to="/studio/executions/$id/" params={{ id: execution_id }}>
          {shortId(execution_id)}
        </Link>
      ),
    },
    { key: 'a-step', className: 'late', label: text.step, cell: ({ node }) => <code>{node}</code> },
    {
      key: 'a-until',
      className: 'soft c-more',
      label: text.expires,
      isNumber: true,
      cell: ({ expires_at }) => (expires_at === null ? text.noEnd : <Ago time={expires_at} />),
    },
    { key: 'a-since', className: 'soft c-status', label: text.since, isNumber: true, cell: ({ since }) => <Ago time={since} /> },
  ];
}
