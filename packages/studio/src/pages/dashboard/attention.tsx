import { Link } from '@tanstack/react-router';
import type { Dashboard } from 'automate-client';
import { useId } from 'react';
import { toStudio, usePlaces } from '../../data/pages.ts';
import { useTextOf } from '../../text/text.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { bytes } from './bytes.ts';
import { useSince } from './tiles.tsx';
import { words } from './words.ts';

/** What somebody should look at, the worst first. */
export function Attention({ shown }: { shown: Dashboard }) {
  const text = useTextOf(words);
  const id = useId();
  const since = useSince(shown.approvals?.oldest_since ?? null);
  const lines = [...unwell(shown, text), ...failing(shown, text), ...waiting(shown, text, since)];
  return (
    <section className="card span4 list-card" aria-labelledby={id}>
      <header>
        <h2 id={id}>{text.attention}</h2>
        {lines.length > 0 && <span className="badge">{lines.length}</span>}
      </header>
      <ul className="todo">
        {lines.map((line) => (
          <Line key={line.id} {...line} />
        ))}
        {lines.length === 0 && (
          <li className="calm">
            <Icon name="succeeded" />
            {text.nothingToDo}
          </li>
        )}
      </ul>
    </section>
  );
}

function unwell({ health, storage }: Dashboard, text: Text): LineProps[] {
  const { disk_free_bytes: free = null, disk_total_bytes: total = null } = storage ?? {};
  return [
    ...health
      .filter(({ ok }) => !ok)
      .map(({ name, detail }): LineProps => {
        return { id: name, icon: 'warn', status: 'failed', title: text.unwell(text.parts[name] ?? name), note: detail };
      }),
    ...(free !== null && total !== null && free < total * LOW
      ? [{ id: 'disk', icon: 'disk', status: 'warning', title: text.diskLow, note: text.diskLeft(bytes(free)) } as const]
      : []),
  ];
}

/** A line a workflow, whatever it fails by. */
function failing({ executions, within }: Dashboard, text: Text): LineProps[] {
  const byWorkflow = Map.groupBy(executions?.top_failures ?? [], ({ workflow }) => workflow.id);
  return [...byWorkflow].slice(0, 3).map(([id, failures]) => ({
    id,
    icon: 'failed',
    status: 'failed',
    title: text.fails(failures[0]?.workflow.name || text.unnamed),
    note: text.failed(
      failures.reduce((sum, { count }) => sum + count, 0),
      failures.map(({ code }) => code).join(', '),
    ),
    search: { status: 'failed', within, workflow: id },
  }));
}

function waiting({ approvals, dead_letters: dead, queue }: Dashboard, text: Text, since: string | undefined): LineProps[] {
  const lines: LineProps[] = [];
  if (approvals && approvals.pending > 0)
    lines.push({
      id: 'approvals',
      icon: 'approval',
      status: 'waiting',
      title: text.approvals(approvals.pending),
      note: since && text.since(since),
      path: 'approvals',
      search: { status: 'waiting' },
    });
  if (dead && dead.count > 0)
    lines.push({
      id: 'dead',
      icon: 'dead',
      status: 'failed',
      title: text.dead(dead.count),
      note: text.deadNote,
      path: 'dead-letters',
    });
  if (queue && queue.undecided_events > MANY)
    lines.push({
      id: 'events',
      icon: 'event',
      status: 'warning',
      title: text.undecided(queue.undecided_events),
      note: text.undecidedNote,
      path: 'events',
    });
  return lines;
}

type Text = (typeof words)['en'];

/** Of the disk, when little is left. */
const LOW = 0.1;
/** Events that wait a moment are nothing to look at. */
const MANY = 1_000;

interface LineProps {
  readonly id: string;
  readonly icon: IconName;
  readonly status: 'failed' | 'waiting' | 'warning';
  readonly title: string;
  readonly note?: string | undefined;
  /** The page that it leads to. */
  readonly path?: string;
  /** Executions that it leads to, where there is no such page. */
  readonly search?: { readonly status: 'failed' | 'waiting'; readonly within?: Dashboard['within']; readonly workflow?: string };
}

function Line({ icon, status, title, note, path, search }: LineProps) {
  const isThere = usePlaces().some((place) => place.path === path);
  const inside = (
    <>
      <span className="kind big state">
        <Icon name={icon} />
      </span>
      <span className="cut">
        <b>{title}</b>
        <span className="soft small">{note}</span>
      </span>
      {(isThere || search) && <Icon name="right" size="s" />}
    </>
  );
  return (
    <li data-s={status}>
      {path && isThere ? (
        <Link to={toStudio(path)}>{inside}</Link>
      ) : search ? (
        <Link to="/studio/executions/" search={search}>
          {inside}
        </Link>
      ) : (
        <span className="line">{inside}</span>
      )}
    </li>
  );
}
