import { isObject, isSame } from '../form/pointer.ts';

export interface FieldChange {
  readonly field: string;
  /** As JSON; undefined: there was nothing. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What stands for a value that is not told: of it, it is only known that it has changed. */
const HIDDEN = '[redacted]';

type Fields = Readonly<Record<string, unknown>>;

/** What an entry says of fields before and after; what else it says is the rest. */
export function changesOf(diff: Fields): { readonly changes: readonly FieldChange[]; readonly rest: Fields } {
  const { before, after, changes, ...rest } = diff;
  const listed = Array.isArray(changes) ? changes.filter(isObject) : [];
  const isShown = Array.isArray(changes) && listed.length === changes.length;
  const [old, now] = [isObject(before) ? before : {}, isObject(after) ? after : {}];
  const fields = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  const found = [
    ...fields.map((field) => ({ field, before: old[field], after: now[field] })),
    // Of policies: one entry a rule.
    ...listed.map(({ rule, field, before, after }) => ({ field: String(rule ?? field ?? ''), before, after })),
  ];
  return {
    // A patch names what it was given; what stayed as it was says nothing.
    changes: found
      .filter((change) => change.after === HIDDEN || !isSame(change.before ?? null, change.after ?? null))
      .map((change) => ({ ...change, before: textOf(change.before), after: textOf(change.after) })),
    rest: isShown || changes === undefined ? rest : { ...rest, changes },
  };
}

const LONGEST = 2_000;

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
