import type { ChartData, Series } from './series.ts';

interface DrawnProps {
  readonly data: ChartData;
  readonly ticks: readonly number[];
  /** The point that is looked at. */
  readonly at: number | undefined;
}

const WIDE = 10;
const HIGH = 100;

/** Bars, one a point, the series on top of each other from the first to the last. */
export function Bars({ data: { points, series }, ticks, at }: DrawnProps) {
  const top = ticks.at(-1) ?? 1;
  const below = points.map(() => 0);
  return (
    <Frame count={points.length} ticks={ticks} at={at}>
      {series.map(({ key, color, values }, place) => {
        const path = points.map((_, index) => {
          const value = values[index] ?? 0;
          if (value === 0) return '';
          const from = below[index] ?? 0;
          below[index] = from + value;
          // What is there can be seen, however little it is.
          const height = Math.max((value / top) * HIGH, 0.8);
          const y = HIGH - (from / top) * HIGH - height;
          return `M${index * WIDE + 2} ${y.toFixed(2)}h6v${height.toFixed(2)}h-6z`;
        });
        return <path key={key} className={`fill ${place === 0 ? 'calm ' : ''}${color}`} d={path.join('')} />;
      })}
    </Frame>
  );
}

/** Lines, broken where there is nothing; below the first of them the area. */
export function Lines({ data: { points, series }, ticks, at }: DrawnProps) {
  const top = ticks.at(-1) ?? 1;
  return (
    <Frame count={points.length} ticks={ticks} at={at}>
      {series.map((one, place) =>
        piecesOf(one, top).map((piece) => {
          const line = piece.map(([x, y]) => `${x},${y}`).join(' ');
          const [start, end] = [piece[0]?.[0] ?? 0, piece.at(-1)?.[0] ?? 0];
          return (
            <g key={`${one.key} ${start}`}>
              {place === 0 && (
                <path className={`area ${one.color}`} d={`M${start} ${HIGH}L${line.replaceAll(',', ' ')} ${end} ${HIGH}z`} />
              )}
              <polyline className={`${one.color} ${one.stroke ?? ''}`} points={line} />
            </g>
          );
        }),
      )}
    </Frame>
  );
}

function piecesOf({ values }: Series, top: number): (readonly [number, number])[][] {
  const pieces: (readonly [number, number])[][] = [];
  let piece: (readonly [number, number])[] | undefined;
  values.forEach((value, index) => {
    if (value === null) {
      piece = undefined;
      return;
    }
    const x = index * WIDE + WIDE / 2;
    const y = Number((HIGH - (value / top) * HIGH).toFixed(2));
    if (!piece) {
      // One alone is a short line, not nothing.
      piece = [[x - 1.5, y]];
      pieces.push(piece);
    }
    piece.push([x, y]);
  });
  return pieces.map((found) =>
    found.length > 2 ? found.slice(1) : [...found.slice(0, 1), [(found[1]?.[0] ?? 0) + 1.5, found[1]?.[1] ?? 0] as const],
  );
}

function Frame({
  count,
  ticks,
  at,
  children,
}: {
  count: number;
  ticks: readonly number[];
  at: number | undefined;
  children: React.ReactNode;
}) {
  const width = count * WIDE;
  return (
    <svg className="chart" viewBox={`0 0 ${width} ${HIGH}`} preserveAspectRatio="none" aria-hidden="true">
      {ticks.slice(1).map((tick) => {
        const y = HIGH - (tick / (ticks.at(-1) ?? 1)) * HIGH;
        return <path key={tick} className="grid" d={`M0 ${y}H${width}`} />;
      })}
      {at !== undefined && <path className="looked-at" d={`M${at * WIDE} 0h${WIDE}v${HIGH}h-${WIDE}z`} />}
      {children}
      <path className="axis" d={`M0 ${HIGH}H${width}`} />
    </svg>
  );
}
