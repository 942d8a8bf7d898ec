import { Link } from '@tanstack/react-router';
import type { Dashboard, DashboardTile } from 'automate-client';
import type { ReactNode } from 'react';
import { distance, duration } from '../../format.ts';
import { useText, useTextOf, useWords } from '../../text/text.tsx';
import { Spark } from '../../ui/chart/spark.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { icons } from '../../ui/icons.tsx';
import { PlaceLink, StudioHref } from '../../ui/place-link.tsx';
import { useNow } from '../../ui/time.tsx';
import { words } from './words.ts';

/** The figures that one looks at first; those of features behind them. */
export function Tiles({ shown }: { shown: Dashboard }) {
  const text = useTextOf(words);
  return (
    <section className="tiles" aria-label={text.figures}>
      {shown.executions && <ExecutionTiles executions={shown.executions} within={shown.within} />}
      {shown.queue && <QueueTile queue={shown.queue} />}
      {shown.slots && <SlotsTile slots={shown.slots} />}
      {shown.workflows && <WorkflowsTile workflows={shown.workflows} />}
      {shown.tiles.map((tile) => (
        <FeatureTile key={tile.name} tile={tile} />
      ))}
    </section>
  );
}

/** In their place while they are read. */
export function TilesComing() {
  const text = useTextOf(words);
  return (
    <div className="body grid12" aria-busy="true">
      <section className="tiles" aria-label={text.loading}>
        {[0, 1, 2, 3, 4, 5].map((place) => (
          <div key={place} className="card tile flat">
            <span className="bone on" />
            <span className="bone on" />
            <span className="bone on" />
          </div>
        ))}
      </section>
    </div>
  );
}

interface FaceProps {
  readonly icon: IconName;
  readonly label: string;
  readonly figure: string;
  readonly unit?: string | undefined;
  readonly note?: ReactNode;
  readonly spark?: ReactNode;
}

function Face({ icon, label, figure, unit, note, spark }: FaceProps) {
  return (
    <>
      <span className="row soft">
        <Icon name={icon} size="s" />
        <span className="cut">{label}</span>
      </span>
      <span className="figure">
        {figure}
        {unit && <small>{unit}</small>}
      </span>
      <span className="note">{note ?? ' '}</span>
      {spark}
    </>
  );
}

type Executions = NonNullable<Dashboard['executions']>;

function ExecutionTiles({ executions, within }: { executions: Executions; within: Dashboard['within'] }) {
  const text = useTextOf(words);
  const { language } = useWords();
  const number = new Intl.NumberFormat(language);
  const { before, buckets } = executions;
  const fine = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const rate = executions.error_rate;
  const p95 = executions.p95_ms === null ? undefined : figureOf(duration(executions.p95_ms));
  const more = before && before.total > 0 ? (executions.total / before.total - 1) * 100 : undefined;
  const worse = before && before.error_rate !== null && rate !== null ? (rate - before.error_rate) * 100 : undefined;
  const longer = before && before.p95_ms !== null && executions.p95_ms !== null ? executions.p95_ms - before.p95_ms : undefined;
  return (
    <>
      <Link className="card tile" to="/studio/executions/" search={{ within }}>
        <Face
          icon="executions"
          label={text.executions}
          figure={number.format(executions.total)}
          note={
            more === undefined ? (
              text.perMinute(executions.starts_per_minute)
            ) : (
              <Delta change={more} text={`${fine.format(Math.abs(more))} %`} />
            )
          }
          spark={<Spark color="c1" values={buckets.map(({ statuses }) => allOf(statuses))} />}
        />
      </Link>
      <Link className="card tile" to="/studio/executions/" search={{ status: 'failed', within }}>
        <Face
          icon="failed"
          label={text.errorRate}
          figure={rate === null ? '–' : fine.format(rate * 100)}
          unit={rate === null ? undefined : '%'}
          note={
            rate === null ? (
              text.noEnded
            ) : worse === undefined ? null : (
              <Delta change={worse} text={`${fine.format(Math.abs(worse))} ${text.points}`} isWorse={worse > 0} />
            )
          }
          spark={<Spark color="c-bad" values={buckets.map(({ statuses }) => rateOf(statuses))} />}
        />
      </Link>
      <Link className="card tile" to="/studio/executions/" search={{ within }}>
        <Face
          icon="timer"
          label={text.p95}
          figure={p95?.figure ?? '–'}
          unit={p95?.unit}
          note={
            executions.p95_ms === null ? (
              text.noEnded
            ) : longer === undefined ? null : (
              <Delta change={longer} text={duration(Math.abs(longer))} isWorse={longer > 0} />
            )
          }
          spark={<Spark color="c1" values={buckets.map(({ p95_ms }) => p95_ms)} />}
        />
      </Link>
    </>
  );
}

function allOf(statuses: Executions['statuses']): number {
  return Object.values(statuses).reduce((sum, count) => sum + count, 0);
}

function rateOf({ failed, succeeded }: Executions['statuses']): number {
  return failed === 0 ? 0 : failed / (failed + succeeded);
}

/** @param isWorse says so by its colour; undefined: neither good nor bad */
function Delta({ change, text, isWorse }: { change: number; text: string; isWorse?: boolean }) {
  const { onBefore } = useTextOf(words);
  const tone = isWorse === undefined || Math.abs(change) < 0.05 ? 'soft' : isWorse ? 'bad' : 'good';
  return (
    <>
      <span className={`delta ${tone}`}>
        <Icon name={change < 0 ? 'fall' : 'up'} />
        <span className="sr">{change < 0 ? '−' : '+'}</span>
        {text}
      </span>
      <span className="soft">{onBefore}</span>
    </>
  );
}

/** A figure, and its unit apart from it. */
function figureOf(text: string): { figure: string; unit: string | undefined } {
  const [figure = '', unit, ...rest] = text.split(' ');
  return rest.length === 0 ? { figure, unit } : { figure: text, unit: undefined };
}

function QueueTile({ queue }: { queue: NonNullable<Dashboard['queue']> }) {
  const text = useTextOf(words);
  const all = useText();
  const { language } = useWords();
  const now = useNow();
  const since = queue.waiting > 0 && queue.next_since ? Date.parse(queue.next_since) : undefined;
  return (
    <PlaceLink className="card tile flat" path="jobs" search={{ state: 'queued' }}>
      <Face
        icon="job"
        label={text.queue}
        figure={`${queue.waiting.toLocaleString(language)}${queue.waiting >= ENOUGH ? '+' : ''}`}
        note={since === undefined ? text.noneWaits : text.waits(now - since < 1_000 ? all.time.now : duration(now - since))}
      />
    </PlaceLink>
  );
}

/** From there on it is not counted. */
const ENOUGH = 10_000;

function SlotsTile({ slots }: { slots: NonNullable<Dashboard['slots']> }) {
  const text = useTextOf(words);
  const { language } = useWords();
  return (
    <PlaceLink className="card tile flat" path="jobs" search={{ state: 'running' }}>
      <Face
        icon="chip"
        label={text.slots}
        figure={slots.running.toLocaleString(language)}
        unit={slots.capacity === null ? undefined : text.of(slots.capacity.toLocaleString(language))}
        note={text.workers(slots.workers)}
      />
    </PlaceLink>
  );
}

function WorkflowsTile({ workflows }: { workflows: NonNullable<Dashboard['workflows']> }) {
  const text = useTextOf(words);
  const { language } = useWords();
  return (
    <PlaceLink className="card tile flat" path="workflows">
      <Face
        icon="workflow"
        label={text.workflows}
        figure={workflows.live.toLocaleString(language)}
        unit={text.live}
        note={workflows.paused === 0 ? text.nonePaused : text.paused(workflows.paused)}
      />
    </PlaceLink>
  );
}

const TONES = { good: 'healthy', warning: 'warning', bad: 'failed' } as const;

function FeatureTile({ tile }: { tile: DashboardTile }) {
  const text = useTextOf(words);
  const { language } = useWords();
  const { value, note, tone, href, error, title, icon, unit } = tile;
  const face = (
    <Face
      icon={error !== null ? 'warn' : icon !== null && Object.hasOwn(icons, icon) ? (icon as IconName) : 'box'}
      label={title[language] ?? title.en}
      figure={error !== null ? '–' : typeof value === 'number' ? value.toLocaleString(language) : (value ?? '–')}
      unit={unit ?? undefined}
      note={error !== null ? <span title={error}>{text.tileFailed}</span> : note && (note[language] ?? note.en)}
    />
  );
  const state = tone === null ? undefined : TONES[tone];
  if (href === null)
    return (
      <div className="card tile flat" data-s={state}>
        {face}
      </div>
    );
  return (
    <StudioHref className="card tile flat" href={href} data-s={state}>
      {face}
    </StudioHref>
  );
}

/** Since when, in words. */
export function useSince(time: string | null): string | undefined {
  const all = useText();
  const now = useNow();
  return time === null ? undefined : distance(Date.parse(time), now, all);
}
