import type { Status } from '../status.ts';
import { useText } from '../text/text.tsx';
import { Icon } from './icon.tsx';

/** A state in colour, sign and word: never one without the others. @param isBare without the tint beneath */
export function StatusPill({ status, isBare = false }: { status: Status; isBare?: boolean }) {
  const text = useText();
  return (
    <span className={isBare ? 'status bare' : 'status'} data-s={status}>
      <Icon name={status} />
      {text.statuses[status]}
    </span>
  );
}
