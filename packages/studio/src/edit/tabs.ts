/** What tabs of one browser tell each other about an object that several of them have open. */
type Message =
  | { readonly kind: 'saved'; readonly key: string }
  /** Whose draft is whose: a tab that is open answers for its own. */
  | { readonly kind: 'who'; readonly key: string }
  | { readonly kind: 'mine'; readonly key: string; readonly draft: string };

const NAME = 'automate.studio.edit';

/** This tab, as long as it is open. */
export const tabId = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('');

export function openChannel(onMessage: (message: Message) => void) {
  if (typeof BroadcastChannel === 'undefined') return { post: (_: Message) => undefined, close: () => undefined };
  const channel = new BroadcastChannel(NAME);
  channel.onmessage = ({ data }) => onMessage(data as Message);
  return { post: (message: Message) => channel.postMessage(message), close: () => channel.close() };
}
