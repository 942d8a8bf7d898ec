import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { api, wordsOf } from '../../../api.ts';
import { useAllowed } from '../../../data/session.ts';
import { isObject } from '../../../form/pointer.ts';
import { useTextOf } from '../../../text/text.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { words } from '../words.ts';
import { Frame, type SuccessProps } from './frame.tsx';
import { Run } from './run.tsx';

/** Published, and run once with the sample. */
export function WorkflowSuccess(props: SuccessProps) {
  const text = useTextOf(words).workflow;
  const { sent, reply, sample } = props.made;
  const mayRun = useAllowed('workflows:run');
  const mayPublish = useAllowed('workflows:publish');
  const run = useMutation({
    mutationFn: () => api.workflows.run(String(reply.id), { input: isObject(sample) ? sample : {} }),
  });
  const hasBegun = useRef(false);
  const { mutate } = run;
  useEffect(() => {
    if (!mayRun || hasBegun.current) return;
    hasBegun.current = true;
    mutate();
  }, [mayRun, mutate]);
  const name = String(sent.name);
  return (
    <Frame {...props} title={mayPublish ? text.published(name) : text.drafted(name)}>
      {!mayRun && <p className="soft">{text.mayNot}</p>}
      {run.error && (
        <p className="call" data-s="failed" role="alert">
          <Icon name="failed" />
          <span>
            {text.notRun}: {wordsOf(run.error)}
          </span>
        </p>
      )}
      {run.data && <Run key={run.data.execution_id} id={run.data.execution_id} />}
      {mayRun && !run.isPending && (
        <p>
          <button type="button" className="btn plain small" onClick={() => mutate()}>
            <Icon name="replay" size="s" />
            {text.again}
          </button>
        </p>
      )}
    </Frame>
  );
}
