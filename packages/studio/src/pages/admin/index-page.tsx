import { Link } from '@tanstack/react-router';
import type { AdminEntry } from 'automate-client';
import { useId, useState } from 'react';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf } from '../../text/text.tsx';
import { Empty, Unread } from '../../ui/empty.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { icons } from '../../ui/icons.tsx';
import { useAdminIndex, useLabel } from './model.ts';
import { words } from './words.ts';

/** All models that one may see, below the heading of their app. */
export function AdminPage() {
  const text = useTextOf(words);
  const [typed, setTyped] = useState('');
  const index = useAdminIndex();
  const labelOf = useLabel();
  useTitle(text.title);
  const wanted = typed.trim().toLowerCase();
  const all = index.data?.models ?? [];
  const shown = all.filter((entry) => `${entry.verbose_name} ${entry.app} ${entry.name}`.toLowerCase().includes(wanted));
  const groups = [...Map.groupBy(shown, (entry) => labelOf(entry.group))];
  return (
    <>
      <div className="head">
        <h1>{text.title}</h1>
      </div>
      <search className="filters" aria-label={text.find}>
        <label className="box quiet">
          <span className="sr">{text.find}</span>
          <Icon name="search" />
          <input type="search" placeholder={text.find} value={typed} onChange={({ target }) => setTyped(target.value)} />
          <kbd className="mid">/</kbd>
        </label>
      </search>
      {index.error && !index.data ? (
        <Unread error={index.error} isPage={false} onRetry={() => void index.refetch()} />
      ) : index.isPending ? (
        <div className="a-index" aria-busy="true">
          <span className="bone on" />
        </div>
      ) : shown.length === 0 ? (
        <Empty
          icon={wanted === '' ? 'lock' : 'search'}
          title={wanted === '' ? text.noModels : text.noneFound}
          note={wanted === '' ? text.noModelsNote : undefined}
        >
          {wanted !== '' && (
            <button type="button" className="btn" onClick={() => setTyped('')}>
              {text.clear}
            </button>
          )}
        </Empty>
      ) : (
        <section className="a-index" tabIndex={0} aria-label={text.title}>
          {groups.map(([group, entries]) => (
            <Group key={group} label={group} entries={entries} />
          ))}
        </section>
      )}
    </>
  );
}

function Group({ label, entries }: { label: string; entries: readonly AdminEntry[] }) {
  const text = useTextOf(words);
  const id = useId();
  return (
    <section className="card" aria-labelledby={id}>
      <header>
        <h2 id={id}>{label}</h2>
      </header>
      <ul>
        {entries.map(({ app, model, verbose_name, icon, can }) => (
          <li key={model}>
            <Link to="/studio/admin/$app/$model/" params={{ app, model }}>
              <Icon name={icon && icon in icons ? (icon as IconName) : 'box'} />
              <span className="cut">{verbose_name}</span>
              <span className="soft small push">{can.update || can.create ? text.mayChange : text.mayRead}</span>
            </Link>
            {can.create && (
              <Link
                className="btn icon-only plain small"
                to="/studio/admin/$app/$model/new/"
                params={{ app, model }}
                aria-label={text.add(verbose_name)}
                title={text.add(verbose_name)}
              >
                <Icon name="plus" />
              </Link>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
