import type { ModelCall } from 'automate-client';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { words } from './words.ts';

/** How a call ended, in colour, sign and word. */
export function CallStatus({ status }: { status: ModelCall['status'] }) {
  const text = useTextOf(words);
  return (
    <span className="status bare" data-s={status === 'blocked' ? 'warning' : status}>
      <Icon name={status === 'blocked' ? 'lock' : status} />
      {text.statuses[status]}
    </span>
  );
}
