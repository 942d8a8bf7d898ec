import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { AdminModelDetail } from 'automate-client';
import { useId, useState } from 'react';
import { request, wordsOf } from '../../api.ts';
import { useTextOf } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import { say } from '../../ui/toast.tsx';
import { rowsKey } from './model.ts';
import { words } from './words.ts';

/** As the API reports on a file. */
interface Report {
  readonly applied: boolean;
  readonly total: number;
  readonly created: number;
  readonly updated: number;
  readonly failed: number;
  readonly rows: readonly {
    readonly row: number;
    readonly status: 'created' | 'updated' | 'failed';
    readonly errors: readonly { readonly pointer: string; readonly message: string }[];
  }[];
}

const MODES = ['upsert', 'create', 'update'] as const;
type Mode = (typeof MODES)[number];
/** Rows that are told of one by one; those that are refused first. */
const SHOWN = 200;
const TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  jsonl: 'application/x-ndjson',
  ndjson: 'application/x-ndjson',
};

interface ImportDialogProps {
  readonly isOpen: boolean;
  readonly model: AdminModelDetail;
  onClose(): void;
}

/** A file is tried first: what it would do is shown row by row, and only then done. */
export function ImportDialog({ isOpen, model, onClose }: ImportDialogProps) {
  const text = useTextOf(words);
  return (
    <Dialog isOpen={isOpen} title={text.importTitle(model.verbose_name)} className="a-import" onClose={onClose}>
      <Steps model={model} onClose={onClose} />
    </Dialog>
  );
}

function Steps({ model, onClose }: Omit<ImportDialogProps, 'isOpen'>) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const [file, setFile] = useState<File>();
  const [mode, setMode] = useState<Mode>('upsert');
  const [isPartial, setPartial] = useState(false);
  const send = (isDry: boolean) => {
    const extension = file?.name.split('.').at(-1)?.toLowerCase() ?? '';
    return request<Report>('POST', `${model.path}import/`, {
      body: file,
      contentType: TYPES[extension] ?? 'text/csv',
      query: { mode, dry_run: isDry, ...(isPartial && !isDry && { partial: true }) },
      timeoutMs: 600_000,
    });
  };
  const trial = useMutation({ mutationFn: () => send(true) });
  const doing = useMutation({
    mutationFn: () => send(false),
    async onSuccess(report) {
      if (!report.applied) return;
      say(text.imported(report.created, report.updated));
      onClose();
      await client.invalidateQueries({ queryKey: rowsKey(model) });
    },
  });
  const report = doing.data && !doing.data.applied ? doing.data : trial.data;
  const good = report ? report.created + report.updated : 0;
  const error = doing.error ?? trial.error;
  const isBusy = trial.isPending || doing.isPending;
  return (
    <form
      className="contents"
      onSubmit={(event) => {
        event.preventDefault();
        if (isBusy || !file) return;
        if (report) doing.mutate();
        else trial.mutate();
      }}
    >
      <div className="in stack">
        {!report && <Source mode={mode} onFile={setFile} onMode={setMode} />}
        {error && (
          <div className="call" data-s="failed" role="alert">
            <Icon name="failed" />
            <div>{wordsOf(error)}</div>
          </div>
        )}
        {report && <Preview report={report} />}
        {report && report.failed > 0 && good > 0 && (
          <label className="check">
            <input type="checkbox" checked={isPartial} onChange={({ target }) => setPartial(target.checked)} />{' '}
            {text.leaveOut(report.failed)}
          </label>
        )}
      </div>
      <footer>
        {report && (
          <button
            type="button"
            className="btn"
            disabled={isBusy}
            onClick={() => {
              trial.reset();
              doing.reset();
              setPartial(false);
            }}
          >
            {text.otherFile}
          </button>
        )}
        {report ? (
          <button
            type="submit"
            className="btn primary push"
            disabled={good === 0 || isBusy || (report.failed > 0 && !isPartial)}
            aria-busy={isBusy}
          >
            {isBusy && <Icon name="running" />}
            {text.importRows(good)}
          </button>
        ) : (
          <button type="submit" className="btn primary push" disabled={!file || isBusy} aria-busy={isBusy}>
            {isBusy && <Icon name="running" />}
            {isBusy ? text.checking : text.check}
          </button>
        )}
      </footer>
    </form>
  );
}

interface SourceProps {
  readonly mode: Mode;
  onFile(file: File | undefined): void;
  onMode(mode: Mode): void;
}

function Source({ mode, onFile, onMode }: SourceProps) {
  const text = useTextOf(words);
  const id = useId();
  const names = { upsert: text.upsert, create: text.createOnly, update: text.updateOnly };
  return (
    <>
      <div className="field">
        <label htmlFor={`${id}-file`}>{text.file}</label>
        <input
          id={`${id}-file`}
          className="input"
          type="file"
          accept=".csv,.json,.jsonl,.ndjson,text/csv,application/json"
          aria-describedby={`${id}-note`}
          onChange={({ target }) => onFile(target.files?.[0])}
        />
        <p className="hint" id={`${id}-note`}>
          {text.fileNote}
        </p>
      </div>
      <div className="field">
        <label htmlFor={`${id}-mode`}>{text.mode}</label>
        <select id={`${id}-mode`} className="select" value={mode} onChange={({ target }) => onMode(target.value as Mode)}>
          {MODES.map((one) => (
            <option key={one} value={one}>
              {names[one]}
            </option>
          ))}
        </select>
      </div>
    </>
  );
}

function Preview({ report }: { report: Report }) {
  const text = useTextOf(words);
  const order = { failed: 0, created: 1, updated: 1 };
  const rows = report.rows.toSorted((left, right) => order[left.status] - order[right.status]).slice(0, SHOWN);
  const counts = [
    ['created', report.created, text.wouldCreate],
    ['updated', report.updated, text.wouldUpdate],
    ['failed', report.failed, text.wouldRefuse],
  ] as const;
  return (
    <>
      <p role="status" className="row wrap">
        {counts.map(([status, count, label]) => (
          <span key={status} className={status === 'failed' && count > 0 ? 'badge bad' : 'badge'}>
            <b>{count}</b> {label}
          </span>
        ))}
        <span className="soft">{report.failed > 0 ? text.allOrNothing : text.nothingYet}</span>
      </p>
      <section className="table-box a-preview" tabIndex={0} aria-label={text.whatHappens}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col" className="num w1">
                {text.row}
              </th>
              <th scope="col" className="w1">
                {text.whatHappens}
              </th>
              <th scope="col">{text.column}</th>
              <th scope="col">{text.reason}</th>
            </tr>
          </thead>
          <tbody>
            {rows.flatMap(({ row, status, errors }) =>
              (errors.length > 0 ? errors : [undefined]).map((error, index) => (
                <tr key={`${row} ${error?.pointer ?? ''} ${error?.message ?? ''}`}>
                  <th scope="row" className="num">
                    {index === 0 ? row : <span className="sr">{row}</span>}
                  </th>
                  <td className={status === 'failed' ? 'bad' : 'soft'}>{index === 0 ? text[status] : ''}</td>
                  <td className="mono">{error ? error.pointer.slice(1) || text.whole : ''}</td>
                  <td className="anywhere">{error?.message}</td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </section>
      {rows.length < report.total && <p className="soft small">{text.shownOf(rows.length, report.total)}</p>}
    </>
  );
}
