import { useInfiniteQuery } from '@tanstack/react-query';
import type { AdminModelDetail, AuditEntry } from 'automate-client';
import { useState } from 'react';
import { api } from '../../api.ts';
import { changesOf } from '../../data/audit-changes.ts';
import { cursorOf } from '../../data/live-list.ts';
import { exactTime } from '../../format.ts';
import { useTextOf, useWords } from '../../text/text.tsx';
import { Actor } from '../../ui/actor.tsx';
import { Empty, Unread } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { JsonView } from '../../ui/json.tsx';
import { Ago } from '../../ui/time.tsx';
import { rowsKey } from './model.ts';
import { words } from './words.ts';

const PAGE = 50;

/** What was done to a row, by whom: entries of the audit record, each with what it changed. */
export function History({ model, id }: { model: AdminModelDetail; id: string }) {
  const text = useTextOf(words);
  const { text: all } = useWords();
  const [chosen, choose] = useState<string>();
  const entries = useInfiniteQuery({
    queryKey: [...rowsKey(model), 'history', id],
    queryFn: ({ pageParam, signal }) =>
      api.audit.list(
        { target_type: model.audit_target, target_id: id, limit: PAGE, ...(pageParam && { cursor: pageParam }) },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => cursorOf(next),
  });
  const rows = entries.data?.pages.flatMap(({ results }) => results) ?? [];
  const entry = rows.find((one) => one.id === chosen) ?? rows[0];
  if (entries.error && rows.length === 0)
    return <Unread error={entries.error} isPage={false} onRetry={() => void entries.refetch()} />;
  if (entries.isPending) return <span className="bone on" />;
  if (!entry) return <Empty icon="history" title={text.noHistory} note={text.noHistoryNote} />;
  return (
    <div className="body f-body a-scroll">
      <div className="h-grid">
        <section className="card" aria-label={text.history}>
          <header>
            <h2>{text.changes(rows.length)}</h2>
          </header>
          <ol className="revs">
            {rows.map((one) => (
              <li key={one.id}>
                <button type="button" aria-current={one.id === entry.id ? 'true' : undefined} onClick={() => choose(one.id)}>
                  <span className="cut">
                    <b>
                      <Actor actor={one.actor} />
                    </b>
                    <span className="soft small cut">{one.action}</span>
                  </span>
                  <span className="soft small push">
                    <Ago time={one.created_at} />
                  </span>
                </button>
              </li>
            ))}
          </ol>
          {entries.hasNextPage && (
            <div className="in">
              <button type="button" className="btn small" onClick={() => void entries.fetchNextPage()}>
                {all.more}
              </button>
            </div>
          )}
        </section>
        <Change entry={entry} model={model} />
      </div>
    </div>
  );
}

function Change({ entry, model }: { entry: AuditEntry; model: AdminModelDetail }) {
  const text = useTextOf(words);
  const { language } = useWords();
  const { changes } = changesOf(entry.diff);
  const labelOf = (name: string) => model.fields.find((field) => field.name === name)?.verbose_name ?? name;
  return (
    <section className="card" aria-label={entry.action}>
      <header className="lined">
        <h2 className="mono">{entry.action}</h2>
        <span className="push soft small">{exactTime(entry.created_at, language)}</span>
      </header>
      {changes.length > 0 ? (
        <div className="table-box">
          <table className="table changes">
            <thead>
              <tr>
                <th scope="col">{text.field}</th>
                <th scope="col">{text.beforeThen}</th>
                <th scope="col">{text.after}</th>
              </tr>
            </thead>
            <tbody>
              {changes.map(({ field, before, after }) => (
                <tr key={field}>
                  <th scope="row">{labelOf(field)}</th>
                  <td>
                    <Then value={before} isGone />
                  </td>
                  <td>
                    <Then value={after} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <div className="in">
          <p className="soft">{text.notChanged}</p>
          {Object.keys(entry.diff).length > 0 && <JsonView value={entry.diff} label={entry.action} />}
        </div>
      )}
      <footer>
        <Icon name="audit" size="s" />
        <span className="soft small">
          {text.entry} <span className="mono">{entry.seq}</span>
        </span>
      </footer>
    </section>
  );
}

function Then({ value, isGone = false }: { value: string | undefined; isGone?: boolean }) {
  const text = useTextOf(words);
  if (!value) return <span className="soft">{text.nothingThen}</span>;
  return isGone ? <del className="mono anywhere">{value}</del> : <ins className="mono anywhere">{value}</ins>;
}
