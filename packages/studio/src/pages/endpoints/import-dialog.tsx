import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type EndpointCreate, isAutomateError } from 'automate-client';
import { useState } from 'react';
import { api, wordsOf } from '../../api.ts';
import { useTextOf } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Field } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { say } from '../../ui/toast.tsx';
import { readFile } from './import-file.ts';
import { words } from './words.ts';

const MOST_BYTES = 4 * 1_048_576;

/** What became of one of them. */
interface Outcome {
  readonly slug: string;
  readonly state: 'made' | 'changed' | 'failed';
  readonly reason?: string;
}

/** Takes a file that an export wrote: endpoints whose slug is there are changed, others made. Each for itself, so each says what became of it. */
export function ImportDialog({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  const text = useTextOf(words);
  return (
    <Dialog isOpen={isOpen} title={text.importTitle} onClose={onClose}>
      <Form onClose={onClose} />
    </Dialog>
  );
}

function Form({ onClose }: { onClose(): void }) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const [rows, setRows] = useState<readonly EndpointCreate[]>([]);
  const [outcomes, setOutcomes] = useState<readonly Outcome[]>([]);
  const reading = useMutation({
    async mutationFn(file: File) {
      setRows([]);
      setOutcomes([]);
      if (file.size > MOST_BYTES) throw new Error(text.importLarge);
      return readFile(await file.text(), text.importShape);
    },
    onSuccess: setRows,
  });
  const failed = outcomes.filter(({ state }) => state === 'failed');
  return (
    <DialogForm
      action={text.importAction(rows.length)}
      icon="upload"
      isDisabled={rows.length === 0}
      send={async () => {
        const found: Outcome[] = [];
        for (const row of rows) found.push(await keep(row));
        setOutcomes(found);
        await client.invalidateQueries({ queryKey: ['endpoints'] });
        return found;
      }}
      onSent={(found) => {
        const count = (state: Outcome['state']) => found.filter((one) => one.state === state).length;
        if (count('failed') > 0) return;
        onClose();
        say(text.imported(count('made'), count('changed')));
      }}
      onClose={onClose}
    >
      {() => (
        <>
          <Field label={text.file} hint={text.importNote} error={reading.error ? wordsOf(reading.error) : undefined}>
            {(control) => (
              <input
                {...control}
                type="file"
                className="input form-file"
                accept=".json,application/json"
                onChange={({ target }) => target.files?.[0] && reading.mutate(target.files[0])}
              />
            )}
          </Field>
          {failed.length > 0 && (
            <div className="call" data-s="failed" role="alert">
              <Icon name="failed" />
              <div>
                <strong>{text.importFailed(failed.length, outcomes.length)}</strong>
                <ul>
                  {failed.map(({ slug, reason }) => (
                    <li key={slug}>
                      <code>{slug}</code>: {reason}
                    </li>
                  ))}
                </ul>
              </div>
            </div>
          )}
        </>
      )}
    </DialogForm>
  );
}

async function keep(row: EndpointCreate): Promise<Outcome> {
  const { slug, ...values } = row;
  try {
    const { results } = await api.endpoints.list({ slug });
    const [known] = results;
    if (known) await api.endpoints.update(known.id, values);
    else await api.endpoints.create(row);
    return { slug, state: known ? 'changed' : 'made' };
  } catch (error) {
    const issues = isAutomateError(error) ? error.errors.slice(0, 3).map(({ pointer, message }) => `${pointer} ${message}`) : [];
    return { slug, state: 'failed', reason: issues.length > 0 ? issues.join('; ') : wordsOf(error) };
  }
}
