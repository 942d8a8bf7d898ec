import type { Dashboard } from 'automate-client';
import { useId } from 'react';
import { duration } from '../../format.ts';
import { useTextOf, useWords } from '../../text/text.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { bytes } from './bytes.ts';
import { words } from './words.ts';

const ICONS: Readonly<Record<string, IconName>> = {
  database: 'database',
  worker: 'chip',
  server: 'terminal',
  dispatch: 'event',
  journal: 'history',
};

/** Whether the parts of the installation are well. */
export function Health({ shown: { health, storage, slots, version } }: { shown: Dashboard }) {
  const text = useTextOf(words);
  const { language } = useWords();
  const id = useId();
  const more: Readonly<Record<string, string | undefined>> = {
    database: storage
      ? text.answers(storage.database_version, duration(storage.database_ms), bytes(storage.database_bytes))
      : undefined,
    worker: slots?.capacity ? text.takeJobs(slots.workers, slots.capacity.toLocaleString(language)) : undefined,
  };
  const { disk_free_bytes: free = null, disk_total_bytes: total = null } = storage ?? {};
  return (
    <section className="card span4" aria-labelledby={id}>
      <header>
        <h2 id={id}>{text.health}</h2>
        <div className="push">
          <span className="soft small">{text.checked(version)}</span>
        </div>
      </header>
      <ul className="parts health">
        {health.map(({ name, ok, detail }) => (
          <Part
            key={name}
            icon={ICONS[name] ?? 'box'}
            name={text.parts[name] ?? name}
            detail={(ok && more[name]) || detail}
            status={ok ? 'healthy' : 'failed'}
          />
        ))}
        {free !== null && total !== null && (
          <Part
            icon="disk"
            name={text.parts.disk ?? ''}
            detail={text.free(bytes(free), bytes(total))}
            status={free < total * 0.1 ? 'warning' : 'healthy'}
          />
        )}
      </ul>
    </section>
  );
}

interface PartProps {
  readonly icon: IconName;
  readonly name: string;
  readonly detail: string;
  readonly status: 'healthy' | 'warning' | 'failed';
}

function Part({ icon, name, detail, status }: PartProps) {
  const text = useTextOf(words);
  return (
    <li>
      <Icon name={icon} />
      <span className="cut">
        <b>{name}</b>
        <span className="soft small">{detail}</span>
      </span>
      <span className="status bare" data-s={status}>
        <Icon name={status === 'healthy' ? 'succeeded' : status === 'failed' ? 'failed' : 'warn'} />
        {status === 'healthy' ? text.healthy : text.unhealthy}
      </span>
    </li>
  );
}
