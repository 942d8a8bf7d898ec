import type { ProviderState } from 'automate-client';
import { useTextOf } from '../../text/text.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { words } from './words.ts';

const LOOKS = {
  ready: ['succeeded', 'succeeded'],
  disabled: ['cancelled', 'pause'],
  missing: ['warning', 'warn'],
  key_missing: ['warning', 'key'],
  failing: ['failed', 'failed'],
} as const satisfies Record<ProviderState['state'], readonly [string, IconName]>;

/** How a provider is, in colour, sign and word. */
export function ProviderStatus({ state }: { state: ProviderState['state'] }) {
  const text = useTextOf(words);
  const [status, icon] = LOOKS[state];
  return (
    <span className="status bare" data-s={status}>
      <Icon name={icon} />
      {text.states[state]}
    </span>
  );
}
