import { translated, useText, useTextOf } from '../text/text.tsx';
import { Icon } from './icon.tsx';
import { say } from './toast.tsx';

const words = translated(
  { note: 'It is shown this once. Copy it now: nobody can read it again.', done: 'I have it' },
  { note: 'Si mostra solo adesso. Copialo ora: nessuno potrà più leggerlo.', done: 'L’ho copiato' },
);

interface OnceProps {
  /** What it is. */
  readonly label: string;
  readonly value: string;
  /** How it is used, as one line of a shell. */
  readonly example?: { readonly label: string; readonly value: string };
  onDone(): void;
}

/** A value that is shown once. It is in the page for as long as this is, and nowhere else. */
export function Once({ label, value, example, onDone }: OnceProps) {
  const text = useTextOf(words);
  return (
    <>
      <div className="in stack">
        <p className="call" data-s="warning">
          <Icon name="warn" />
          <span>{text.note}</span>
        </p>
        <CopyBox label={label} value={value} isFirst />
        {example && <CopyBox label={example.label} value={example.value} />}
      </div>
      <footer>
        <button type="button" className="btn primary" onClick={onDone}>
          <Icon name="check" />
          {text.done}
        </button>
      </footer>
    </>
  );
}

/** A text that is there to be copied. */
export function CopyBox({ label, value, isFirst = false }: { label: string; value: string; isFirst?: boolean }) {
  const text = useText();
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    say(text.copied);
  };
  return (
    <div className="field">
      <span className="label">{label}</span>
      <div className="copy-box">
        <code tabIndex={0} role="textbox" aria-readonly="true" aria-label={label}>
          {value}
        </code>
        <button
          type="button"
          className="btn small"
          onClick={copy}
          aria-label={`${text.copy}: ${label}`}
          // biome-ignore lint/a11y/noAutofocus: what it is shown for
          autoFocus={isFirst}
        >
          <Icon name="copy" />
          {text.copy}
        </button>
      </div>
    </div>
  );
}
