import { useState } from 'react';
import { size } from '../../format.ts';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { WidgetProps } from '../form-context.ts';
import { words } from '../words.ts';
import { asText, emptyOf } from './empty.ts';

/** A body of JSON is no place for more. */
const MAXIMUM_BYTES = 4 * 1_048_576;

/** A file as base64. */
export function FileField({ id, field, value, onChange, isReadOnly, isInvalid, describedBy }: WidgetProps) {
  const text = useTextOf(words);
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string>();
  const held = asText(value);
  const read = async (file: File | undefined) => {
    if (!file) return;
    const isLarge = file.size > MAXIMUM_BYTES;
    setProblem(isLarge ? text.fileTooLarge(size(MAXIMUM_BYTES)) : undefined);
    if (isLarge) return;
    const encoded = await base64(file);
    setName(file.name);
    onChange(encoded);
  };
  return (
    <>
      <input
        id={id}
        type="file"
        className="input form-file"
        disabled={isReadOnly}
        aria-invalid={isInvalid || undefined}
        aria-describedby={describedBy}
        onChange={({ target }) => void read(target.files?.[0])}
      />
      {held !== '' && (
        <p className="row hint">
          <Icon name="attach" size="s" />
          {name} {size(Math.floor((held.length * 3) / 4))}
          <button type="button" className="link" onClick={() => onChange(emptyOf(field))} aria-label={text.clear(field.label)}>
            {text.clearShort}
          </button>
        </p>
      )}
      {problem && (
        <p className="error" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}

function base64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
