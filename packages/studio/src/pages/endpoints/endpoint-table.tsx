import { Link, useNavigate } from '@tanstack/react-router';
import type { Endpoint } from 'automate-client';
import type { LiveList } from '../../data/live-list.ts';
import { useTextOf } from '../../text/text.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { dollars } from '../../ui/dollars.ts';
import { Icon } from '../../ui/icon.tsx';
import { chainText, TargetChain } from '../../ui/target-chain.tsx';
import { useToday } from './rows.ts';
import type { EndpointsSearch } from './search.ts';
import { words } from './words.ts';

interface TableProps {
  readonly list: LiveList<Endpoint>;
  readonly order: EndpointsSearch['order'];
  onOrder(order: string): void;
}

export function EndpointTable({ list, order = 'name', onOrder }: TableProps) {
  const text = useTextOf(words);
  const navigate = useNavigate();
  const columns = useColumns();
  return (
    <DataTable
      label={text.label}
      className="ops endpoints"
      columns={columns}
      list={list}
      ordering={order}
      onOrder={onOrder}
      onOpen={({ id }) => void navigate({ to: '/studio/endpoints/$id/', params: { id } })}
    />
  );
}

function useColumns(): readonly Column<Endpoint>[] {
  const text = useTextOf(words);
  const today = useToday();
  return [
    {
      key: 't-name',
      label: text.name,
      isName: true,
      order: 'name',
      title: ({ name, slug }) => `${name} (${slug})`,
      cell: ({ id, name, slug }) => (
        <>
          <Link to="/studio/endpoints/$id/" params={{ id }}>
            {name}
          </Link>
          {name !== slug && <code className="faint small"> {slug}</code>}
        </>
      ),
    },
    { key: 'c-status', className: 'w1', label: text.state, cell: ({ is_enabled }) => <EndpointState isEnabled={is_enabled} /> },
    {
      key: 't-tasks',
      className: 'mid-col',
      label: text.tasks,
      title: ({ tasks }) => tasks.join(', '),
      cell: ({ tasks }) => (
        <span className="badges">
          {tasks.map((task) => (
            <span key={task} className="badge">
              {task}
            </span>
          ))}
        </span>
      ),
    },
    {
      key: 'c-more',
      className: 'grow',
      label: text.targets,
      title: ({ targets }) => chainText(targets),
      cell: ({ targets }) => <TargetChain targets={targets} />,
    },
    {
      key: 't-access',
      className: 'late soft',
      label: text.access,
      cell: ({ access }) => (access.api_keys ? text.keys(access.api_keys.length) : text.everybody),
    },
    { key: 't-limits', className: 'late soft', label: text.limits, title: text.limitsOf, cell: text.limitsOf },
    {
      key: 't-guards',
      className: 'late',
      label: text.guardrails,
      isNumber: true,
      cell: ({ guardrails }) => guardrails.length || '–',
    },
    {
      key: 't-calls',
      className: 'mid-col',
      label: text.calls,
      isNumber: true,
      title: ({ id }) => text.failedOf(today?.get(id)?.failed ?? 0),
      cell: ({ id }) => (today ? (today.get(id)?.calls ?? 0).toLocaleString('en') : '–'),
    },
    {
      key: 'c-time',
      label: text.cost,
      isNumber: true,
      title: ({ id }) => text.unpriced(today?.get(id)?.unpriced ?? 0),
      cell: ({ id }) => {
        const figure = today?.get(id);
        if (!figure) return today ? '$0' : '–';
        return figure.unpriced > 0 && figure.cost_nanos === 0
          ? '–'
          : `${dollars(figure.cost_nanos)}${figure.unpriced > 0 ? ' +' : ''}`;
      },
    },
  ];
}

function EndpointState({ isEnabled }: { isEnabled: boolean }) {
  const text = useTextOf(words);
  const look = isEnabled ? 'succeeded' : 'skipped';
  return (
    <span className="status bare" data-s={look}>
      <Icon name={look} />
      {isEnabled ? text.enabled : text.disabled}
    </span>
  );
}
