import type { Job } from 'automate-client';
import type { Status } from '../../status.ts';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { words } from './words.ts';

const LOOKS: Readonly<Record<Job['state'], Status>> = {
  blocked: 'waiting',
  queued: 'queued',
  scheduled: 'waiting',
  running: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** A state in colour, sign and word. A job that is tried again after a failure looks so. */
export function JobState({ job: { state, error } }: { job: Pick<Job, 'state' | 'error'> }) {
  const text = useTextOf(words);
  const look = state === 'scheduled' && error ? 'retrying' : LOOKS[state];
  return (
    <span className="status" data-s={look}>
      <Icon name={look} />
      {text.states[state]}
    </span>
  );
}
