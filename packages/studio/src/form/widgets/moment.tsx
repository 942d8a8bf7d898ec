import { useState } from 'react';
import { useTextOf } from '../../text/text.tsx';
import type { WidgetProps } from '../form-context.ts';
import { words } from '../words.ts';
import { asText, emptyOf } from './empty.ts';
import { allZones, localZone, momentOf, type Wall, wallOf } from './zone.ts';

/** A moment: date and time on the wall of a zone. The value is kept in UTC. */
export function DateTime({ id, field, value, onChange, isReadOnly, isInvalid, describedBy }: WidgetProps) {
  const text = useTextOf(words);
  const [zone, setZone] = useState(localZone);
  const [hasAllZones, setAllZones] = useState(false);
  const [partial, setPartial] = useState<Wall>();
  const moment = asText(value);
  const wall = (moment === '' ? partial : wallOf(moment, zone)) ?? partial ?? partialOf(moment);
  const change = (next: Wall) => {
    const whole = momentOf(next, zone);
    setPartial(whole === undefined ? next : undefined);
    // What is not whole is kept as far as it goes, so that it is told to be none, and lost by nothing.
    onChange(whole ?? (next.date === '' && next.time === '' ? emptyOf(field) : `${next.date}T${next.time}`));
  };
  const zones = hasAllZones ? allZones() : [...new Set([zone, localZone(), 'UTC'])];
  const common = { readOnly: isReadOnly, 'aria-invalid': isInvalid || undefined, 'aria-describedby': describedBy };
  return (
    <>
      <div className="joined-fields">
        <input
          id={id}
          type="date"
          className="input"
          aria-label={`${field.label}: ${text.date}`}
          value={wall.date}
          max="9999-12-31"
          {...common}
          onChange={({ target }) => change({ ...wall, date: target.value })}
        />
        <input
          type="time"
          className="input"
          aria-label={`${field.label}: ${text.time}`}
          value={wall.time}
          step={wall.time.length > 8 ? 'any' : wall.time.length > 5 ? 1 : 60}
          {...common}
          onChange={({ target }) => change({ ...wall, time: target.value })}
        />
        <select
          className="select"
          aria-label={`${field.label}: ${text.zone}`}
          value={zone}
          onFocus={() => setAllZones(true)}
          onChange={({ target }) => setZone(target.value)}
        >
          {zones.map((name) => (
            <option key={name} value={name}>
              {name.replaceAll('_', ' ')}
            </option>
          ))}
        </select>
      </div>
      {zone !== 'UTC' && wallOf(moment, 'UTC') && (
        <p className="hint">{text.inUtc(moment.replace('T', ' ').replace(/Z$/, ''))}</p>
      )}
    </>
  );
}

function partialOf(moment: string): Wall {
  const [date = '', time = ''] = moment.split('T');
  return {
    date: /^\d{4}-\d\d-\d\d$/.test(date) ? date : '',
    time: /^\d\d:\d\d(:\d\d(\.\d{1,3})?)?$/.test(time) ? time : '',
  };
}

export function Day({ id, field, value, onChange, isReadOnly, isInvalid, describedBy }: WidgetProps) {
  return (
    <input
      id={id}
      type="date"
      className="input"
      max="9999-12-31"
      value={asText(value)}
      readOnly={isReadOnly}
      aria-invalid={isInvalid || undefined}
      aria-describedby={describedBy}
      onChange={({ target }) => onChange(target.value === '' ? emptyOf(field) : target.value)}
    />
  );
}

/** A time of day with its offset, as RFC 3339 has it: written as a text. */
export { Text as TimeOfDay } from './text.tsx';
