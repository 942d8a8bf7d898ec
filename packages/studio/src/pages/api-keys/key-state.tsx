import type { ApiKey } from 'automate-client';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { words } from './words.ts';

/** Whether a key works, and if not, why. */
export function stateOf({ revoked_at: revoked, expires_at: expires }: ApiKey): 'works' | 'revoked' | 'expired' {
  if (revoked) return 'revoked';
  return expires && Date.parse(expires) <= Date.now() ? 'expired' : 'works';
}

/** The beginning of its value; that of a bootstrap token is cut already. */
export function prefixOf({ prefix }: ApiKey): string {
  return `${prefix.replace(/…+$/, '')}…`;
}

const LOOKS = { works: ['healthy', 'succeeded'], revoked: ['cancelled', 'cancelled'], expired: ['warning', 'warn'] } as const;

export function KeyState({ apiKey }: { apiKey: ApiKey }) {
  const text = useTextOf(words);
  const state = stateOf(apiKey);
  const [look, icon] = LOOKS[state];
  return (
    <span className="status bare" data-s={look}>
      <Icon name={icon} />
      {text[state]}
    </span>
  );
}
