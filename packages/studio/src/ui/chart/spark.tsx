interface SparkProps {
  readonly values: readonly (number | null)[];
  /** Class of its colour. */
  readonly color: string;
}

/** The run of a figure, without axes: it says how, not how much. Nothing where fewer than two values are known. */
export function Spark({ values, color }: SparkProps) {
  const known = values.map((value) => value ?? 0);
  if (values.filter((value) => value !== null).length < 2) return <svg className="chart spark" aria-hidden="true" />;
  const top = Math.max(...known, Number.MIN_VALUE);
  const step = 240 / (known.length - 1);
  const points = known.map((value, index) => `${(index * step).toFixed(1)} ${(52 - (value / top) * 46).toFixed(1)}`);
  return (
    <svg className={`chart spark ${color}`} viewBox="0 0 240 56" preserveAspectRatio="none" aria-hidden="true">
      <path className="area" d={`M0 56L${points.join(' ')} 240 56z`} />
      <polyline points={points.map((point) => point.replace(' ', ',')).join(' ')} />
    </svg>
  );
}
