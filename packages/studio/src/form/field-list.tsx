import { useId } from 'react';
import { FieldView } from './field-view.tsx';
import { type Field, fieldsOf, widgetOf } from './fields.ts';
import { useFormState } from './form-context.ts';
import type { JsonSchema } from './json-schema.ts';
import { below, isObject, withEntry } from './pointer.ts';

/** Fields that stand together below a heading. */
export interface FieldGroup {
  readonly title: string;
  readonly note?: string;
  readonly fields: readonly string[];
  /** Folded away until somebody opens it. */
  readonly isFolded?: boolean;
}

interface FieldListProps {
  readonly schema: JsonSchema;
  readonly pointer: string;
  readonly value: unknown;
  onChange(value: unknown): void;
  readonly groups?: readonly FieldGroup[];
  readonly order?: readonly string[];
  readonly only?: readonly string[];
  readonly columns?: 1 | 2;
}

/** The fields of an object. */
export function FieldList({ schema, pointer, value, onChange, groups, order, only, columns = 1 }: FieldListProps) {
  const { resolver } = useFormState();
  const fields = inOrder(fieldsOf(resolver, schema), order, only);
  const entries = isObject(value) ? value : {};
  const show = (field: Field) => (
    <FieldView
      key={field.name}
      field={field}
      pointer={below(pointer, field.name)}
      value={Object.hasOwn(entries, field.name) ? entries[field.name] : undefined}
      onChange={(entry) => onChange(withEntry(value, field.name, entry))}
      isWide={columns === 2 && isWide(widgetOf(field, resolver))}
    />
  );
  const className = columns === 2 ? 'cols' : 'stack form-stack';
  if (!groups)
    return <div className={columns === 2 ? 'set' : undefined}>{<div className={className}>{fields.map(show)}</div>}</div>;
  const named = new Set(groups.flatMap((group) => group.fields));
  const rest = fields.filter(({ name }) => !named.has(name));
  return (
    <>
      {groups.map((group) => (
        <Group key={group.title} group={group} className={className}>
          {group.fields.flatMap((name) => fields.filter((field) => field.name === name)).map(show)}
        </Group>
      ))}
      {rest.length > 0 && <Group className={className}>{rest.map(show)}</Group>}
    </>
  );
}

function Group({ group, className, children }: { group?: FieldGroup; className: string; children: React.ReactNode[] }) {
  const id = useId();
  if (children.length === 0) return null;
  if (!group)
    return (
      <div className="card set">
        <div className="in even">
          <div className={className}>{children}</div>
        </div>
      </div>
    );
  if (group.isFolded)
    return (
      <details className="card set form-fold">
        <summary>
          <b>{group.title}</b> {group.note && <span className="soft small">{group.note}</span>}
        </summary>
        <div className="in">
          <div className={className}>{children}</div>
        </div>
      </details>
    );
  return (
    <section className="card set" aria-labelledby={id}>
      <header>
        <h2 id={id}>{group.title}</h2>
        {group.note && <span className="soft small">{group.note}</span>}
      </header>
      <div className="in">
        <div className={className}>{children}</div>
      </div>
    </section>
  );
}

function inOrder(fields: readonly Field[], order: readonly string[] = [], only?: readonly string[]): readonly Field[] {
  const shown = only ? fields.filter(({ name }) => only.includes(name)) : fields;
  const placeOf = ({ name }: Field) => {
    const place = (only ?? order).indexOf(name);
    return place === -1 ? order.length + 1_000 : place;
  };
  return shown.toSorted((left, right) => placeOf(left) - placeOf(right));
}

const WIDE = new Set(['long-text', 'json', 'code', 'list', 'map', 'object', 'union', 'many', 'date-time']);

function isWide(widget: string): boolean {
  return WIDE.has(widget);
}
