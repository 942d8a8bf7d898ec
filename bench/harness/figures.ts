/** One line of a benchmark's result. */
export interface Figure {
  readonly bench: string;
  readonly figure: string;
  /** Median of the rounds. */
  readonly value: number;
  readonly unit: string;
  /** Median of the peer or floor, in the same unit. */
  readonly peer?: number;
  /** Median of the rounds' own ratios, ours to the peer's. */
  readonly ratio?: number;
  /** For example `>= 4000`; of the ratio where it says so. */
  readonly target?: string;
  readonly met?: boolean;
  readonly rounds: number;
  /** The value of each round. */
  readonly values: readonly number[];
  readonly note?: string;
}

export interface FigureInput {
  readonly bench: string;
  readonly figure: string;
  readonly unit: string;
  /** Of each round; rounds that could not measure it are left out. */
  readonly values: readonly (number | undefined)[];
  /** Of the same rounds. */
  readonly peers?: readonly (number | undefined)[];
  readonly target?: { readonly of: 'value' | 'ratio'; readonly atLeast?: number; readonly atMost?: number };
  readonly note?: string;
}

/** Prints a figure for machines on stdout and for people on stderr. Says nothing when no round measured it. */
export function report({ bench, figure, unit, values, peers, target, note }: FigureInput): void {
  const measured = values.filter((value) => value !== undefined);
  if (measured.length === 0) return;
  const ratios = values.flatMap((value, index) => {
    const peer = peers?.[index];
    return value !== undefined && peer ? [value / peer] : [];
  });
  const value = median(measured);
  const ratio = ratios.length > 0 ? median(ratios) : undefined;
  const judged = target?.of === 'ratio' ? ratio : value;
  const line: Figure = {
    bench,
    figure,
    value: round(value),
    unit,
    ...(ratio === undefined ? {} : { peer: round(median(definedOf(peers))), ratio: round(ratio) }),
    ...(target && judged !== undefined ? { target: textOf(target), met: isMet(target, judged) } : {}),
    rounds: measured.length,
    values: measured.map(round),
    ...(note === undefined ? {} : { note }),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
  const verdict = line.met === undefined ? '' : line.met ? ' — met' : ' — MISSED';
  const beside = ratio === undefined ? '' : ` (peer ${line.peer}, ratio ${line.ratio})`;
  say(`  ${figure}: ${line.value} ${unit}${beside}${line.target ? `, target ${line.target}` : ''}${verdict}`);
}

/** Text for people. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** @param fraction 0.99 for p99 */
export function percentile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}

function isMet({ atLeast, atMost }: NonNullable<FigureInput['target']>, value: number): boolean {
  return value >= (atLeast ?? Number.NEGATIVE_INFINITY) && value <= (atMost ?? Number.POSITIVE_INFINITY);
}

function textOf({ of, atLeast, atMost }: NonNullable<FigureInput['target']>): string {
  return `${of === 'ratio' ? 'ratio ' : ''}${atLeast === undefined ? `<= ${atMost}` : `>= ${atLeast}`}`;
}

function definedOf(values: readonly (number | undefined)[] = []): number[] {
  return values.filter((value) => value !== undefined);
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
