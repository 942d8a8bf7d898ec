import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { FieldList } from '../field-list.tsx';
import { FieldView } from '../field-view.tsx';
import { fieldOf } from '../fields.ts';
import { useFormState, type WidgetProps } from '../form-context.ts';
import { initialOf } from '../initial.ts';
import { isObject, partsOf, withEntry } from '../pointer.ts';
import { discriminatorOf, variantLabel, variantOf } from '../union.ts';
import { words } from '../words.ts';

const DEEPEST = 4;

/** Fields of an object inside another one. What need not be there begins as nothing, and is set by a button. */
export function ObjectField({ id, field, pointer, value, onChange, isReadOnly }: WidgetProps) {
  const text = useTextOf(words);
  const { resolver } = useFormState();
  // A schema that needs itself would have no end.
  const isDeep = partsOf(pointer).length > DEEPEST;
  if (!isObject(value) && (field.isNullable || !field.isRequired || isDeep)) {
    const begin = () => onChange(initialOf(resolver, { ...field.schema, default: undefined }, true) ?? {});
    return (
      <p>
        <button
          type="button"
          id={id}
          className="btn small"
          disabled={isReadOnly}
          onClick={begin}
          aria-label={text.addOne(field.label)}
        >
          <Icon name="plus" size="s" />
          {text.add}
        </button>
      </p>
    );
  }
  return (
    <div className="form-card" id={id} tabIndex={-1}>
      <FieldList schema={field.schema} pointer={pointer} value={value} onChange={onChange} />
      {(field.isNullable || !field.isRequired) && !isReadOnly && (
        <ClearButton label={field.label} onClear={() => onChange(field.isNullable ? null : undefined)} />
      )}
    </div>
  );
}

function ClearButton({ label, onClear }: { label: string; onClear(): void }) {
  const text = useTextOf(words);
  return (
    <button type="button" className="btn small plain" aria-label={text.clear(label)} onClick={onClear}>
      <Icon name="x" size="s" />
      {text.clearShort}
    </button>
  );
}

/** One of several shapes: which, and then its fields. What both have is kept when one changes to another. */
export function Union({ id, field, pointer, value, onChange, isReadOnly, isInvalid, describedBy, depth }: WidgetProps) {
  const text = useTextOf(words);
  const { resolver } = useFormState();
  const variants = field.variants ?? [];
  const chosen = value === undefined || value === null ? -1 : variantOf(resolver, variants, value);
  const variant = variants[chosen];
  const discriminator = discriminatorOf(resolver, variants);
  const choose = (index: number) => {
    const next = variants[index];
    if (!next) onChange(field.isNullable ? null : undefined);
    else onChange(joined(initialOf(resolver, next), value, resolver.resolve(next).schema.properties));
  };
  const inner = variant && { ...fieldOf(resolver, field.name, variant, true), label: field.label };
  const isUnset = value === undefined || value === null;
  return (
    <div className="form-union">
      <select
        id={id}
        className="select"
        aria-label={`${field.label}: ${text.kind}`}
        value={chosen}
        disabled={isReadOnly}
        aria-invalid={isInvalid || undefined}
        aria-describedby={describedBy}
        onChange={({ target }) => choose(Number(target.value))}
      >
        {(chosen === -1 || field.isNullable || !field.isRequired) && (
          <option value={-1}>{chosen === -1 && !isUnset ? text.types.any : field.isRequired ? text.choose : text.notSet}</option>
        )}
        {variants.map((_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they never change places
          <option key={index} value={index}>
            {variantLabel(resolver, variants, index, text.types)}
          </option>
        ))}
      </select>
      {inner?.schema.properties ? (
        <div className="form-card">
          <FieldList schema={withoutProperty(inner.schema, discriminator)} pointer={pointer} value={value} onChange={onChange} />
        </div>
      ) : (
        inner && <FieldView field={inner} pointer={pointer} value={value} onChange={onChange} isInner depth={depth + 1} />
      )}
    </div>
  );
}

function joined(initial: unknown, before: unknown, properties: unknown): unknown {
  if (!isObject(initial) || !isObject(before) || !isObject(properties)) return initial ?? '';
  const kept = Object.entries(before).filter(([name]) => Object.hasOwn(properties, name) && !Object.hasOwn(initial, name));
  return kept.reduce<unknown>((all, [name, entry]) => withEntry(all, name, entry), initial);
}

function withoutProperty(schema: WidgetProps['field']['schema'], name: string | undefined): WidgetProps['field']['schema'] {
  if (name === undefined) return schema;
  return { ...schema, properties: withEntry(schema.properties, name, undefined) as NonNullable<typeof schema.properties> };
}
