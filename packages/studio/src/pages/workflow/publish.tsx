import { useQueryClient } from '@tanstack/react-query';
import { isAutomateError } from 'automate-client';
import { useState } from 'react';
import { api, wordsOf } from '../../api.ts';
import { useTextOf } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import { say } from '../../ui/toast.tsx';
import { words } from './words.ts';

interface Refused {
  readonly version: number;
  readonly failed: readonly string[];
}

/** Publishes a version; when cases fail, what failed is kept to be shown. */
export function usePublish(id: string) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const [refused, setRefused] = useState<Refused>();
  const [isPublishing, setPublishing] = useState(false);
  const publish = async (version: number, { ignore = false, from }: { ignore?: boolean; from?: number } = {}) => {
    setPublishing(true);
    try {
      const detail = await api.workflows.publish(id, { version, ...(ignore && { ignore_cases: true }) });
      setRefused(undefined);
      const undo = from === undefined ? undefined : { label: text.undo, onSelect: () => void publish(from) };
      say(text.published(version), undo && { link: undo });
      client.setQueryData(['workflow', id], detail);
      void client.invalidateQueries({ queryKey: ['workflows'] });
      void client.invalidateQueries({ queryKey: ['workflow', id] });
      void client.invalidateQueries({ queryKey: ['rule-cases', id] });
    } catch (error) {
      if (isAutomateError(error) && error.code === 'cases_failed')
        setRefused({ version, failed: error.errors.map(({ message }) => message) });
      else say(wordsOf(error), { status: 'failed' });
    } finally {
      setPublishing(false);
    }
  };
  return { publish, isPublishing, refused, forget: () => setRefused(undefined) };
}

/** What failed, and what can be done about it. */
export function RefusedDialog({
  refused,
  isPublishing,
  publish,
  forget,
  onCases,
}: ReturnType<typeof usePublish> & { onCases(): void }) {
  const text = useTextOf(words);
  return (
    <Dialog isOpen={refused !== undefined} title={text.casesFail} onClose={forget}>
      {refused && (
        <>
          <div className="in stack">
            <p className="soft">{text.casesFailNote}</p>
            <ul className="wf-list">
              {refused.failed.map((message) => (
                <li key={message}>
                  <Icon name="failed" size="s" />
                  <span>{message}</span>
                </li>
              ))}
            </ul>
            <p className="soft small">{text.publishAnywayNote}</p>
          </div>
          <footer>
            <button
              type="button"
              className="btn danger"
              disabled={isPublishing}
              aria-busy={isPublishing}
              onClick={() => publish(refused.version, { ignore: true })}
            >
              {text.publishAnyway}
            </button>
            <button
              type="button"
              className="btn primary"
              onClick={() => {
                forget();
                onCases();
              }}
            >
              {text.openCases}
            </button>
          </footer>
        </>
      )}
    </Dialog>
  );
}
