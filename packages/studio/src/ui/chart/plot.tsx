import { type CSSProperties, type KeyboardEvent, type PointerEvent, useId, useState } from 'react';
import { useTextOf } from '../../text/text.tsx';
import { Bars, Lines } from './drawn.tsx';
import type { ChartData } from './series.ts';
import { namedPoints, ticksOf } from './ticks.ts';
import { words } from './words.ts';

interface PlotProps {
  readonly data: ChartData;
  readonly kind: 'bars' | 'lines';
  /** What it is called, and what it says, in a sentence. */
  readonly label: string;
  readonly sentence: string;
  readonly height: number;
  /** How many points are named below. */
  readonly names: number;
}

/** A chart with its axes. One looks at a point by the pointer or by the arrow keys; its values are shown, and told. */
export function Plot({ data, kind, label, sentence, height, names }: PlotProps) {
  const text = useTextOf(words);
  const hint = useId();
  const [at, setAt] = useState<number>();
  const { points, series, unit, format } = data;
  const ticks = ticksOf(mostOf(data, kind), unit);
  const last = points.length - 1;
  const shown = at === undefined ? undefined : Math.min(at, last);
  const point = shown === undefined ? undefined : points[shown];
  const Drawn = kind === 'bars' ? Bars : Lines;
  const valuesAt = (index: number) =>
    series.flatMap(({ key, label: name, color, values }) => {
      const value = values[index] ?? null;
      return value === null || (kind === 'bars' && value === 0) ? [] : [{ key, name, color, text: format(value) }];
    });
  const said = (index: number) => {
    const found = valuesAt(index).map(({ name, text: value }) => `${name} ${value}`);
    return `${points[index]?.exact}: ${found.join(', ') || text.none}`;
  };
  const move = (event: KeyboardEvent) => {
    const from = shown ?? last;
    const next = { ArrowLeft: from - 1, ArrowDown: from - 1, ArrowRight: from + 1, ArrowUp: from + 1, Home: 0, End: last }[
      event.key
    ];
    if (event.key === 'Escape' && at !== undefined) event.stopPropagation();
    if (event.key === 'Escape') setAt(undefined);
    if (next === undefined) return;
    event.preventDefault();
    setAt(Math.max(0, Math.min(next, last)));
  };
  const lookAt = ({ clientX, currentTarget }: PointerEvent<HTMLElement>) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    setAt(Math.max(0, Math.min(Math.floor(((clientX - left) / width) * points.length), last)));
  };
  return (
    <div className="plot" style={{ '--h': `${height}px` } as CSSProperties}>
      <div className="y" aria-hidden="true">
        {ticks.toReversed().map((tick) => (
          <span key={tick}>{tick === 0 ? '0' : format(tick).replace(/[.,]0+ /, ' ')}</span>
        ))}
      </div>
      <div
        className="look"
        role="slider"
        tabIndex={0}
        aria-label={`${label}. ${sentence}`}
        aria-describedby={hint}
        aria-readonly="true"
        aria-valuemin={0}
        aria-valuemax={Math.max(last, 0)}
        aria-valuenow={shown ?? Math.max(last, 0)}
        aria-valuetext={said(shown ?? last)}
        onKeyDown={move}
        onBlur={() => setAt(undefined)}
        onPointerMove={lookAt}
        onPointerLeave={() => setAt(undefined)}
      >
        <Drawn data={data} ticks={ticks} at={shown} />
        {point && shown !== undefined && (
          <div
            className="tip"
            data-side={shown > last / 2 ? 'left' : 'right'}
            style={{ '--x': `${((shown + 0.5) / points.length) * 100}%` } as CSSProperties}
          >
            <b>{point.exact}</b>
            {point.isPartly && <span className="soft">{text.partly}</span>}
            {valuesAt(shown).map(({ key, name, color, text: value }) => (
              <span key={key} className="row">
                <i className={color} />
                {name} <b className="push num">{value}</b>
              </span>
            ))}
            {valuesAt(shown).length === 0 && <span className="soft">{text.none}</span>}
          </div>
        )}
      </div>
      <div className="x at" aria-hidden="true">
        {namedPoints(points.length, names).map((index) => (
          <span key={index} style={{ '--x': `${((index + 0.5) / points.length) * 100}%` } as CSSProperties}>
            {points[index]?.label}
          </span>
        ))}
      </div>
      <span id={hint} className="sr">
        {text.hint}
      </span>
    </div>
  );
}

function mostOf({ points, series }: ChartData, kind: 'bars' | 'lines'): number {
  const at = points.map((_, index) => series.map(({ values }) => values[index] ?? 0));
  return Math.max(
    0,
    ...at.map((values) => (kind === 'bars' ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values))),
  );
}
