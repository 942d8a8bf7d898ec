import type { ProviderKind } from 'automate-client';
import { groupOf, kindGroups, useProviderKinds } from '../../data/providers.ts';
import { useTextOf } from '../../text/text.tsx';
import { Unread } from '../../ui/empty.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { words } from './words.ts';

const ICONS: Readonly<Record<(typeof kindGroups)[number], IconName>> = {
  key: 'key',
  compatible: 'connection',
  machine: 'chip',
  demo: 'sparkle',
};

/** All kinds there are, as cards. */
export function Kinds({ onChoose }: { onChoose(kind: string): void }) {
  const text = useTextOf(words);
  const { data, error, refetch } = useProviderKinds();
  if (error && !data) return <Unread error={error} isPage={false} onRetry={() => void refetch()} />;
  const groups = Map.groupBy(data?.results ?? [], groupOf);
  return (
    <div className="body stack provider-kinds" aria-busy={!data}>
      {kindGroups.map((group) => {
        const kinds = groups.get(group);
        return (
          kinds && (
            <section key={group} aria-labelledby={`kinds-${group}`}>
              <h2 id={`kinds-${group}`}>{text.groups[group]}</h2>
              <ul className="make-cards">
                {kinds.map((kind) => (
                  <KindCard key={kind.kind} kind={kind} icon={ICONS[group]} onChoose={onChoose} />
                ))}
              </ul>
            </section>
          )
        );
      })}
    </div>
  );
}

function KindCard({ kind, icon, onChoose }: { kind: ProviderKind; icon: IconName; onChoose(kind: string): void }) {
  return (
    <li>
      <button type="button" className="card tpl-card" onClick={() => onChoose(kind.kind)}>
        <b className="row">
          <Icon name={icon} />
          {kind.title}
        </b>
        <span className="soft small kind-words">{kind.description}</span>
        {kind.missing !== null && (
          <span className="status bare" data-s="warning">
            <Icon name="warn" />
            <span className="anywhere">{kind.missing}</span>
          </span>
        )}
      </button>
    </li>
  );
}
