import type { WorkflowSummary } from 'automate-client';
import { translated, useTextOf } from '../text/text.tsx';
import { Icon, type IconName } from './icon.tsx';

type Trigger = Pick<WorkflowSummary['triggers'][number], 'type' | 'event_type' | 'is_active'>;

const words = translated(
  {
    live: 'Live',
    paused: 'Paused',
    archived: 'Archived',
    pending: 'Waiting for its subscription',
    draft: (version: number) => `Draft v${version}`,
    none: 'By hand or by a program',
    event: (type: string) => `On ${type}`,
    any: 'On every event',
    if: (text: string) => `${text}, if its rule holds`,
    off: (text: string) => `${text} (off)`,
  },
  {
    live: 'Attivo',
    paused: 'In pausa',
    archived: 'Archiviato',
    pending: 'In attesa della sottoscrizione',
    draft: (version: number) => `Bozza v${version}`,
    none: 'A mano o da un programma',
    event: (type: string) => `Su ${type}`,
    any: 'Su ogni evento',
    if: (text: string) => `${text}, se la regola vale`,
    off: (text: string) => `${text} (spento)`,
  },
);

interface StateProps {
  readonly workflow: {
    readonly is_live: boolean;
    readonly archived_at: string | null;
    readonly workflow_version: number;
    readonly latest_version: number;
  };
  readonly subscription?: 'active' | 'pending' | null | undefined;
}

/** Whether its triggers start anything, in colour, sign and word; and whether there is a version that nobody has published. */
export function WorkflowState({ workflow, subscription }: StateProps) {
  const text = useTextOf(words);
  const { is_live: isLive, archived_at: archivedAt, latest_version: latest, workflow_version: published } = workflow;
  const [icon, tone, word]: [IconName, string, string] = archivedAt
    ? ['box', '', text.archived]
    : !isLive
      ? ['pause', '', text.paused]
      : subscription === 'pending'
        ? ['waiting', 'wait', text.pending]
        : ['live', 'good', text.live];
  return (
    <span className="row closely">
      <span className={`badge ${tone}`}>
        <Icon name={icon} />
        {word}
      </span>
      {latest > published && (
        <span className="badge warn">
          <Icon name="draft" />
          {text.draft(latest)}
        </span>
      )}
    </span>
  );
}

/** What starts a workflow, in words. */
export function useTriggerWords(): (triggers: readonly (Trigger & { readonly has_filter: boolean })[]) => readonly string[] {
  const text = useTextOf(words);
  return (triggers) => {
    const said = triggers.flatMap(({ type, event_type: pattern, has_filter: hasFilter, is_active: isActive }) => {
      if (type === 'manual') return [];
      const name = type === 'event' ? (pattern === '*' ? text.any : text.event(pattern ?? '')) : type;
      const ruled = hasFilter ? text.if(name) : name;
      return [isActive ? ruled : text.off(ruled)];
    });
    return said.length > 0 ? said : [text.none];
  };
}
