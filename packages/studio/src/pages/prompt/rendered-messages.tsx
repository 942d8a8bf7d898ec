import { useTextOf } from '../../text/text.tsx';
import { words } from './words.ts';

interface RenderedProps {
  readonly messages: readonly { readonly role: 'system' | 'user' | 'assistant'; readonly content: string }[];
}

/** Messages as a model gets them. */
export function RenderedMessages({ messages }: RenderedProps) {
  const text = useTextOf(words);
  return (
    <ol className="pr-rendered" aria-label={text.rendered}>
      {messages.map(({ role, content }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a message has no other name
        <li key={index}>
          <span className="badge">{text.roles[role]}</span>
          <pre role="group" tabIndex={0} aria-label={`${index + 1}, ${text.roles[role]}`}>
            {content}
          </pre>
        </li>
      ))}
    </ol>
  );
}
