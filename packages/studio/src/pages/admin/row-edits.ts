import { useQueryClient } from '@tanstack/react-query';
import type { AdminModelDetail } from 'automate-client';
import { useCallback, useState } from 'react';
import { request, wordsOf } from '../../api.ts';
import { isSame } from '../../form/pointer.ts';
import { useTextOf } from '../../text/text.tsx';
import { say } from '../../ui/toast.tsx';
import { nameOfRow, pathOf, type Row, rowsKey } from './model.ts';
import { words } from './words.ts';

export interface RowEdits {
  /** How many rows are changed and not saved. */
  readonly size: number;
  readonly isSaving: boolean;
  /** Rows that were not saved, and why. */
  readonly failures: readonly { readonly name: string; readonly reason: string }[];
  valueOf(row: Row, column: string): unknown;
  isChanged(row: Row, column?: string): boolean;
  set(row: Row, column: string, value: unknown): void;
  discard(): void;
  save(): Promise<void>;
}

interface Edited {
  /** As it was when it was first changed. */
  readonly row: Row;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Changes of rows in their list, until they are saved: each alone, and never over what somebody else has made of the same column. */
export function useRowEdits(model: AdminModelDetail): RowEdits {
  const text = useTextOf(words);
  const client = useQueryClient();
  const [edited, setEdited] = useState<ReadonlyMap<string, Edited>>(new Map());
  const [failures, setFailures] = useState<RowEdits['failures']>([]);
  const [isSaving, setSaving] = useState(false);
  const set = useCallback((row: Row, column: string, value: unknown) => {
    setEdited((before) => {
      const known = before.get(row.id) ?? { row, values: {} };
      const values = Object.fromEntries(
        Object.entries({ ...known.values, [column]: value }).filter(([name, now]) => !isSame(now, known.row[name])),
      );
      const rest = new Map(before);
      if (Object.keys(values).length === 0) rest.delete(row.id);
      else rest.set(row.id, { row: known.row, values });
      return rest;
    });
  }, []);
  const save = async () => {
    setSaving(true);
    const failed: { name: string; reason: string }[] = [];
    for (const [id, one] of edited) {
      try {
        await saveOne(model, one, text.elsewhere);
        setEdited((before) => new Map([...before].filter(([other]) => other !== id)));
      } catch (error) {
        failed.push({ name: nameOfRow(model, one.row), reason: reasonOf(error) });
      }
    }
    setFailures(failed);
    setSaving(false);
    await client.invalidateQueries({ queryKey: rowsKey(model) });
    if (edited.size > failed.length) say(text.saved(edited.size - failed.length));
  };
  return {
    size: edited.size,
    isSaving,
    failures,
    valueOf: (row, column) => edited.get(row.id)?.values[column] ?? (isChangedIn(edited, row, column) ? null : row[column]),
    isChanged: (row, column) => (column === undefined ? edited.has(row.id) : isChangedIn(edited, row, column)),
    set,
    discard() {
      setEdited(new Map());
      setFailures([]);
    },
    save,
  };
}

function isChangedIn(edited: ReadonlyMap<string, Edited>, row: Row, column: string): boolean {
  return Object.hasOwn(edited.get(row.id)?.values ?? {}, column);
}

/** @throws Error when somebody else has changed the same columns, or the server refuses */
async function saveOne(model: AdminModelDetail, { row, values }: Edited, elsewhere: string): Promise<void> {
  if (!model.detail) return;
  const path = pathOf(model.detail, row.id);
  const { data, etag } = await request<Row>('GET', path).withResponse();
  if (Object.keys(values).some((column) => !isSame(data[column], row[column]))) throw new Error(elsewhere);
  await request('PATCH', path, { body: values, ifMatch: etag });
}

/** The server's words, with the field they are about. */
export function reasonOf(error: unknown): string {
  const { errors = [] } = error as { errors?: readonly { pointer: string; message: string }[] };
  if (errors.length === 0) return wordsOf(error);
  return errors.map(({ pointer, message }) => `${pointer.slice(1)} ${message}`.trim()).join('; ');
}
