import { useEffect, useMemo, useState } from 'react';
import { useTextOf } from '../../text/text.tsx';
import { JsonEditor } from '../../ui/json-editor.tsx';
import { useFormState, type WidgetProps } from '../form-context.ts';
import { isSame, isWithin } from '../pointer.ts';
import { sayIssue } from '../say-issue.ts';
import { words } from '../words.ts';
import { emptyOf } from './empty.ts';

/** Any value, as JSON. While the text is none, the text itself is the value, so that it is not lost; it is told, and cannot be sent. */
export function JsonField({ id, field, pointer, value, onChange, isReadOnly }: WidgetProps) {
  const text = useTextOf(words);
  const { report, issues } = useFormState();
  const [typed, setTyped] = useState(() => write(value, field.schema.type));
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    if (!isSame(known, value)) setTyped(write(value, field.schema.type));
  }
  const problem = problemOf(typed);
  useEffect(() => {
    report(pointer, problem === undefined ? undefined : text.reason.json(problem));
    return () => report(pointer, undefined);
  }, [report, pointer, problem, text]);
  const inside = useMemo(
    () =>
      issues
        .filter((issue) => isWithin(issue.pointer, pointer))
        .map((issue) => ({ pointer: issue.pointer.slice(pointer.length), message: sayIssue(issue, text) })),
    [issues, pointer, text],
  );
  const change = (next: string) => {
    setTyped(next);
    const after = next.trim() === '' ? emptyOf(field) : (parsed(next)?.value ?? (parsed(next) ? null : next));
    setKnown(after);
    onChange(after);
  };
  return (
    <div className="code form-json" id={id} tabIndex={-1}>
      <JsonEditor
        value={typed}
        label={field.label}
        isReadOnly={isReadOnly}
        issues={inside}
        {...(!isReadOnly && { onChange: change })}
      />
    </div>
  );
}

function write(value: unknown, type: unknown): string {
  if (value === undefined) return '';
  // A text where none may be is one that was not finished.
  if (typeof value === 'string' && type !== undefined && type !== 'string' && !(Array.isArray(type) && type.includes('string')))
    return value;
  return JSON.stringify(value, undefined, 2);
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function problemOf(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
