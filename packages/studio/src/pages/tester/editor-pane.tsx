import type { ReactNode } from 'react';
import { useText } from '../../text/text.tsx';
import type { completeJson } from '../../ui/json-complete.ts';
import { type CodeIssue, JsonEditor } from '../../ui/json-editor.tsx';

interface EditorPaneProps {
  readonly id: string;
  readonly title: string;
  readonly note: ReactNode;
  readonly value: string;
  readonly problem: string | undefined;
  /** What the server says of it. */
  readonly issues?: readonly CodeIssue[];
  readonly completion?: ReturnType<typeof completeJson>;
  /** At the end of its head. */
  readonly tools?: ReactNode;
  /** In place of the editor. */
  readonly children?: ReactNode;
  onChange(value: string): void;
}

/** JSON that one types, or another way to write it. */
export function EditorPane({ id, title, note, value, problem, issues, completion, tools, children, onChange }: EditorPaneProps) {
  const text = useText();
  return (
    <section className="pane" aria-labelledby={`h-${id}`}>
      <header>
        <h2 id={`h-${id}`}>{title}</h2>
        <span className={problem ? 'bad small cut' : 'soft small cut'} role="status">
          {problem ? text.execution.notJson(problem) : note}
        </span>
        {tools && <span className="push row">{tools}</span>}
      </header>
      {children || (
        <JsonEditor
          value={value}
          onChange={onChange}
          label={title}
          {...(issues && { issues })}
          {...(completion && { completion })}
        />
      )}
    </section>
  );
}
