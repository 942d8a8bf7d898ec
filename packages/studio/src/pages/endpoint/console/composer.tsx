import { type KeyboardEvent, useRef, useState } from 'react';
import { useTextOf } from '../../../text/text.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { say } from '../../../ui/toast.tsx';
import { words } from '../words.ts';

const MOST_BYTES = 8 * 1_048_576;

interface Attached {
  readonly id: number;
  readonly name: string;
  /** As a data URL, which is how it is sent. */
  readonly url: string;
}

interface ComposerProps {
  readonly isRunning: boolean;
  readonly hasTurns: boolean;
  onSend(text: string, pictures: readonly string[]): void;
  onClear(): void;
}

/** Where one writes, and adds pictures. */
export function Composer({ isRunning, hasTurns, onSend, onClear }: ComposerProps) {
  const { chat: text } = useTextOf(words);
  const [typed, setTyped] = useState('');
  const { pictures, setPictures, attach } = useAttached();
  const file = useRef<HTMLInputElement>(null);
  const isEmpty = typed.trim() === '' && pictures.length === 0;
  const send = () => {
    if (isEmpty || isRunning) return;
    onSend(
      typed.trim(),
      pictures.map(({ url }) => url),
    );
    setTyped('');
    setPictures([]);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <AttachedList pictures={pictures} onRemove={(id) => setPictures((all) => all.filter((one) => one.id !== id))} />
      <div className="ask">
        <textarea
          className="input"
          rows={2}
          aria-label={text.message}
          placeholder={text.placeholder}
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
          onKeyDown={onKey}
        />
        <input
          ref={file}
          type="file"
          hidden
          multiple
          accept="image/png,image/jpeg,image/webp,image/gif"
          onChange={({ target }) => {
            void attach([...(target.files ?? [])]);
            target.value = '';
          }}
        />
        <button
          type="button"
          className="btn icon-only plain"
          aria-label={text.attach}
          title={text.attach}
          onClick={() => file.current?.click()}
        >
          <Icon name="attach" />
        </button>
        <button
          type="submit"
          className="btn icon-only primary"
          aria-label={text.send}
          title={text.send}
          disabled={isEmpty || isRunning}
        >
          <Icon name="send" />
        </button>
      </div>
      <p className="soft small">
        <span className="mid">
          <kbd>↵</kbd> {text.sends}
        </span>
        <span>{text.counts}</span>
        {hasTurns && (
          <button type="button" className="link push" onClick={onClear}>
            {text.over}
          </button>
        )}
      </p>
    </form>
  );
}

function useAttached() {
  const { chat: text } = useTextOf(words);
  const [pictures, setPictures] = useState<readonly Attached[]>([]);
  const last = useRef(0);
  const attach = async (files: readonly File[]) => {
    for (const one of files) {
      if (one.size > MOST_BYTES) {
        say(text.tooLarge, { status: 'failed' });
        continue;
      }
      const url = await dataUrlOf(one);
      last.current += 1;
      const id = last.current;
      setPictures((all) => [...all, { id, name: one.name, url }]);
    }
  };
  return { pictures, setPictures, attach };
}

function AttachedList({ pictures, onRemove }: { pictures: readonly Attached[]; onRemove(id: number): void }) {
  const { chat: text } = useTextOf(words);
  if (pictures.length === 0) return null;
  return (
    <ul className="attached">
      {pictures.map(({ id, name, url }) => (
        <li key={id}>
          <img src={url} alt={name} />
          <button
            type="button"
            className="btn icon-only plain small"
            aria-label={text.detach(name)}
            title={text.detach(name)}
            onClick={() => onRemove(id)}
          >
            <Icon name="x" size="s" />
          </button>
        </li>
      ))}
    </ul>
  );
}

function dataUrlOf(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
