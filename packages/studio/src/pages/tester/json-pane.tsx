import { useText } from '../../text/text.tsx';

interface JsonPaneProps {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly value: string;
  readonly problem: string | undefined;
  onChange(value: string): void;
}

/** JSON that one types. */
export function JsonPane({ id, title, note, value, problem, onChange }: JsonPaneProps) {
  const text = useText();
  return (
    <section className="pane" aria-labelledby={`h-${id}`}>
      <header>
        <h2 id={`h-${id}`}>{title}</h2>
        <span id={`note-${id}`} className={problem ? 'bad small cut' : 'soft small cut'} role="status">
          {problem ? text.execution.notJson(problem) : note}
        </span>
      </header>
      <textarea
        className="editor"
        aria-labelledby={`h-${id}`}
        aria-describedby={`note-${id}`}
        aria-invalid={problem !== undefined}
        spellCheck={false}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
    </section>
  );
}
