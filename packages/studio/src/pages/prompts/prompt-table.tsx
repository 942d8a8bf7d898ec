import { Link, useNavigate } from '@tanstack/react-router';
import type { Prompt, PromptSummary } from 'automate-client';
import type { LiveList } from '../../data/live-list.ts';
import { useTextOf, useWords } from '../../text/text.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { LabelBadge } from '../../ui/prompt-label.tsx';
import { Ago } from '../../ui/time.tsx';
import { usd } from '../../ui/usd.ts';
import { useSummaries } from './rows.ts';
import type { PromptsSearch } from './search.ts';
import { words } from './words.ts';

interface TableProps {
  readonly list: LiveList<Prompt>;
  readonly order: PromptsSearch['order'];
  onOrder(order: string): void;
}

export function PromptTable({ list, order, onOrder }: TableProps) {
  const text = useTextOf(words);
  const navigate = useNavigate();
  const columns = useColumns(useSummaries(list.rows));
  return (
    <DataTable
      label={text.label}
      className="prompts"
      columns={columns}
      list={list}
      ordering={order ?? ''}
      onOrder={onOrder}
      onOpen={({ id }) => void navigate({ to: '/studio/prompts/$id/', params: { id } })}
    />
  );
}

function useColumns(summaries: ReadonlyMap<string, PromptSummary>): readonly Column<Prompt>[] {
  const text = useTextOf(words);
  const { language } = useWords();
  return [
    {
      key: 't-name',
      label: text.name,
      isName: true,
      order: 'name',
      title: ({ name, description }) => description || name,
      cell: ({ id, name, slug }) => (
        <>
          <Link to="/studio/prompts/$id/" params={{ id }}>
            {name}
          </Link>{' '}
          <span className="faint small mono">{slug}</span>
        </>
      ),
    },
    {
      key: 't-labels',
      className: 'grow',
      label: text.labels,
      cell: ({ id }) => (
        <span className="row closely">
          {inOrder(summaries.get(id)?.labels ?? []).map((label) => (
            <LabelBadge key={label.name} {...label} />
          ))}
        </span>
      ),
    },
    {
      key: 't-versions',
      label: text.versions,
      isNumber: true,
      cell: ({ latest_version: latest }) => latest || <span className="faint">{text.none}</span>,
    },
    {
      key: 't-pass',
      label: text.passed,
      isNumber: true,
      cell: ({ id }) => <LatestRun id={id} run={summaries.get(id)?.latest_run} />,
    },
    {
      key: 't-calls',
      label: text.calls,
      isNumber: true,
      cell: ({ id }) => summaries.get(id)?.calls.toLocaleString(language) ?? '–',
    },
    {
      key: 't-cost',
      label: text.cost,
      isNumber: true,
      title: ({ id }) => {
        const unpriced = summaries.get(id)?.unpriced_calls ?? 0;
        return unpriced > 0 ? text.unpriced(unpriced) : undefined;
      },
      cell: ({ id }) => usd(summaries.get(id)?.cost, language),
    },
    {
      key: 't-updated',
      className: 'soft',
      label: text.updated,
      isNumber: true,
      order: 'updated_at',
      cell: ({ updated_at }) => <Ago time={updated_at} />,
    },
  ];
}

/** It leads to the run it is of. */
function LatestRun({ id, run }: { id: string; run: PromptSummary['latest_run'] | undefined }) {
  const text = useTextOf(words);
  if (!run) return '–';
  const isOver = run.status === 'succeeded';
  return (
    <Link
      to="/studio/prompts/$id/"
      params={{ id }}
      search={{ tab: 'tests', run: run.id }}
      title={text.runOf(run.version, run.passed, run.total)}
    >
      {isOver && run.total > 0 ? `${Math.floor((run.passed / run.total) * 100)} %` : text.statuses[run.status]}
    </Link>
  );
}

/** What is in production is looked for first. */
function inOrder<T extends { readonly name: string }>(labels: readonly T[]): readonly T[] {
  const rank = ({ name }: T) => ['production', 'approved', 'draft'].indexOf(name) + 1 || 9;
  return labels.toSorted((left, right) => rank(left) - rank(right));
}
