import type { PromptMessage } from 'automate-client';
import type { FormIssue } from '../../../form/check.ts';
import { useTextOf } from '../../../text/text.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { TemplateEditor } from '../../../ui/template-editor.tsx';
import { words } from './words.ts';

const ROLES = ['system', 'user', 'assistant'] as const;
/** As many as the API takes. */
const MOST = 50;
const NONE: readonly FormIssue[] = [];

interface TemplateListProps {
  readonly messages: readonly PromptMessage[];
  readonly issues: ReadonlyMap<number, readonly FormIssue[]>;
  /** Variables there are. */
  readonly names: readonly string[];
  readonly isReadOnly: boolean;
  onChange(messages: readonly PromptMessage[]): void;
}

/** The messages of a version in their order: of whom each is, and what it says. */
export function TemplateList({ messages, issues, names, isReadOnly, onChange }: TemplateListProps) {
  const text = useTextOf(words);
  const set = (index: number, part: Partial<PromptMessage>) =>
    onChange(messages.map((one, at) => (at === index ? { ...one, ...part } : one)));
  const move = (index: number, by: number) => {
    const next = [...messages];
    const [moved] = next.splice(index, 1);
    if (moved) next.splice(index + by, 0, moved);
    onChange(next);
  };
  return (
    <section className="stack" aria-label={text.messages}>
      <ol className="pr-messages">
        {messages.map(({ role, content }, index) => {
          const found = issues.get(index) ?? NONE;
          const name = text.message(index + 1, text.roles[role]);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a message has no other name
            <li key={index} className="card" data-invalid={found.length > 0 || undefined}>
              <header className="lined">
                <select
                  className="select small w-auto"
                  aria-label={text.roleOf(index + 1)}
                  value={role}
                  disabled={isReadOnly}
                  onChange={({ target }) => set(index, { role: target.value as PromptMessage['role'] })}
                >
                  {ROLES.map((one) => (
                    <option key={one} value={one}>
                      {text.roles[one]}
                    </option>
                  ))}
                </select>
                {!isReadOnly && (
                  <span className="push">
                    <Tool icon="up" label={text.moveUp(name)} isDisabled={index === 0} onClick={() => move(index, -1)} />
                    <Tool
                      icon="down"
                      label={text.moveDown(name)}
                      isDisabled={index === messages.length - 1}
                      onClick={() => move(index, 1)}
                    />
                    <Tool
                      icon="trash"
                      label={text.removeMessage(name)}
                      isDisabled={messages.length === 1}
                      onClick={() => onChange(messages.filter((_, at) => at !== index))}
                    />
                  </span>
                )}
              </header>
              <TemplateEditor
                value={content}
                label={name}
                isReadOnly={isReadOnly}
                issues={found as readonly { readonly message: string }[]}
                names={names}
                onChange={(next) => set(index, { content: next })}
              />
              {found.map(({ pointer, message }) => (
                <p key={`${pointer} ${message}`} className="error">
                  {message}
                </p>
              ))}
            </li>
          );
        })}
      </ol>
      {!isReadOnly && messages.length < MOST && (
        <p>
          <button
            type="button"
            className="btn small"
            onClick={() =>
              onChange([...messages, { role: messages.at(-1)?.role === 'user' ? 'assistant' : 'user', content: '' }])
            }
          >
            <Icon name="plus" />
            {text.addMessage}
          </button>
        </p>
      )}
    </section>
  );
}

interface ToolProps {
  readonly icon: 'up' | 'down' | 'trash';
  readonly label: string;
  readonly isDisabled: boolean;
  onClick(): void;
}

function Tool({ icon, label, isDisabled, onClick }: ToolProps) {
  return (
    <button
      type="button"
      className="btn icon-only plain small"
      aria-label={label}
      title={label}
      disabled={isDisabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
