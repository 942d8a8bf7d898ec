import type { ReactNode } from 'react';
import { useTextOf } from '../text/text.tsx';
import { Icon } from '../ui/icon.tsx';
import { type Field, type WidgetName, widgetOf } from './fields.ts';
import { useFormState, type Widget } from './form-context.ts';
import { fits } from './pointer.ts';
import { sayIssue } from './say-issue.ts';
import { words } from './words.ts';

interface FieldViewProps {
  readonly field: Field;
  readonly pointer: string;
  readonly value: unknown;
  onChange(value: unknown): void;
  readonly isWide?: boolean;
  /** Its name is for screen readers only, as where the list around says it. */
  readonly isBare?: boolean;
  /** It stands for the same value as the field around it, which says its name and what is wrong. */
  readonly isInner?: boolean;
  /** How many such fields are around it. */
  readonly depth?: number;
}

/** Unions in unions deeper than this are circles. */
const DEEPEST = 3;
/** Widgets of several elements: they are named as a group. */
const GROUPS: ReadonlySet<unknown> = new Set(['list', 'map', 'object', 'union', 'many', 'date-time', 'duration', 'json', 'code']);

/** A field with its name, its widget, what it is for, and what is wrong. */
export function FieldView({ field, pointer, value, onChange, isWide, isInner, isBare = isInner, depth = 0 }: FieldViewProps) {
  const text = useTextOf(words);
  const form = useFormState();
  const chosen =
    (isInner ? undefined : overrideOf(form.widgets, pointer)) ?? (depth > DEEPEST ? 'json' : widgetOf(field, form.resolver));
  const Shown: Widget = typeof chosen === 'function' ? chosen : form.kinds[chosen];
  const isSimple = !GROUPS.has(chosen);
  const id = `${form.idOf(pointer)}${'.v'.repeat(depth)}`;
  const issue = isInner ? undefined : form.issues.find((one) => one.pointer === pointer);
  const { description } = field.schema;
  const isReadOnly = form.isReadOnly || field.schema.readOnly === true;
  const hint = typeof description === 'string' && description !== '' && !isInner ? description : undefined;
  const describedBy = [hint && `${id}-h`, issue && `${id}-e`].filter(Boolean).join(' ') || undefined;
  const isOptional = !field.isRequired && !isReadOnly && chosen !== 'switch';
  const parts: ReactNode = (
    <>
      {hint && (
        <p className="hint" id={`${id}-h`}>
          <Hint text={hint} />
        </p>
      )}
      {issue && (
        <p className="error" id={`${id}-e`}>
          <Icon name="failed" size="s" />
          {sayIssue(issue, text)}
        </p>
      )}
    </>
  );
  const label = (
    <>
      {field.label} {isOptional && <span className="optional">{text.optional}</span>}
    </>
  );
  const widget = (
    <Shown
      id={id}
      field={field}
      pointer={pointer}
      value={value}
      onChange={onChange}
      isReadOnly={isReadOnly}
      isInvalid={issue !== undefined}
      describedBy={describedBy}
      depth={depth}
    />
  );
  const frame = {
    className: `field${isWide ? ' wide2' : ''}`,
    onBlur: (event: React.FocusEvent) => {
      if (!event.currentTarget.contains(event.relatedTarget))
        form.touch(pointer, chosen === 'json' || typeof chosen === 'function');
    },
  };
  if (chosen === 'switch' && !field.isNullable)
    return (
      <div {...frame}>
        <label className="check" htmlFor={id}>
          {widget} <span className={isBare ? 'sr' : undefined}>{field.label}</span>
        </label>
        {parts}
      </div>
    );
  if (isSimple)
    return (
      <div {...frame}>
        <label htmlFor={id} className={isBare ? 'sr' : undefined}>
          {label}
        </label>
        {widget}
        {parts}
      </div>
    );
  return (
    <div {...frame} role="group" aria-labelledby={`${id}-l`} aria-describedby={describedBy}>
      <span id={`${id}-l`} className={isBare ? 'sr' : 'label'}>
        {label}
      </span>
      {widget}
      {parts}
    </div>
  );
}

function overrideOf(widgets: Readonly<Record<string, WidgetName | Widget>>, pointer: string): WidgetName | Widget | undefined {
  const pattern = Object.keys(widgets).find((key) => fits(pointer, key));
  return pattern === undefined ? undefined : widgets[pattern];
}

/** Words of a schema, in which what stands between backquotes is code. */
function Hint({ text }: { text: string }) {
  return text.split('`').map((part, index) => {
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text
    return index % 2 === 1 ? <code key={index}>{part}</code> : part;
  });
}
