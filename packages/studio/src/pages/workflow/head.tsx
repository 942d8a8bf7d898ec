import { Link, useNavigate } from '@tanstack/react-router';
import type { WorkflowDetail } from 'automate-client';
import { type ReactNode, useState } from 'react';
import { useAllowed } from '../../data/session.ts';
import { useSetLive } from '../../data/set-live.ts';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { say } from '../../ui/toast.tsx';
import { WorkflowState } from '../../ui/workflow-words.tsx';
import { RefusedDialog, usePublish } from './publish.tsx';
import { useSummary } from './read.ts';
import { RunDialog } from './run-dialog.tsx';
import { type Tab, tabs } from './search.ts';
import { words } from './words.ts';

/** A tab is where one is by what it shows, not by its address alone. */
const EXACT = { exact: true, includeSearch: true };

interface HeadProps {
  readonly workflow: WorkflowDetail;
  /** Where one is; undefined: the overview. */
  readonly tab: Tab | 'edit' | undefined;
  readonly isRunning?: boolean;
  onRunning?(isRunning: boolean): void;
  /** Beside the buttons of all tabs. */
  readonly children?: ReactNode;
}

/** What it is, how it stands, what can be done, and its parts. */
export function Head({ workflow, tab, isRunning = false, onRunning, children }: HeadProps) {
  const text = useTextOf(words);
  const summary = useSummary(workflow.id).data;
  const mayWrite = useAllowed('workflows:write');
  const isArchived = workflow.archived_at !== null;
  const links = [undefined, ...tabs] as const;
  const { id } = workflow;
  return (
    <>
      <div className="xhead">
        <div className="row wrap">
          <h1 className="cut">{workflow.name}</h1>
          <WorkflowState workflow={workflow} subscription={summary?.subscription} />
          <span className="push row">
            {children}
            {!isArchived && <Actions workflow={workflow} isRunning={isRunning} {...(onRunning && { onRunning })} />}
          </span>
        </div>
      </div>
      <nav className="tabs" aria-label={text.tabs}>
        {links.map((one) => (
          <Link
            key={one ?? 'overview'}
            to="/studio/workflows/$id/"
            params={{ id }}
            search={one ? { tab: one } : {}}
            activeOptions={EXACT}
            aria-current={tab === one ? 'page' : undefined}
          >
            {one ? text[one] : text.overview}
          </Link>
        ))}
        {mayWrite && !isArchived && (
          <Link
            to="/studio/workflows/$id/edit/"
            params={{ id }}
            activeOptions={EXACT}
            aria-current={tab === 'edit' ? 'page' : undefined}
          >
            {text.edit}
          </Link>
        )}
      </nav>
    </>
  );
}

function Actions({ workflow, isRunning, onRunning }: Pick<HeadProps, 'workflow' | 'onRunning'> & { isRunning: boolean }) {
  const text = useTextOf(words);
  const navigate = useNavigate();
  const mayWrite = useAllowed('workflows:write');
  const mayRun = useAllowed('workflows:run');
  const mayPublish = useAllowed('workflows:publish');
  const setLive = useSetLive();
  const [isSetting, setSetting] = useState(false);
  const publishing = usePublish(workflow.id);
  const { id, is_live: isLive, latest_version: latest, workflow_version: published } = workflow;
  const [isOpen, setOpen] = useState(false);
  const change = async (live: boolean, isUndo = false) => {
    setSetting(true);
    const { failed, reason } = await setLive([id], live);
    setSetting(false);
    if (failed.length > 0) say(reason, { status: 'failed' });
    else if (!isUndo)
      say(live ? text.resumed : text.paused, { link: { label: text.undo, onSelect: () => void change(!live, true) } });
  };
  const open = onRunning ?? setOpen;
  return (
    <>
      {mayWrite && (isLive || mayPublish) && (
        <button type="button" className="btn" disabled={isSetting} aria-busy={isSetting} onClick={() => change(!isLive)}>
          <Icon name={isLive ? 'pause' : 'play'} />
          {isLive ? text.pause : text.resume}
        </button>
      )}
      {mayPublish && latest > published && (
        <button
          type="button"
          className="btn"
          disabled={publishing.isPublishing}
          onClick={() => publishing.publish(latest, { from: published })}
        >
          <Icon name="upload" />
          {text.publish(latest)}
        </button>
      )}
      {mayRun && (
        <button type="button" className="btn primary" onClick={() => open(true)}>
          <Icon name="play" />
          {text.run}
        </button>
      )}
      {mayRun && <RunDialog isOpen={isRunning || isOpen} workflow={workflow} onClose={() => open(false)} />}
      <RefusedDialog
        {...publishing}
        onCases={() => void navigate({ to: '/studio/workflows/$id/', params: { id }, search: { tab: 'cases' } })}
      />
    </>
  );
}
