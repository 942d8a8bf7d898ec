import { Link } from '@tanstack/react-router';
import type { DecidedApproval } from 'automate-client';
import { shortId } from '../../format.ts';
import { useTextOf } from '../../text/text.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ListPage } from '../../ui/list-page.tsx';
import { Ago } from '../../ui/time.tsx';
import type { ListProps } from './list-props.ts';
import { useDecided } from './rows.ts';
import { words } from './words.ts';

const LOOKS = { approved: 'succeeded', rejected: 'failed', timeout: 'waiting' } as const;

/** What was decided, and by whom. */
export function DecidedList({ filters, above, onClear }: ListProps) {
  const text = useTextOf(words);
  const list = useDecided(filters);
  const columns: readonly Column<DecidedApproval>[] = [
    {
      key: 'a-decision',
      className: 'w1 c-status',
      label: text.decision,
      cell: ({ decision }) => (
        <span className="status" data-s={LOOKS[decision]}>
          <Icon name={LOOKS[decision]} />
          {text[decision]}
        </span>
      ),
    },
    {
      key: 'a-title',
      label: text.what,
      isName: true,
      className: 'grow',
      title: ({ title }) => title ?? undefined,
      cell: ({ title }) => title ?? '–',
    },
    { key: 'a-by', className: 'c-more', label: text.by, cell: (row) => <By row={row} /> },
    {
      key: 'a-comment',
      className: 'half soft late',
      label: text.comment,
      title: ({ comment }) => comment ?? undefined,
      cell: ({ comment }) => comment,
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
    {
      key: 'a-when',
      className: 'soft c-time',
      label: text.when,
      isNumber: true,
      cell: ({ decided_at }) => <Ago time={decided_at} />,
    },
  ];
  return (
    <ListPage
      title={text.title}
      list={list}
      above={above}
      empty={<Empty icon="approval" title={text.emptyDecided} note={text.emptyDecidedNote} />}
      filters={Object.keys(filters).filter((name) => name !== 'tab').length}
      onClear={onClear}
    >
      <DataTable label={text.decidedLabel} className="ops" hasEvenRows columns={columns} list={list} />
    </ListPage>
  );
}

function By({ row: { decided_by, decided_by_name } }: { row: DecidedApproval }) {
  const text = useTextOf(words);
  if (decided_by_name) return <span title={decided_by ?? undefined}>{decided_by_name}</span>;
  if (decided_by === null) return <span className="soft">{text.byNobody}</span>;
  const kind = decided_by.split(':')[0];
  return <span title={decided_by}>{kind === 'link' ? text.byLink : kind === 'api_key' ? text.byKey : text.byPerson}</span>;
}
