import { Link } from '@tanstack/react-router';
import type { FieldDescription } from 'automate-client';
import type { Status } from '../../status.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { Id } from '../../ui/copy.tsx';
import { Icon } from '../../ui/icon.tsx';
import { StatusPill } from '../../ui/status.tsx';
import { Ago } from '../../ui/time.tsx';
import { partsOfRelation } from './model.ts';
import { useName } from './names.ts';
import { words } from './words.ts';

/** Of a text that is longer, a list shows the beginning. */
const SHOWN = 200;

/** A value as a list shows it, by what its schema says it is. */
export function Cell({ field, value }: { field: FieldDescription | undefined; value: unknown }) {
  const text = useText();
  if (value === null || value === undefined || value === '') return <span className="faint">–</span>;
  if (typeof value === 'boolean') return <YesNo value={value} />;
  if (typeof value === 'object') return <code>{JSON.stringify(value).slice(0, SHOWN)}</code>;
  const shown = String(value);
  if (field?.relation && typeof value === 'string') return <RelationLink relation={relationOf(field)} id={value} />;
  if (field?.choices && (field.name === 'status' || field.name === 'state') && Object.hasOwn(text.statuses, shown))
    return <StatusPill status={shown as Status} />;
  if (field?.choices) return <span className="badge">{shown}</span>;
  if (field?.format === 'date-time' && !Number.isNaN(Date.parse(shown))) return <Ago time={shown} />;
  if (field?.format === 'uuid') return <Id id={shown} />;
  return <>{shown.slice(0, SHOWN)}</>;
}

function YesNo({ value }: { value: boolean }) {
  const text = useTextOf(words);
  return (
    <span className={value ? 'good' : 'faint'}>
      <Icon name={value ? 'check' : 'minus'} size="s" />
      <span className="sr">{value ? text.yes : text.no}</span>
    </span>
  );
}

export function relationOf({ relation }: FieldDescription): string {
  return relation ? `${relation.app_label}/${relation.model}`.toLowerCase() : '';
}

export function RelationLink({ relation, id }: { relation: string; id: string }) {
  const [app, model] = partsOfRelation(relation);
  return (
    <Link className="a-rel" to="/studio/admin/$app/$model/$id/" params={{ app, model, id }} title={id}>
      {useName(relation, id)}
    </Link>
  );
}

/** Whether its figures stand at the right. */
export function isFigure(field: FieldDescription | undefined): boolean {
  return field?.type === 'integer' || field?.type === 'number' || field?.format === 'date-time';
}
