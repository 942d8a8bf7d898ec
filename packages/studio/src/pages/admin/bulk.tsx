import { useQueryClient } from '@tanstack/react-query';
import type { AdminAction, AdminModelDetail } from 'automate-client';
import { useRef, useState } from 'react';
import { request } from '../../api.ts';
import type { Selection } from '../../data/selection.ts';
import { useTextOf } from '../../text/text.tsx';
import { BulkBar } from '../../ui/bulk-bar.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { nameOfRow, pathOf, type Row, rowsKey, useLabel } from './model.ts';
import { reasonOf } from './row-edits.ts';
import { words } from './words.ts';

/** Rows of one run. */
const MOST = 1_000;

interface Run {
  readonly label: string;
  readonly all: number;
  readonly done: number;
  readonly failures: readonly { readonly id: string; readonly name: string; readonly reason: string }[];
  readonly isOver: boolean;
}

interface BulkProps {
  readonly model: AdminModelDetail;
  readonly selection: Selection;
  readonly rows: readonly Row[];
}

/** Something done with all rows that are chosen, one after the other: one that fails stops none. */
export function Bulk({ model, selection, rows }: BulkProps) {
  const text = useTextOf(words);
  const labelOf = useLabel();
  const [name, setName] = useState(model.actions[0]?.name ?? DELETE);
  const [isAsking, setAsking] = useState(false);
  const { run, begin, stop, forget } = useRun({ model, selection });
  const action = model.actions.find((one) => one.name === name);
  const chosen = rows.filter(({ id }) => selection.ids.has(id));
  const label = action ? labelOf(action.label) : text.delete;
  const start = () => {
    setAsking(false);
    begin(chosen, { action, label });
  };
  return (
    <>
      <BulkBar selection={selection}>
        {chosen.length > MOST && <span className="bad small">{text.tooMany(MOST)}</span>}
        <select
          className="select small act"
          aria-label={text.action}
          value={name}
          onChange={({ target }) => setName(target.value)}
        >
          {model.actions.map((one) => (
            <option key={one.name} value={one.name}>
              {labelOf(one.label)}
            </option>
          ))}
          {model.can.delete && <option value={DELETE}>{text.delete}</option>}
        </select>
        <button
          type="button"
          className="btn small"
          disabled={chosen.length === 0 || chosen.length > MOST}
          onClick={() => (action && !action.is_dangerous ? start() : setAsking(true))}
        >
          {text.run(chosen.length)}
        </button>
      </BulkBar>
      <Dialog isOpen={isAsking} title={action ? label : text.deleteMany(chosen.length)} onClose={() => setAsking(false)}>
        <div className="in stack">
          <p>{text.cannotUndo}</p>
          <ul className="a-names">
            {chosen.slice(0, 10).map((row) => (
              <li key={row.id} className="cut">
                {nameOfRow(model, row)}
              </li>
            ))}
            {chosen.length > 10 && <li>…</li>}
          </ul>
        </div>
        <footer>
          <button type="button" className="btn push danger" onClick={start}>
            {action ? text.run(chosen.length) : text.deleteMany(chosen.length)}
          </button>
        </footer>
      </Dialog>
      <Progress run={run} onStop={stop} onClose={forget} />
    </>
  );
}

const DELETE = '-delete';

function useRun({ model, selection }: Pick<BulkProps, 'model' | 'selection'>) {
  const client = useQueryClient();
  const [run, setRun] = useState<Run>();
  const isStopped = useRef(false);
  const begin = async (rows: readonly Row[], { action, label }: { action: AdminAction | undefined; label: string }) => {
    isStopped.current = false;
    const failures: { id: string; name: string; reason: string }[] = [];
    let done = 0;
    const show = (isOver: boolean) => setRun({ label, all: rows.length, done, failures: [...failures], isOver });
    show(false);
    for (const row of rows) {
      if (isStopped.current) break;
      try {
        if (action) await request('POST', pathOf(action.path, row.id), { body: {} });
        else await request('DELETE', pathOf(model.detail ?? `${model.path}{id}/`, row.id));
      } catch (error) {
        failures.push({ id: row.id, name: nameOfRow(model, row), reason: reasonOf(error) });
      }
      done += 1;
      show(false);
    }
    show(true);
    selection.clear();
    await client.invalidateQueries({ queryKey: rowsKey(model) });
  };
  return {
    run,
    begin: (...given: Parameters<typeof begin>) => void begin(...given),
    stop: () => {
      isStopped.current = true;
    },
    forget: () => {
      isStopped.current = true;
      setRun(undefined);
    },
  };
}

function Progress({ run, onStop, onClose }: { run: Run | undefined; onStop(): void; onClose(): void }) {
  const text = useTextOf(words);
  return (
    <Dialog isOpen={run !== undefined} title={run?.label ?? ''} onClose={onClose}>
      {run && (
        <>
          <div className="in stack">
            <progress className="a-progress" aria-label={run.label} max={run.all} value={run.done} />
            <p role="status">
              {!run.isOver
                ? text.running(run.done, run.all)
                : run.done < run.all
                  ? text.stopped(run.all - run.done)
                  : text.done(run.done - run.failures.length)}
            </p>
            {run.failures.length > 0 && (
              <section className="stack" aria-label={text.failures(run.failures.length)}>
                <h3 className="bad">{text.failures(run.failures.length)}</h3>
                <ul className="a-failures">
                  {run.failures.slice(0, 100).map(({ id, name, reason }) => (
                    <li key={id}>
                      <b>{name}</b> {reason}
                    </li>
                  ))}
                </ul>
              </section>
            )}
          </div>
          <footer>
            {run.isOver ? (
              <button type="button" className="btn push" onClick={onClose}>
                {text.close}
              </button>
            ) : (
              <button type="button" className="btn push" onClick={onStop}>
                {text.stop}
              </button>
            )}
          </footer>
        </>
      )}
    </Dialog>
  );
}
