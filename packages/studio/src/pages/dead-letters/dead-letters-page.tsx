import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { DeadLetterGroup } from 'automate-client';
import { useState } from 'react';
import { api } from '../../api.ts';
import { useFollow } from '../../data/follow.ts';
import { type LiveList, wholeList } from '../../data/live-list.ts';
import { changed } from '../../data/search.ts';
import { useAllowed } from '../../data/session.ts';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf, useWords } from '../../text/text.tsx';
import { BatchDialog } from '../../ui/batch-dialog.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { TextFilter } from '../../ui/filters.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ListPage } from '../../ui/list-page.tsx';
import { Ago } from '../../ui/time.tsx';
import { Views } from '../../ui/views.tsx';
import type { DeadLettersSearch } from './search.ts';
import { words } from './words.ts';

type Group = DeadLetterGroup & { readonly id: string };

/** What failed for good, by its reason; a click tries all of one again. */
export function DeadLettersPage() {
  const text = useTextOf(words);
  const search = useSearch({ from: '/studio/dead-letters' });
  const navigate = useNavigate({ from: '/studio/dead-letters' });
  const { list, isPartial } = useGroups(search);
  const client = useQueryClient();
  const [chosen, setChosen] = useState<Group>();
  const [isOpen, setOpen] = useState(false);
  useTitle(text.title);
  const change = (next: DeadLettersSearch) => void navigate({ search: next, replace: true });
  const set = (name: keyof DeadLettersSearch, value: string | undefined) => change(changed(search, { [name]: value }));
  const ask = (group: Group) => {
    setChosen(group);
    setOpen(true);
  };
  return (
    <ListPage
      title={text.title}
      list={list}
      above={
        <>
          <Views
            list="dead-letters"
            search={search}
            onChange={change}
            builtIn={[
              { label: text.all, search: {} },
              { label: text.executions, search: { kind: 'execution' } },
            ]}
          />
          <search className="filters" aria-label={text.filter}>
            <TextFilter label={text.kind} value={search.kind} onChange={(kind) => set('kind', kind)} />
            <TextFilter label={text.reason} value={search.error} onChange={(error) => set('error', error)} />
            <span className="soft small mid">{isPartial ? text.partial : text.note}</span>
          </search>
        </>
      }
      empty={<Empty icon="dead" title={text.empty} note={text.emptyNote} status="succeeded" />}
      filters={Object.keys(search).length}
      onClear={() => change({})}
    >
      <Groups list={list} onRedrive={ask} />
      {chosen && (
        <BatchDialog
          isOpen={isOpen}
          title={text.redriveTitle}
          note={text.redriveNote}
          verb={text.redrive}
          icon="retrying"
          count={chosen.count}
          start={async () => {
            const filter = { kind: chosen.kind, ...(chosen.code !== '' && { error_code: chosen.code }) };
            return (await api.jobs.batch({ action: 'redrive', filter })).job_id;
          }}
          onStarted={() => void client.invalidateQueries({ queryKey: ['dead-letters'] })}
          onClose={() => setOpen(false)}
        />
      )}
    </ListPage>
  );
}

function Groups({ list, onRedrive }: { list: LiveList<Group>; onRedrive(group: Group): void }) {
  const text = useTextOf(words);
  const { language } = useWords();
  const navigate = useNavigate();
  const mayWrite = useAllowed('jobs:write');
  const jobsOf = ({ kind, code }: Group) => ({ state: 'failed' as const, kind, ...(code !== '' && { error: code }) });
  const columns: readonly Column<Group>[] = [
    {
      key: 'd-kind',
      label: text.kind,
      isName: true,
      cell: (group) => (
        <Link to="/studio/jobs/" search={jobsOf(group)} aria-label={text.show(group.kind, group.code)}>
          {group.kind}
        </Link>
      ),
    },
    {
      key: 'd-reason',
      className: 'grow c-more',
      label: text.reason,
      title: ({ message }) => message,
      cell: ({ code, message }) => (
        <>
          <code>{code}</code> <span className="soft">{message}</span>
        </>
      ),
    },
    {
      key: 'd-count',
      className: 'mid-col',
      label: text.count,
      isNumber: true,
      cell: ({ count }) => count.toLocaleString(language),
    },
    {
      key: 'd-first',
      className: 'soft late',
      label: text.first,
      isNumber: true,
      cell: ({ first_at }) => first_at && <Ago time={first_at} />,
    },
    {
      key: 'd-last',
      className: 'soft c-time',
      label: text.last,
      isNumber: true,
      cell: ({ last_at }) => last_at && <Ago time={last_at} />,
    },
    ...(mayWrite
      ? [
          {
            key: 'd-do',
            className: 'w1 c-status',
            label: text.actions,
            cell: (group: Group) => (
              <button
                type="button"
                className="btn small"
                aria-label={text.redriveThese(group.count, group.code)}
                onClick={() => onRedrive(group)}
              >
                <Icon name="retrying" />
                {text.redrive} {group.count.toLocaleString(language)}
              </button>
            ),
          },
        ]
      : []),
  ];
  return (
    <DataTable
      label={text.label}
      className="ops"
      hasEvenRows
      columns={columns}
      list={list}
      onOpen={(group) => void navigate({ to: '/studio/jobs/', search: jobsOf(group) })}
    />
  );
}

/** The groups as a list, all at once; filtered here, since they are few. */
function useGroups({ kind, error }: DeadLettersSearch): { list: LiveList<Group>; isPartial: boolean } {
  const query = useQuery({
    queryKey: ['dead-letters'],
    queryFn: ({ signal }) => api.jobs.deadLetters({}, { signal }),
    refetchInterval: 15_000,
  });
  useFollow(
    (signal) => api.jobs.changes({}, { signal }),
    async () => void (await query.refetch()),
  );
  const rows = (query.data?.groups ?? [])
    .filter((group) => (!kind || group.kind === kind) && (!error || group.code === error))
    .map((group) => ({ ...group, id: `${group.kind} ${group.code}` }));
  return {
    isPartial: query.data?.is_partial ?? false,
    list: wholeList(query, rows),
  };
}
