import { type ReactNode, useId, useState } from 'react';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../icon.tsx';
import { Plot } from './plot.tsx';
import type { ChartData } from './series.ts';
import { words } from './words.ts';

interface ChartCardProps {
  readonly title: string;
  readonly note?: string;
  readonly className: string;
  readonly kind: 'bars' | 'lines';
  readonly sentence: string;
  readonly height: number;
  /** How many points are named below it. */
  readonly names: number;
  readonly data: ChartData;
  readonly legend: ReactNode;
}

/** A chart with what its colours mean, and the same as a table. */
export function ChartCard({ title, note, className, kind, sentence, height, names, data, legend }: ChartCardProps) {
  const text = useTextOf(words);
  const id = useId();
  const [isTable, setTable] = useState(false);
  const name = isTable ? text.chart : text.table;
  return (
    <section className={`card fill ${className}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {note && <span className="soft small mid">{note}</span>}
        <div className="push">
          <button
            type="button"
            className="btn icon-only plain small"
            aria-label={`${name}: ${title}`}
            title={name}
            onClick={() => setTable((is) => !is)}
          >
            <Icon name={isTable ? 'bars' : 'table'} />
          </button>
        </div>
      </header>
      {isTable ? (
        <ChartTable data={data} title={title} />
      ) : (
        <div className="in">
          <Plot data={data} kind={kind} label={title} sentence={sentence} height={height} names={names} />
          <div className="legend">{legend}</div>
        </div>
      )}
    </section>
  );
}

function ChartTable({ data: { points, series, format }, title }: { data: ChartData; title: string }) {
  const text = useTextOf(words);
  return (
    <section className="table-box chart-table" aria-label={text.values(title)} tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{text.time}</th>
            {series.map(({ key, label }) => (
              <th key={key} scope="col" className="num">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.map(({ exact, isPartly }, index) => (
            <tr key={exact}>
              <th scope="row">
                {exact}
                {isPartly && <span className="soft small"> {text.partly}</span>}
              </th>
              {series.map(({ key, values }) => {
                const value = values[index] ?? null;
                return (
                  <td key={key} className="num">
                    {value === null ? '–' : format(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
