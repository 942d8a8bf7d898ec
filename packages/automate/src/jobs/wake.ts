/** Channel on which processes tell each other that there is work. */
export const WAKE_CHANNEL = 'automate_wake';

/** More lanes than these have work in them all the same, and are come across in turn. */
const MOST_LANES = 100;

/** @param sender the name of the process that says so @param lanes where the work is, as far as it is known */
export function wakePayload(sender: string, lanes: ReadonlySet<string>): string {
  return lanes.size === 0 || lanes.size > MOST_LANES ? sender : `${sender} ${[...lanes].join(',')}`;
}

export function readWake(payload: string): { readonly sender: string; readonly lanes: readonly string[] } {
  const [sender = '', lanes] = payload.split(' ');
  return { sender, lanes: lanes?.split(',') ?? [] };
}
