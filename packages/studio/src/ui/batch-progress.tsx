import { Link } from '@tanstack/react-router';
import { api, wordsOf } from '../api.ts';
import { type Batch, type BatchFailure, forgetBatch, hasEnded, useBatches } from '../data/batches.ts';
import { toStudio } from '../data/pages.ts';
import { useAllowed } from '../data/session.ts';
import { shortId } from '../format.ts';
import { useText, useTextOf } from '../text/text.tsx';
import { Icon } from './icon.tsx';
import { words } from './list-words.ts';
import { say } from './toast.tsx';

/** Failures that are shown without asking. */
const SHOWN = 20;

/** The jobs over many rows that were started here, on every page, until they are put away. */
export default function BatchProgress() {
  const text = useTextOf(words);
  const batches = useBatches();
  return (
    <section className="batches" aria-label={text.batch.region}>
      {batches.map((batch) => (
        <Card key={batch.id} batch={batch} />
      ))}
    </section>
  );
}

function Card({ batch }: { batch: Batch }) {
  const text = useText();
  const { batch: says } = useTextOf(words);
  const mayStop = useAllowed('jobs:write');
  const isOver = hasEnded(batch);
  const stop = () => api.jobs.cancel(batch.id).catch((error: unknown) => say(wordsOf(error), { status: 'failed' }));
  return (
    <article className="batch" data-s={statusOf(batch)}>
      <header>
        <Icon name={statusOf(batch)} />
        <b className="cut">{batch.title}</b>
        <span className="push row">
          {!isOver && mayStop && (
            <button type="button" className="btn small" onClick={() => void stop()}>
              <Icon name="stop" size="s" />
              {says.stop}
            </button>
          )}
          <button
            type="button"
            className="btn icon-only plain small"
            aria-label={text.close}
            title={text.close}
            onClick={() => forgetBatch(batch.id)}
          >
            <Icon name="x" />
          </button>
        </span>
      </header>
      <Meter batch={batch} label={batch.title} />
      <p role="status" className="soft small">
        {sentenceOf(batch, says)}
      </p>
      {batch.failures.length > 0 && <Failures failures={batch.failures} failed={batch.failed} />}
      <Link to={toStudio('jobs')} search={{ open: batch.id } as never} className="small">
        {says.job}
      </Link>
    </article>
  );
}

/** How far it is, drawn; the sentence below says it. */
export function Meter({
  batch: { total, done, failed },
  label,
}: {
  batch: Pick<Batch, 'total' | 'done' | 'failed'>;
  label: string;
}) {
  const all = Math.max(total ?? 0, 1);
  return (
    <span
      className="meter"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total ?? 0}
      aria-valuenow={total === undefined ? undefined : done + failed}
    >
      <i style={{ width: `${(done / all) * 100}%` }} />
      <i className="bad" style={{ width: `${(failed / all) * 100}%` }} />
    </span>
  );
}

/** Those it could not be done to, each with its reason. */
export function Failures({ failures, failed }: { failures: readonly BatchFailure[]; failed: number }) {
  const { batch: says } = useTextOf(words);
  const hidden = failed - Math.min(failures.length, SHOWN);
  return (
    <details>
      <summary className="small">{says.why}</summary>
      <ul className="failures-list small">
        {failures.slice(0, SHOWN).map(({ id, message }) => (
          <li key={id}>
            <span className="id" title={id}>
              {shortId(id)}
            </span>{' '}
            {message}
          </li>
        ))}
        {hidden > 0 && <li className="soft">{says.more(hidden)}</li>}
      </ul>
    </details>
  );
}

function statusOf({ state, failed }: Batch) {
  if (state === 'succeeded') return failed > 0 ? 'retrying' : 'succeeded';
  if (state === 'failed' || state === 'cancelled') return state;
  return state === 'running' ? 'running' : 'queued';
}

function sentenceOf(batch: Batch, says: (typeof words)['en']['batch']): string {
  const { state, total, done, failed, isLost } = batch;
  const parts = [
    isLost && says.lost,
    state === 'succeeded' && says.ended(done),
    state === 'cancelled' && says.stopped(done),
    state === 'failed' && says.failed,
    !hasEnded(batch) && (total === undefined ? says.begins : says.progress(done + failed, total)),
    failed > 0 && says.refused(failed),
  ];
  return parts.filter(Boolean).join(' · ');
}
