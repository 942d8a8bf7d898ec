import { useState } from 'react';
import { useTextOf } from '../../text/text.tsx';
import type { WidgetProps } from '../form-context.ts';
import { words } from '../words.ts';
import { type DurationUnit, durationUnits, readDuration, writeDuration } from './duration.ts';
import { asText, emptyOf } from './empty.ts';
import { Text } from './text.tsx';

/** An amount and its unit; what has several, such as `P1DT2H`, is written as it is. */
export function DurationField(props: WidgetProps) {
  const { id, field, value, onChange, isReadOnly, isInvalid, describedBy } = props;
  const text = useTextOf(words);
  const written = asText(value);
  const read = readDuration(written);
  const [unit, setUnit] = useState<DurationUnit>('M');
  const [loose, setLoose] = useState('');
  if (written !== '' && !read && written !== loose) return <Text {...props} />;
  const shownUnit = read?.unit ?? unit;
  const change = (amount: string, next: DurationUnit) => {
    const isWhole = /^\d+(\.\d+)?$/.test(amount);
    setUnit(next);
    setLoose(amount);
    onChange(amount === '' ? emptyOf(field) : isWhole ? writeDuration(amount, next) : amount);
  };
  const amount = read?.amount ?? loose;
  return (
    <div className="joined-fields">
      <input
        id={id}
        className="input"
        inputMode="decimal"
        aria-label={`${field.label}: ${text.amount}`}
        value={amount}
        readOnly={isReadOnly}
        aria-invalid={isInvalid || undefined}
        aria-describedby={describedBy}
        onChange={({ target }) => change(target.value.trim(), shownUnit)}
      />
      <select
        className="select"
        aria-label={`${field.label}: ${text.unit}`}
        value={shownUnit}
        disabled={isReadOnly}
        onChange={({ target }) => change(amount, target.value as DurationUnit)}
      >
        {durationUnits.map((name) => (
          <option key={name} value={name}>
            {text.units[name]}
          </option>
        ))}
      </select>
    </div>
  );
}
