import { Link } from '@tanstack/react-router';
import type { PromptLabel, PromptVersion } from 'automate-client';
import { useState } from 'react';
import { useText, useTextOf } from '../../../text/text.tsx';
import { Empty, Unread } from '../../../ui/empty.tsx';
import { Icon } from '../../../ui/icon.tsx';
import type { PartProps } from '../part-props.ts';
import { GUARDED, useRights, useVersions } from '../read.ts';
import { Comparison } from './comparison.tsx';
import { LabelDialog } from './label-dialog.tsx';
import { LabelList } from './label-list.tsx';
import { RemoveLabelDialog } from './remove-label-dialog.tsx';
import { VersionTable } from './version-table.tsx';
import { words } from './words.ts';

/** What is being done with labels: one is moved, made, or taken away. */
interface Doing {
  readonly what: 'move' | 'remove';
  readonly label?: PromptLabel;
  readonly version?: number;
}

/** All versions, two of them beside each other, and the labels that lead to them. */
export function VersionsTab({ prompt, search, onChange }: PartProps) {
  const common = useText();
  const text = useTextOf(words);
  const { mayWrite, mayPublish } = useRights();
  const versions = useVersions(prompt.id, prompt.latest_version);
  const [doing, setDoing] = useState<Doing>();
  if (prompt.latest_version === 0)
    return (
      <Empty icon="prompt" title={text.empty} note={text.emptyNote}>
        <Link className="btn primary" to="/studio/prompts/$id/" params={{ id: prompt.id }}>
          <Icon name="edit" />
          {text.write}
        </Link>
      </Empty>
    );
  if (!versions.data) {
    if (versions.error) return <Unread error={versions.error} isPage={false} onRetry={() => void versions.refetch()} />;
    return <p className="in-pane soft">{common.states.loading}</p>;
  }
  const all: readonly PromptVersion[] = versions.data;
  const { from, to } = search;
  const close = () => setDoing(undefined);
  return (
    <div className="panel stack" role="group" tabIndex={0} aria-label={text.title}>
      {from !== undefined && to !== undefined && (
        <Comparison
          id={prompt.id}
          versions={all}
          from={from}
          to={to}
          onCompare={(one, other) => onChange({ ...search, from: one, to: other })}
        />
      )}
      <LabelList
        labels={prompt.labels}
        mayMake={mayWrite}
        mayMove={(name) => mayWrite && (mayPublish || !GUARDED.includes(name))}
        onMove={(label) => setDoing({ what: 'move', ...(label && { label }) })}
        onRemove={(label) => setDoing({ what: 'remove', label })}
      />
      <VersionTable
        prompt={prompt}
        versions={all}
        mayWrite={mayWrite}
        onCompare={(one, other) => onChange({ ...search, from: Math.min(one, other), to: Math.max(one, other) })}
        onLabel={(version) => setDoing({ what: 'move', version })}
      />
      {versions.hasNextPage && (
        <p>
          <button
            type="button"
            className="btn"
            disabled={versions.isFetchingNextPage}
            onClick={() => void versions.fetchNextPage()}
          >
            {text.more}
          </button>
        </p>
      )}
      <LabelDialog
        prompt={prompt}
        versions={all}
        isOpen={doing?.what === 'move'}
        label={doing?.label}
        version={doing?.version}
        onClose={close}
      />
      <RemoveLabelDialog prompt={prompt} label={doing?.what === 'remove' ? doing.label : undefined} onClose={close} />
    </div>
  );
}
